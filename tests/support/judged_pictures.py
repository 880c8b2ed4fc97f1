"""Pictures that browsers show, and pictures that they do not, of every format: what each lacks is its name."""

import struct

from support import judged_pngs
from support.drawn_pictures import painting, written
from support.made_pictures import (
    EXIF,
    FILM,
    HEIGHT,
    NOISE,
    WIDTH,
    XMP_IN_GIF,
    bmp,
    extended,
    extension,
    frame_at,
    gif,
    gif_head,
    jpeg,
    orientation,
    patched,
    riff,
    riff_chunks,
    scan_at,
    segment,
    tiff_block,
    with_extensions,
    with_segments,
    without_segments,
)

JPEG, PROGRESSIVE, GIF = jpeg(quality=90), jpeg(progressive=True), gif()
FRAME, SCAN, GIF_HEAD = frame_at(JPEG), scan_at(JPEG), gif_head(GIF)
WEBP = written(painting(WIDTH, HEIGHT), "WEBP")
ODD_WEBP = riff(*((kind, data + b"\0" * (1 - len(data) % 2)) for kind, data in riff_chunks(WEBP)))
CIRCLE = b"MM\0*\0\0\0\x08\xff\xff" + b"\x87\x69\0\4\0\0\0\1\0\0\0\x08" * 9  # a directory that lies in itself
RARE_MASKS = {"4444": struct.pack("<3I", 0xF00, 0xF0, 0xF), "of no sense": struct.pack("<3I", 0x7, 0x38, 0x1C0)}
BEGUN = EXIF + b"a" * 40
UNKNOWN = (0xC3, 0xC5, 0xC6, 0xC7, 0xC8, 0xCA, 0xCB, 0xCD, 0xF0, 0xF7)  # frames that are lossless, hierarchical, …
NO_TABLES = patched(JPEG, JPEG.index(b"\xff\xc4") + 5, b"\xff" * 8)

NOTES = {  # of a JPEG, around one and the same picture
    "comment": segment(0xFE, b"Ann was here"),
    "comment of no length": segment(0xFE, size=0),
    "comment of length 1": segment(0xFE, size=1),
    "note whose length is too small": segment(0xE1, BEGUN, size=20),
    "broken EXIF": segment(0xE1, EXIF + b"\0\x08\0\x02"),
    "EXIF that points at itself": segment(0xE1, EXIF + CIRCLE),
    "EXIF of a ninth orientation": segment(0xE1, EXIF + orientation(9)),
    "short Adobe": segment(0xEE, b"Ado"),
    "Adobe's odd transform": segment(0xEE, b"Adobe\0\x64\0\0\0\0\x07"),
    "profile of garbage": segment(0xE2, b"ICC_PROFILE\0\1\1garbage"),
    "list of more pictures": segment(0xE2, b"MPF\0garbage"),
    "XMP": segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta"),
    "IPTC": segment(0xED, b"Photoshop 3.0\x008BIM"),
    "fill bytes": b"\xff\xff\xff",
    "restart before its frame": b"\xff\xd0",
    "arithmetic's conditions": segment(0xCC, b"\0\0"),
}
GIF_NOTES = {
    "comment": extension(0xFE, b"Ann was here"),
    "XMP": XMP_IN_GIF,
    "short repetitions": extension(0xFF, b"NETSCAPE2.0", b"\1"),
    "unknown extension": extension(0x77, b"abc"),
    "plain text": extension(0x01, b"x" * 12, b"hello"),
    "short application": extension(0xFF, b"AB", b"zz"),
}
WEBP_NOTES = {
    "EXIF of garbage": (0x08, (b"EXIF", b"garbage")),
    "profile of garbage": (0x20, (b"ICCP", b"zz")),
    "XMP": (0x04, (b"XMP ", b"<x/>")),
    "unknown chunk": (0, (b"ABCD", b"zz")),
}
SHOWN = {
    **judged_pngs.SHOWN,
    **{f"JPEG with {name}": with_segments(JPEG, note) for name, note in NOTES.items()},
    **{f"GIF with {name}": with_extensions(GIF, note) for name, note in GIF_NOTES.items()},
    **{f"WebP with {name}": extended(*note) for name, note in WEBP_NOTES.items()},
    "JPEG": JPEG,
    "JPEG, progressive": PROGRESSIVE,
    "JPEG, grey": jpeg("L"),
    "JPEG, four inks": jpeg("CMYK"),
    "JPEG, sequential": patched(JPEG, FRAME + 1, b"\xc1"),
    "JPEG without codes of its own": without_segments(jpeg(), 0xC4),
    "JPEG without JFIF": without_segments(JPEG, 0xE0),
    "JPEG with a short JFIF": with_segments(without_segments(JPEG, 0xE0), segment(0xE0, b"JF")),
    "JPEG of noise": JPEG[:SCAN] + NOISE(900).replace(b"\xff", b"") + b"\xff\xd9",
    "JPEG with more behind": JPEG + b"x" * 50,
    "JPEG with another one behind": JPEG + PROGRESSIVE,
    "GIF": GIF,
    "GIF of 1987": b"GIF87a" + GIF[6:],
    "GIF without its end": GIF[:-1],
    "GIF with another end": GIF[:-1] + b"\x99zz",
    "GIF without a screen": patched(GIF, 6, bytes(4)),
    "GIF larger than its screen": patched(GIF, 6, struct.pack("<HH", 20, 20)),
    "GIF with more behind": GIF + b"x" * 50,
    "GIF with a short control behind": GIF[:-1] + extension(0xF9, b"\0") + b";",
    "GIF that moves": FILM["GIF"],
    "WebP": WEBP,
    "WebP, lossless": written(painting(WIDTH, HEIGHT), "WEBP", lossless=True),
    "WebP with more behind": WEBP + b"x" * 50,
    "WebP that moves": FILM["WEBP"],
    "BMP": written(painting(WIDTH, HEIGHT), "BMP"),
    "BMP of OS/2": bmp(24, b"", size=12),
    "BMP from the top down": bmp(24, b"", height=-HEIGHT),
    "BMP of 16 bits": bmp(16, b""),
    "BMP of 16 bits with masks": bmp(16, struct.pack("<3I", 0xF800, 0x7E0, 0x1F), compression=3),
    "BMP of 32 bits": bmp(32, b""),
}
REFUSED = {
    **judged_pngs.REFUSED,
    **{f"JPEG of frame {marker:02X}": patched(JPEG, FRAME + 1, bytes([marker])) for marker in UNKNOWN},
    "JPEG cut in its data": JPEG[: SCAN + 300],
    "JPEG cut in its header": JPEG[: FRAME + 3],
    "JPEG cut before its data": JPEG[:SCAN],
    "JPEG without a scan": JPEG[: SCAN - 14] + b"\xff\xd9",
    "JPEG of 12 bits": patched(JPEG, FRAME + 4, b"\x0c"),
    "JPEG without height": patched(JPEG, FRAME + 5, b"\0\0"),
    "JPEG without width": patched(JPEG, FRAME + 7, b"\0\0"),
    "JPEG with two headers": JPEG[:FRAME] + JPEG[FRAME : FRAME + 19] + JPEG[FRAME:],
    "JPEG of sampling 0": patched(JPEG, FRAME + 11, b"\0"),
    "JPEG of sampling 5": patched(JPEG, FRAME + 11, b"\x51"),
    "JPEG without quantisation": without_segments(JPEG, 0xDB),
    "JPEG with damaged codes": NO_TABLES,
    "JPEG with a strange part in its data": JPEG[:SCAN] + NOISE(300) + b"\xff\x5c\xff\xc3" + NOISE(100) + b"\xff\xd9",
    "JPEG with a note longer than itself": with_segments(JPEG, segment(0xE1, BEGUN, size=65_535)),
    "JPEG that begins twice": with_segments(JPEG, b"\xff\xd8"),
    "JPEG that ends before it begins": with_segments(JPEG, b"\xff\xd9"),
    "GIF without a frame": GIF[:GIF_HEAD] + b";" + b" " * 80,
    "GIF of a comment": GIF[:GIF_HEAD] + extension(0xFE, b"x" * 90) + b";",
    "GIF of 1988": b"GIF88a" + GIF[6:],
    "GIF cut in half": GIF[: len(GIF) // 2],
    "GIF cut before its last block": GIF[:-4],
    "GIF of garbage": GIF[: GIF_HEAD + 11] + b"\xff" + NOISE(255) + b"\0;",
    "GIF with one block of its data": GIF[: GIF_HEAD + 11 + 256] + b"\0;",
    "GIF of 13 bits": patched(GIF, GIF_HEAD + 10, b"\x0d"),
    "GIF of no bits": patched(GIF, GIF_HEAD + 10, b"\0"),
    "GIF with a short control": with_extensions(GIF, extension(0xF9, b"\0")),
    "GIF with a strange block before": with_extensions(GIF, b"\x99"),
    "GIF without data": GIF[: GIF_HEAD + 11] + b"\0;" + b" " * 100,
    "WebP cut off": WEBP[:200],
    "WebP whose length is too small": riff(*riff_chunks(WEBP), size=20),
    "WebP that begins with a note": riff((b"ABCD", b"zz"), *riff_chunks(WEBP)),
    "WebP that ends before its padding": riff(*riff_chunks(ODD_WEBP), size=len(ODD_WEBP) - 9),
    "WebP without an image": riff((b"VP8X", bytes(4) + b"\x3b\0\0\x27\0\0"), (b"EXIF", b"z" * 60)),
    "WebP of two sizes": extended(0, width=WIDTH + 10),
    "BMP of 16 bits, of OS/2": bmp(16, b"", size=12),
    "BMP of 24 bits with masks": bmp(24, b"", compression=3),
    "BMP cut off": written(painting(WIDTH, HEIGHT), "BMP")[:3000],
}
# Where this house and the browser differ, and why: docs/decisions/0036-pixels-and-nothing-else.md.
STRICTER = {
    **judged_pngs.STRICTER,
    "JPEG, arithmetic-coded": patched(JPEG, FRAME + 1, b"\xc9"),
    "JPEG with an empty scan": JPEG[:SCAN] + b"\xff\xd9",
    "JPEG much larger than its data": patched(JPEG, FRAME + 5, struct.pack(">HH", 4000, 4000)),
    "GIF of a frame without pixels": patched(GIF, GIF_HEAD + 5, bytes(4)),
    **{f"BMP of masks {name}": bmp(16, masks, compression=3) for name, masks in RARE_MASKS.items()},
    "BMP with a header of 16 bytes": bmp(24, b"", size=16),
    "GIF film that was cut off": FILM["GIF"][: len(FILM["GIF"]) * 2 // 3],
}
MILDER = {
    **judged_pngs.MILDER,
    "GIF with a long control": with_extensions(GIF, extension(0xF9, bytes(4), b"x" * 40)),
    "JPEG without its last two bytes": JPEG[:-2],
    "JPEG without its last byte": JPEG[:-1],
    "JPEG, progressive, without its last two bytes": PROGRESSIVE[:-2],
}
TURNED = {
    **judged_pngs.TURNED,
    "JPEG turned": with_segments(JPEG, segment(0xE1, EXIF + orientation(6))),
    "JPEG turned, little-endian": with_segments(JPEG, segment(0xE1, EXIF + orientation(6, "<"))),
    "JPEG turned behind a broken note": with_segments(
        JPEG, segment(0xE1, EXIF + b"xx"), segment(0xE1, EXIF + orientation(6))
    ),
    "JPEG turned by a long number": with_segments(
        JPEG, segment(0xE1, EXIF + tiff_block([(0x0112, 4, 1, struct.pack(">I", 6))]))
    ),
    "WebP turned": extended(0x08, (b"EXIF", orientation(6))),
    "TIFF turned": written(painting(WIDTH, HEIGHT), "TIFF", tiffinfo={274: 6}),
}
TAKEN = {**SHOWN, **MILDER, **TURNED}
NOT_TAKEN = {**REFUSED, **STRICTER}
