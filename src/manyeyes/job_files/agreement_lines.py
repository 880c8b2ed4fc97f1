"""How far people agree as a table, a figure a line: CSV that is safe to open. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from manyeyes.consensus.rated import AgreedPart
from manyeyes.consensus.resampling import Estimate
from manyeyes.job_files.result_lines import BOM
from manyeyes.values.spreadsheet import csv_text

COLUMNS = ("question", "field", "figure", "of", "other", "value", "low", "high", "items", "answers")
PLACES = 4  # behind the point: an interval is wider than that


def agreement_head() -> str:
    """Return the first line, behind a byte order mark as of results."""
    return BOM + csv_text([COLUMNS])


def agreement_lines(
    question: str, parts: Iterable[AgreedPart], answers: Mapping[int, int], name: Callable[[int], str]
) -> str:
    """Return a line for each figure: ``alpha``, ``pairs_alike``, ``given_as`` (label and label), ``person``.

    ``name`` names people as who reads it may see them; ``answers``: how many of theirs are beside others'. A figure
    that does not exist has no value; without an interval low and high are empty.
    """
    return csv_text([row for part in parts for row in _rows(question, part, answers, name)])


def _rows(
    question: str, part: AgreedPart, answers: Mapping[int, int], name: Callable[[int], str]
) -> list[Sequence[object]]:
    found, size = part.agreed, (part.agreed.items, part.agreed.answers)
    start = (question, part.name)
    people = sorted((name(worker), worker, share) for worker, share in found.workers.items())
    return [
        (*start, "alpha", "", "", *_figures(found.alpha), *size),
        (*start, "pairs_alike", "", "", *_figures(found.pairs_alike), *size),
        *((*start, "given_as", one, two, *_figures(share), *size) for (one, two), share in found.confusion.items()),
        *(
            (*start, "person", shown, "", *_figures(share), "", answers.get(worker, 0))
            for shown, worker, share in people
        ),
    ]


def _figures(estimate: Estimate | None) -> tuple[object, object, object]:
    if estimate is None:
        return "", "", ""
    return _figure(estimate.value), _figure(estimate.low), _figure(estimate.high)


def _figure(share: float | None) -> object:
    return "" if share is None else round(share, PLACES)
