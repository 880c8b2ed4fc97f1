"""The way of a recognition's pictures, as three bands: recognised, asked about, judged; and whether it adds up."""

from collections.abc import Sequence

import msgspec
from babel.support import Translations

from manyeyes.console.customer.recognition_charts import DayLine
from manyeyes.console.shared.languages import mark
from manyeyes.recognitions.duration_histograms import percentile
from manyeyes.recognitions.funnel import Counts, Histogram, Stretch

BAND_WIDTH = 1000.0
SAID = {
    "recognised": mark("Recognised"),
    "asked": mark("Shown to people"),
    "judged": mark("Judged by people"),
    "certain": mark("Certain"),
    "uncertain": mark("Uncertain"),
    "failed": mark("Failed"),
    "judged_too": mark("Judged"),
    "pending": mark("Waiting for a person"),
    "undecided": mark("Undecided"),
    "upheld": mark("Upheld"),
    "overturned": mark("Overturned"),
}


class FunnelPiece(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a band; ``kind`` names its colour."""

    kind: str
    name: str
    number: int
    share: float
    x: float
    width: float


class Band(msgspec.Struct, frozen=True):
    """A whole and its parts, drawn over the whole width."""

    name: str
    number: int
    pieces: list[FunnelPiece]


class Times(msgspec.Struct, frozen=True):
    """Percentiles in milliseconds; None where nothing was measured."""

    verdict: tuple[float, ...] | None
    latency: tuple[float, ...] | None


def bands(counts: Counts, translations: Translations) -> list[Band]:
    """Return the three bands; an empty one has a name and a zero, and no parts."""
    asked = [("judged_too", counts.reviewed), ("pending", counts.pending), ("undecided", counts.undecided)]
    parts = {
        "recognised": [("certain", counts.certain), ("uncertain", counts.uncertain), ("failed", counts.failed)],
        "asked": asked,
        "judged": [("upheld", counts.reviewed - counts.overturned), ("overturned", counts.overturned)],
    }
    said = {kind: translations.ugettext(message) for kind, message in SAID.items()}
    return [_band(said[name], each, said) for name, each in parts.items()]


def times(total: Stretch) -> Times:
    """Return how long people and the recogniser took: the 50th and 95th percentile, of the recogniser also the 99th."""
    return Times(_percentiles(total.verdict, 0.5, 0.95), _percentiles(total.latency, 0.5, 0.95, 0.99))


def unexplained(lines: Sequence[DayLine], counts: Counts) -> int:
    """Return the largest difference between the days by label and the total; 0 if they agree.

    They are counted apart.
    """
    pairs: list[tuple[int, int]] = [
        (sum(sum(line.by_series) for line in lines), counts.certain + counts.uncertain),
        *((sum(getattr(line, name) for line in lines), getattr(counts, name)) for name in BOTH),
    ]
    return max(abs(one - other) for one, other in pairs)


def _band(name: str, parts: Sequence[tuple[str, int]], said: dict[str, str]) -> Band:
    whole, x, pieces = sum(number for _, number in parts), 0.0, []
    for kind, number in parts:
        width = BAND_WIDTH * number / whole if whole else 0.0
        share = number / whole if whole else 0.0
        pieces.append(
            FunnelPiece(kind=kind, name=said[kind], number=number, share=share, x=round(x, 2), width=round(width, 2))
        )
        x += width
    return Band(name, whole, pieces)


def _percentiles(times: Histogram, *shares: float) -> tuple[float, ...] | None:
    found = [percentile(times, share) for share in shares]
    return tuple(each for each in found if each is not None) or None


BOTH = ("results", "certain", "uncertain", "failed", "reviewed", "overturned")
