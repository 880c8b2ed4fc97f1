"""What a picture must be to be taken, as far as its size and its first bytes tell; the server looks closer."""

SMALLEST_BYTES, LARGEST_BYTES = 100, 500_000
HEAD_BYTES = 16
TAKEN = ((b"\x89PNG\r\n\x1a\n", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF87a", "GIF"), (b"GIF89a", "GIF"))
NOT_TAKEN = (
    *((b"II*\x00", "TIFF"), (b"MM\x00*", "TIFF"), (b"II+\x00", "TIFF"), (b"MM\x00+", "TIFF")),
    *((b"BM", "BMP"), (b"%PDF", "PDF"), (b"\x00\x00\x01\x00", "ICO"), (b"\xff\x0a", "JPEG XL")),
)
SHORT_BEGINNINGS = ("BMP", "ICO", "PDF", "JPEG XL")  # other files begin so as well, or are no pictures
BRANDS = {b"avif": "AVIF", b"avis": "AVIF", **dict.fromkeys((b"heic", b"heix", b"hevc", b"heim", b"mif1"), "HEIC")}
SUFFIXES = {
    *(".png", ".jpg", ".jpeg", ".jpe", ".gif", ".webp", ".tif", ".tiff", ".bmp", ".heic", ".heif", ".avif", ".jxl"),
    *(".pdf", ".ico"),
}


def format_of(head: bytes) -> str:
    """Return the name of the format that these first bytes are of, taken or not; empty where it is none known."""
    for beginning, name in (*TAKEN, *NOT_TAKEN):
        if head.startswith(beginning):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WebP"
    if head[4:8] == b"ftyp":
        return BRANDS.get(head[8:12], "")
    return ""


def is_picture(name: str, head: bytes) -> bool:
    """Tell whether a file is meant as a picture: by its first bytes, else by its name."""
    dot = name.rfind(".")
    is_named_so = dot >= 0 and name[dot:].lower() in SUFFIXES
    return is_named_so or format_of(head) not in ("", *SHORT_BEGINNINGS)


def why_unfit(size: int, head: bytes) -> str:
    """Return why a picture of ``size`` bytes that begins so is not taken; empty where it may be."""
    found = format_of(head)
    if size == 0:
        return "the file is empty"
    if found not in {name for _, name in TAKEN}:
        return f"it is {found or 'no picture that is known here'}; PNG, JPEG and GIF are taken"
    if size < SMALLEST_BYTES:
        return f"it has {size} bytes; a picture has at least {SMALLEST_BYTES}"
    if size > LARGEST_BYTES:
        return f"it has {size:,} bytes; at most {LARGEST_BYTES:,} are taken"
    return ""
