"""Large pictures, cut into pieces that a recogniser makes out; in a child only (the rules: sight.py)."""

import io
import time
from collections.abc import Callable, Sequence

from PIL import Image

from manyeyes.recognisers import sight as rules
from manyeyes.recognisers.child_protocol import Item
from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pixels import opened, upright
from manyeyes.recognisers.sight import Box, Sight

TIME_SHARE = 0.6  # of a picture's time; what is left is for the first look, and for a machine that is busy
PieceJudge = Callable[[Sequence[bytes]], Sequence[Finding | Failure]]


class CloseLook:
    """Makes of a recogniser's word on a whole picture one that holds for all of it. ``seconds``: for one picture."""

    def __init__(self, sight: Sight, seconds: float) -> None:
        self._sight = sight
        self._seconds = seconds

    def finding(self, item: Item, whole: Finding, spent: float, ask: PieceJudge) -> Finding:
        """Return what holds for a picture. ``whole``: the recogniser's first word, which took ``spent`` seconds.

        ``ask`` asks it again, about pieces.
        """
        until = time.monotonic() + self._seconds * TIME_SHARE - spent
        found, unseen = self._looked_into(item, whole, until, ask)
        return rules.doubted(self._sight, found, unseen or (rules.LEFT_OUT if item.is_part else ""))

    def _looked_into(self, item: Item, whole: Finding, until: float, ask: PieceJudge) -> tuple[Finding, str]:
        sees = self._sight.sees
        if sees is None or (self._sight.is_find(whole) and whole.rate >= rules.DECIDES):
            return whole, whole.unseen
        at_once = rules.window(sees, item.shrunk)
        is_blurred = item.shrunk > rules.SHRUNK_AT_MOST
        picture = _larger(item.data, at_once)
        if picture is None:
            return whole, rules.TOO_FINE if is_blurred else whole.unseen
        if self._sight.nothing is None:
            return whole, rules.TOO_FINE
        boxes = rules.boxes(*picture.size, at_once)
        pieces = self._pieces(picture, rules.chosen(boxes), until, ask)
        is_seen = len(pieces) == len(boxes) and not is_blurred
        return rules.combined(self._sight, whole, pieces), "" if is_seen else rules.TOO_FINE

    def _pieces(
        self, picture: Image.Image, boxes: Sequence[Box], until: float, ask: PieceJudge
    ) -> list[tuple[Box, Finding]]:
        """Return the findings of the pieces that there was time for, until one decides."""
        found: list[tuple[Box, Finding]] = []
        for box in boxes:
            if time.monotonic() > until:
                break
            told = self._told(picture.crop(box), ask)
            if isinstance(told, Finding) and (not told.unseen or self._sight.is_find(told)):
                found.append((box, told))
                if self._sight.is_find(told) and told.rate >= rules.DECIDES:
                    break
        return found

    def _told(self, piece: Image.Image, ask: PieceJudge) -> Finding | Failure:
        """Return what is said of a piece; on one of a single colour there is nothing, and nobody need look."""
        if piece.getcolors(1) is not None:
            return Finding(self._sight.nothing or 0, 1.0)
        (told,) = ask([_written(piece)])
        return told


def _larger(data: bytes, at_once: tuple[int, int]) -> Image.Image | None:
    """Return an upright picture if it is larger than what is made out at once; None also for what cannot be opened.

    Then the recogniser's word stands: it read the picture, in whatever way.
    """
    try:
        with opened(data) as picture:
            if max(picture.size) <= min(at_once):  # mostly so, and nothing is decoded
                return None
            turned = upright(picture)
    except MemoryError:
        raise
    except Exception:  # Pillow's decoders raise whatever broken data leads them to
        return None
    return None if turned.width <= at_once[0] and turned.height <= at_once[1] else turned


def _written(piece: Image.Image) -> bytes:
    file = io.BytesIO()
    piece.save(file, "PNG", compress_level=0)  # it goes no further than this process
    return file.getvalue()
