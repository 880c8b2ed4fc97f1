"""PNGs that browsers show, and PNGs that they do not: what each lacks is its name."""

import struct
import zlib

from support.made_pictures import (
    END,
    EXIF,
    FILM,
    GOOD_DATA,
    HEIGHT,
    NOISE,
    WIDTH,
    chunk,
    head,
    noted,
    orientation,
    palette,
    png,
    rows,
)

PACKED = zlib.compress(rows())
COLOURS = chunk(b"PLTE", bytes(range(12)))
NUMBERED = chunk(b"IDAT", palette())
HEADER = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
OWN_HEADER = head(WIDTH, HEIGHT, 8, 3)
RAW_PROFILE = b"Raw profile type exif\0\0" + zlib.compress(b"\nexif\n 12\n4578zz\n")
SPLIT = chunk(b"IDAT", PACKED[:900]), chunk(b"IDAT", PACKED[900:])
TEXT = chunk(b"tEXt", b"Author\0Ann, Example Street 1")
ACTL = chunk(b"acTL", struct.pack(">II", 3, 0))


def windowed(number: int) -> bytes:
    """Return a PNG whose packed data states a window of 2 ** (8 + number) bytes (RFC 1950 §2.2)."""
    first = number << 4 | 8
    return png(head(), chunk(b"IDAT", bytes([first, -(first << 8) % 31]) + PACKED[2:]), END)


def packed(data: bytes) -> bytes:
    """Return a PNG whose image data is this, packed well."""
    return png(head(), TEXT, chunk(b"IDAT", zlib.compress(data)), END)


# Notes around one and the same picture: each is to be read as the bare one is.
NOTES = {
    "text": TEXT,
    "text whose sum is wrong": chunk(b"tEXt", b"a\0b", is_sound=False),
    "broken iTXt": chunk(b"iTXt", b"\0\0\0"),
    "EXIF without a TIFF head": chunk(b"eXIf", b"\0\x08\0\x02\x01\x12\0\x03\0\x01\0\0"),
    "upright EXIF": chunk(b"eXIf", orientation(1)),
    "EXIF of a ninth orientation": chunk(b"eXIf", orientation(9)),
    "EXIF in a text, no hex": chunk(b"zTXt", RAW_PROFILE),
    "sixty bombs of text": chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(1_000_000))) * 60,
    "short pHYs": chunk(b"pHYs", b"\0\0"),
    "pHYs of oblong pixels": chunk(b"pHYs", struct.pack(">IIB", 1, 9, 0)),
    "time whose sum is wrong": chunk(b"tIME", b"\x07\xea\x0b\x1d\0\0\0", is_sound=False),
    "profile of garbage": chunk(b"iCCP", b"x\0\0garbage"),
    "empty profile": chunk(b"iCCP"),
    "short gAMA": chunk(b"gAMA", b"\0"),
    "long sRGB": chunk(b"sRGB", bytes(3)),
    "short cHRM": chunk(b"cHRM", b"\0"),
    "long bKGD": chunk(b"bKGD", bytes(9)),
    "short tRNS": chunk(b"tRNS", b"\0"),
    "own chunk": chunk(b"abcd", b"zz"),
    "short acTL": chunk(b"acTL", b"\0"),
    "acTL of no frames": chunk(b"acTL", bytes(8)),
}
SHOWN = {
    **{f"PNG with {name}": noted(note) for name, note in NOTES.items()},
    "PNG of 12 bits in 16": png(
        head(WIDTH, HEIGHT, 16, 2),
        chunk(b"sBIT", b"\x0c\x0c\x0c"),
        chunk(b"IDAT", zlib.compress(rows(width_bytes=6 * WIDTH))),
        END,
    ),
    "PNG of one bit": png(head(WIDTH, HEIGHT, 1, 0), TEXT, chunk(b"IDAT", zlib.compress(rows(width_bytes=8))), END),
    "PNG with a palette": png(OWN_HEADER, COLOURS, NUMBERED, END),
    "PNG whose palette ends within a colour": png(OWN_HEADER, chunk(b"PLTE", bytes(10)), NUMBERED, END),
    "PNG with too few colours": png(OWN_HEADER, chunk(b"PLTE", bytes(6)), NUMBERED, END),
    "PNG with too much transparency": png(OWN_HEADER, COLOURS, chunk(b"tRNS", b"\xff" * 9), NUMBERED, END),
    "PNG with transparency before its palette": png(OWN_HEADER, chunk(b"tRNS", bytes(2)), COLOURS, NUMBERED, END),
    "PNG in two chunks": png(head(), *SPLIT, END),
    "PNG whose end has a wrong sum": noted()[:-4] + b"abcd",
    "PNG whose end is long": png(head(), GOOD_DATA, chunk(b"IEND", b"abc")),
    "PNG with an unknown chunk behind": noted(behind=chunk(b"ABCD", b"zz")),
    "PNG with more behind its end": noted() + b"x" * 50,
    "PNG with a short check of its data": png(head(), chunk(b"IDAT", PACKED[:-1]), END),
    "PNG with a wrong check of its data": png(head(), chunk(b"IDAT", PACKED[:-4] + b"abcd"), END),
    "PNG with too many rows": packed(rows(HEIGHT + 10)),
    "PNG with more behind its data": png(head(), chunk(b"IDAT", PACKED + b"xxxx"), END),
    "PNG of the smallest window": windowed(0),
    "PNG of a million": png(head(1_000_000, 1, 1, 0), chunk(b"IDAT", zlib.compress(bytes(125_001))), TEXT, END),
    "PNG that moves": FILM["PNG"],
}
REFUSED = {
    "PNG without data": png(head(), TEXT, TEXT, END),
    "PNG with empty data": png(head(), TEXT, TEXT, chunk(b"IDAT"), END),
    "PNG cut in its data": noted()[:3000],
    "PNG cut before its end": noted()[:-12],
    "PNG cut in its end": noted()[:-5],
    "PNG cut between its data": png(head(), SPLIT[0]),
    "PNG of 3 bits": png(head(WIDTH, HEIGHT, 3, 0), GOOD_DATA, END),
    "PNG of 16 bits with a palette": png(head(WIDTH, HEIGHT, 16, 3), COLOURS, GOOD_DATA, END),
    "PNG of colour type 5": png(head(WIDTH, HEIGHT, 8, 5), GOOD_DATA, END),
    "PNG of compression 1": png(head(WIDTH, HEIGHT, 8, 2, 1, 0, 0), GOOD_DATA, END),
    "PNG of filter 64": png(head(WIDTH, HEIGHT, 8, 2, 0, 64, 0), GOOD_DATA, END),
    "PNG of interlace 2": png(head(WIDTH, HEIGHT, 8, 2, 0, 0, 2), GOOD_DATA, END),
    "PNG without its palette": png(OWN_HEADER, TEXT, NUMBERED, END),
    "PNG with an empty palette": png(OWN_HEADER, chunk(b"PLTE"), TEXT, NUMBERED, END),
    "PNG of 257 colours": png(OWN_HEADER, chunk(b"PLTE", bytes(257 * 3)), NUMBERED, END),
    "PNG with its palette behind": png(OWN_HEADER, NUMBERED, COLOURS, END),
    "PNG with a damaged palette": png(OWN_HEADER, chunk(b"PLTE", bytes(12), is_sound=False), NUMBERED, END),
    "PNG with two palettes": png(OWN_HEADER, COLOURS, COLOURS, NUMBERED, END),
    "PNG with an unknown critical chunk": noted(chunk(b"ABCD", b"zz")),
    "PNG with a chunk without a name": noted(chunk(bytes(4), b"zz")),
    "PNG whose data has a wrong sum": png(head(), chunk(b"IDAT", PACKED, is_sound=False), END),
    "PNG whose second data has a wrong sum": png(head(), SPLIT[0], chunk(b"IDAT", PACKED[900:], is_sound=False), END),
    "PNG whose header has a wrong sum": png(chunk(b"IHDR", HEADER, is_sound=False), GOOD_DATA, END),
    "PNG whose header is long": png(chunk(b"IHDR", HEADER + b"0"), GOOD_DATA, END),
    "PNG whose header comes late": png(TEXT, head(), GOOD_DATA, END),
    "PNG with two headers": noted(head()),
    "PNG of garbage": png(head(), chunk(b"IDAT", NOISE(500)), END),
    **{f"PNG of a window of {2 ** (8 + number)}": windowed(number) for number in range(8, 16)},
    "PNG with half of its data": png(head(), chunk(b"IDAT", PACKED[: len(PACKED) // 2]), END),
    "PNG without its last row": packed(rows(HEIGHT - 1)),
    "PNG without its last byte": packed(rows()[:-1]),
    "PNG of filter 5 in its rows": packed(rows(kind=5)),
    "PNG with a note within its data": png(head(), SPLIT[0], TEXT, SPLIT[1], END),
    "PNG wider than a million": png(head(1_000_001, 1, 1, 0), chunk(b"IDAT", zlib.compress(bytes(125_002))), END),
    "PNG without width": png(head(0, HEIGHT), GOOD_DATA, END),
    "PNG without height": png(head(WIDTH, 0), GOOD_DATA, END),
    "PNG with a chunk longer than itself": noted(struct.pack(">I", 5000) + b"tEXtabc"),
    "PNG with a chunk of two gigabytes": noted(struct.pack(">I", 2**31 + 5) + b"tEXtabcdefghi"),
}
# Where this house and the browser differ, and why: docs/decisions/0036-pixels-and-nothing-else.md.
STRICTER = {
    "PNG film that was cut off": FILM["PNG"][: len(FILM["PNG"]) * 2 // 3],
    "PNG whose last chunk is cut off": png(head(), GOOD_DATA, struct.pack(">I", 5000) + b"tEXtabc"),
}
MILDER = {
    "PNG with the colours of no known light": noted(chunk(b"cICP", b"\xff" * 4)),
    "PNG that announces a film and has none": noted(ACTL),
    "PNG with a film's chunk and no film": noted(chunk(b"fcTL", bytes(26))),
    "PNG with a film's data and no film": noted(chunk(b"fdAT", bytes(9))),
}
TURNED = {
    "PNG turned": noted(chunk(b"eXIf", orientation(6))),
    "PNG turned, little-endian": noted(chunk(b"eXIf", orientation(6, "<"))),
    "PNG turned behind its data": noted(behind=chunk(b"eXIf", orientation(6))),
    "PNG turned by a JPEG's note": noted(chunk(b"eXIf", EXIF + orientation(6))),
}
