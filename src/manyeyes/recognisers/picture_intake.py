"""What is done with a picture before a recogniser or a person sees it, as far as its first bytes and size tell.

Nothing is decoded here: that is a child's (frame_decoder.py).
"""

from manyeyes.pictures.anatomy import Broken, TooManyPixels
from manyeyes.pictures.exif import UPRIGHT
from manyeyes.pictures.reader import is_plain, read
from manyeyes.recognisers.interface import Failure
from manyeyes.tasks.pictures import LARGEST_BYTES, SMALLEST_BYTES, Picture

LARGEST_RECOGNISED_BYTES = 10 * 1000 * 1000  # docs/contracts/tupu.md#limits (the larger of two numbers)
FRAMES_AT_MOST = 10  # of an animated picture, evenly spread (docs/contracts/tupu.md#limits)
NOT_READ = (  # what the first bytes are, and what is said of it
    (b"%PDF", "this is a PDF document, not a picture"),
    (b"PK\x03\x04", "this is a ZIP archive, not a picture; archives are not unpacked"),
    (b"\x1f\x8b", "this is compressed data, not a picture"),
)
BOXES = {  # brands of ISO base media files (ISO/IEC 14496-12 §4.3), which begin with a size and "ftyp"
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}


def pretence(data: bytes) -> Failure | None:
    """Return why this is no picture that we read, as its size and first bytes tell; None: a child may look at it."""
    if not SMALLEST_BYTES <= len(data) <= LARGEST_RECOGNISED_BYTES:
        return Failure(f"{len(data)} bytes came; {SMALLEST_BYTES} to {LARGEST_RECOGNISED_BYTES} are taken")
    fault = "" if is_plain(data) else _disguised(data)
    return Failure(fault) if fault else None


def by_structure(data: bytes) -> Picture | Failure | None:
    """Return a still, upright PNG, JPEG or GIF without its notes, or why it is none; None: only decoding tells.

    It is what remains where pictures cannot be decoded at all.
    """
    try:
        found = read(data)
    except (Broken, TooManyPixels) as fault:
        return Failure(str(fault))
    if not is_plain(data) or found.is_film or found.lacks_end or found.orientation != UPRIGHT:
        return None
    return Picture(found.media, found.width, found.height, found.cleaned())


def is_light(picture: Picture) -> bool:
    """Tell whether a person may be sent this picture as it is: it weighs no more than one of createTask."""
    return len(picture.data) <= LARGEST_BYTES


def _disguised(data: bytes) -> str:
    """Return what is wrong with data that only pretends to be a picture, whatever its name says; empty if nothing."""
    for magic, fault in NOT_READ:
        if data.startswith(magic):
            return fault
    if data[4:8] == b"ftyp":
        kind = BOXES.get(data[8:12], "video")
        return f"{kind} is not read; send PNG, JPEG, WebP, TIFF, BMP or GIF"
    if data.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").startswith(b"<"):
        return "this is SVG, HTML or other XML, which is not read; send PNG, JPEG, WebP, TIFF, BMP or GIF"
    return ""
