"""Reads a BMP's header (Windows' BITMAPFILEHEADER and BITMAPINFOHEADER, [MS-WMF] 2.2.2.3); nothing is decoded."""

from manyeyes.pictures.anatomy import Anatomy, Broken, check_size

SIGNATURE = b"BM"
_FILE_HEADER_BYTES, _OLD_HEADER_BYTES, _INFO_BYTES = 14, 12, 40
_PLAIN, _MASKED = (0, 3, 6), (3, 6)  # compressions: rows as they are, perhaps with masks
_DEPTHS, _OLD_DEPTHS, _MASKED_DEPTHS = (1, 4, 8, 16, 24, 32), (1, 4, 8, 24), (16, 32)


def read(data: bytes) -> Anatomy:
    """Return the anatomy of a BMP. Raises `Broken`. Resolution and profile are left out; nothing else is a note."""
    begin, size = (int.from_bytes(data[at : at + 4], "little") for at in (10, 14))
    if size == _OLD_HEADER_BYTES:
        width, height, depth = (int.from_bytes(data[at : at + 2], "little") for at in (18, 20, 24))
        compression, head = 0, data[: _FILE_HEADER_BYTES + size]
    elif _INFO_BYTES <= size <= 124:
        width, height = (int.from_bytes(data[at : at + 4], "little", signed=True) for at in (18, 22))
        depth, compression = int.from_bytes(data[28:30], "little"), int.from_bytes(data[30:34], "little")
        head = data[:38] + bytes(8) + data[46 : _FILE_HEADER_BYTES + size]  # without pixels per metre
    else:
        raise Broken("the BMP's header is damaged")
    height = abs(height)
    depths = _OLD_DEPTHS if size == _OLD_HEADER_BYTES else _MASKED_DEPTHS if compression in _MASKED else _DEPTHS
    if width <= 0 or height <= 0 or depth not in depths:
        raise Broken(f"the BMP's header says {width} x {height} pixels of {depth} bits")
    check_size(width, height)
    row_bytes = -(-width * depth // 32) * 4
    if begin >= len(data) or (compression in _PLAIN and begin + row_bytes * height > len(data)):
        raise Broken("the BMP is truncated: it has less rows than its header says")
    end = begin + row_bytes * height if compression in _PLAIN else len(data)
    return Anatomy(
        media="bmp",
        width=width,
        height=height,
        pieces=[head, memoryview(data)[len(head) : end]],
    )
