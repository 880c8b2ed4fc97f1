"""What is done with a picture before a recogniser or a person sees it, as far as its header and structure tell.

Nothing is decoded here: what needs decoding goes to a child (frame_decoder.py).
"""

from manyeyes.recognisers import picture_structure
from manyeyes.recognisers.interface import Failure
from manyeyes.tasks.pictures import LARGEST_BYTES, SMALLEST_BYTES, Picture, inspect
from manyeyes.values.refusals import Refusal

LARGEST_RECOGNISED_BYTES = 10 * 1000 * 1000  # docs/contracts/tupu.md#limits (the larger of two numbers)
FRAMES_AT_MOST = 10  # of an animated picture, evenly spread (docs/contracts/tupu.md#limits)
PEOPLES_PIXELS = 4_000_000
PLAIN = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF87a": "gif", b"GIF89a": "gif"}
NOT_READ = (  # what the first bytes are, and what is said of it
    (b"%PDF", "this is a PDF document, not a picture"),
    (b"PK\x03\x04", "this is a ZIP archive, not a picture; archives are not unpacked"),
    (b"\x1f\x8b", "this is compressed data, not a picture"),
)
BOXES = {  # brands of ISO base media files (ISO/IEC 14496-12 §4.3), which begin with a size and "ftyp"
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "HEIC"),
    **dict.fromkeys((b"avif", b"avis"), "AVIF"),
}


def glance(data: bytes) -> Picture | Failure | None:
    """Return a still PNG, JPEG or GIF as it is, or why this is no picture that we read; None: it must be decoded."""
    if not SMALLEST_BYTES <= len(data) <= LARGEST_RECOGNISED_BYTES:
        return Failure(f"{len(data)} bytes came; {SMALLEST_BYTES} to {LARGEST_RECOGNISED_BYTES} are taken")
    media = next((media for magic, media in PLAIN.items() if data.startswith(magic)), "")
    if not media:
        fault = _disguised(data)
        return Failure(fault) if fault else None
    try:  # before the header is read: only what is made of few pieces is read in no time
        is_still = picture_structure.frames(media, data) == 1
    except picture_structure.Broken as error:
        return Failure(str(error))
    if not is_still:
        return None
    picture = inspect(data, LARGEST_RECOGNISED_BYTES)
    return Failure(picture.detail) if isinstance(picture, Refusal) else picture


def is_light(picture: Picture) -> bool:
    """Tell whether a person may be sent this picture as it is."""
    return len(picture.data) <= LARGEST_BYTES and picture.width * picture.height <= PEOPLES_PIXELS


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
