"""What the pages of agreement show of one kind of question: figures, people with their intervals, a table of labels."""

from collections.abc import Callable

import msgspec

from manyeyes.consensus.agreement import Agreement
from manyeyes.consensus.rated import AgreedPart, who_differs
from manyeyes.consensus.resampling import Estimate
from manyeyes.console.shared.languages import mark
from manyeyes.roles.agreements import KindAgreed

WIDE = 1000  # of an interval's drawing: a share of 1
GROUNDS = {  # how the figure of chance is to be read, by how answers are apart
    "nominal": mark("Answers are alike or they are not."),
    "interval": mark("Numbers are the more apart, the larger their difference."),
    "sets": mark("Sets of labels are the more apart, the less they have in common."),
}


class PersonLine(msgspec.Struct, frozen=True, kw_only=True):
    """A person beside the others. ``bar``: left end, width and dot of their interval, of `WIDE`; None: they have none.

    ``differs``: they agree with the others less than those do among themselves.
    """

    name: str
    answers: int
    share: Estimate
    bar: tuple[float, float, float] | None
    differs: bool


class LabelRow(msgspec.Struct, frozen=True):
    """Of who gave a label: what share of the others gave each label, in the order of the columns; None: never."""

    label: str
    shares: list[Estimate | None]


class AgreementTable(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a page; ``labels``: columns of the table of labels, none without one."""

    name: str
    ground: str
    found: Agreement
    people: list[PersonLine]
    labels: list[str]
    rows: list[LabelRow]


def agreement_table(part: AgreedPart, kind: KindAgreed, name: Callable[[int], str]) -> AgreementTable:
    """Return what a page shows of a part of a kind; those who agree least with the others come first."""
    found, differ = part.agreed, who_differs(part.agreed, kind.beside)
    people = [
        PersonLine(
            name=name(worker),
            answers=kind.answers.get(worker, 0),
            share=share,
            bar=_bar(share),
            differs=worker in differ,
        )
        for worker, share in found.workers.items()
    ]
    labels = sorted({label for pair in found.confusion for label in pair})
    return AgreementTable(
        name=part.name,
        ground=GROUNDS[part.distance],
        found=found,
        people=sorted(people, key=lambda line: (line.share.value, line.name)),
        labels=labels,
        rows=[LabelRow(one, [found.confusion.get((one, two)) for two in labels]) for one in labels],
    )


def _bar(share: Estimate) -> tuple[float, float, float] | None:
    if share.low is None or share.high is None:
        return None
    return share.low * WIDE, max((share.high - share.low) * WIDE, 1.0), share.value * WIDE
