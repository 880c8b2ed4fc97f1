"""What the drawings of a recognition's days show: labels, certain and uncertain, people's verdicts."""

from collections.abc import Sequence
from datetime import date

import msgspec
from babel.support import Translations

from manyeyes.console.customer.day_range import Days
from manyeyes.console.shared import languages
from manyeyes.console.shared.charts import Stack, neighbours, stacked_chart
from manyeyes.recognitions.rules import FAILED, Recognition
from manyeyes.recognitions.store import DayCount

HUES = ("hue-a", "hue-b", "hue-c", "hue-d", "hue-e", "hue-f")
FEET = 8  # days named under a drawing; a phone has room for every second of them
SAID = {
    "certain": languages.mark("Certain"),
    "uncertain": languages.mark("Uncertain"),
    "failed": languages.mark("Failed"),
    "upheld": languages.mark("Upheld"),
    "overturned": languages.mark("Overturned"),
    "other": languages.mark("Other labels"),
}


class ChartSeries(msgspec.Struct, frozen=True):
    """One colour of the first drawing: a label, or all that have no colour of their own; ``kind`` names the colour."""

    kind: str
    name: str
    labels: frozenset[int]


class DayLine(msgspec.Struct, frozen=True, kw_only=True):
    """A day of the table. ``by_series``: in the order of the series. results = certain + uncertain + failed."""

    day: date
    by_series: list[int]
    certain: int
    uncertain: int
    failed: int
    reviewed: int
    overturned: int

    @property
    def results(self) -> int:
        """Return how many results the day has."""
        return self.certain + self.uncertain + self.failed


class LabelLine(msgspec.Struct, frozen=True, kw_only=True):
    """A label over all days; ``kind`` is its colour's, empty for failures."""

    number: int
    name: str
    kind: str
    total: int
    review: int
    reviewed: int
    overturned: int


class Drawing(msgspec.Struct, frozen=True):
    """``legend``: what each kind is called."""

    chart: Stack
    legend: list[tuple[str, str]]


def series_of(recognition: Recognition, counts: Sequence[DayCount], translations: Translations) -> list[ChartSeries]:
    """Return the labels that get a colour: all, or the five most frequent ones and the rest together."""
    totals: dict[int, int] = dict.fromkeys(recognition.names, 0)
    for count in counts:
        if count.label != FAILED:
            totals[count.label] = totals.get(count.label, 0) + count.total
    names = recognition.names
    if len(totals) <= len(HUES):
        own, rest = sorted(totals), frozenset[int]()
    else:
        own = sorted(sorted(totals, key=lambda label: -totals[label])[: len(HUES) - 1])
        rest = frozenset(totals) - frozenset(own)
    found = [
        ChartSeries(hue, names.get(label, str(label)), frozenset([label]))
        for hue, label in zip(HUES, own, strict=False)
    ]
    other = SAID["other"]
    return found + ([ChartSeries(HUES[-1], translations.ugettext(other), rest)] if rest else [])


def day_lines(days: Days, counts: Sequence[DayCount], series: Sequence[ChartSeries]) -> list[DayLine]:
    """Return a line for every day with its counts, days without results too."""
    by_day: dict[date, list[DayCount]] = {day: [] for day in days.every}
    for count in counts:
        by_day[count.day].append(count)
    return [_line(day, found, series) for day, found in by_day.items()]


def label_lines(recognition: Recognition, counts: Sequence[DayCount], series: Sequence[ChartSeries]) -> list[LabelLine]:
    """Return a line for every label that the recogniser may give, and one for failures if there are any."""
    names = dict(recognition.names)
    names.update({count.label: names.get(count.label, "") for count in counts})
    colours = {label: each.kind for each in series for label in each.labels}
    found = []
    for number in sorted(names, key=lambda label: (label == FAILED, label)):
        mine = [count for count in counts if count.label == number]
        sums = {
            part: sum(getattr(each, part) for each in mine) for part in ("total", "review", "reviewed", "overturned")
        }
        found.append(LabelLine(number=number, name=names[number], kind=colours.get(number, ""), **sums))
    return found


def drawings(lines: Sequence[DayLine], series: Sequence[ChartSeries], language: str) -> dict[str, Drawing]:
    """Return the three drawings of the days by name: labels, certain, people."""
    translate = languages.catalogue(language).ugettext
    said = {kind: translate(message) for kind, message in SAID.items()}
    return {
        "labels": _drawing(
            [(each.kind, each.name) for each in series], [line.by_series for line in lines], lines, language
        ),
        "certain": _drawing(
            [(kind, said[kind]) for kind in ("certain", "uncertain", "failed")],
            [[line.certain, line.uncertain, line.failed] for line in lines],
            lines,
            language,
        ),
        "people": _drawing(
            [(kind, said[kind]) for kind in ("upheld", "overturned")],
            [[line.reviewed - line.overturned, line.overturned] for line in lines],
            lines,
            language,
        ),
    }


def _drawing(
    legend: list[tuple[str, str]], values: list[list[int]], lines: Sequence[DayLine], language: str
) -> Drawing:
    """Draw a column for every day; more days than have room share columns with their neighbours."""
    runs = neighbours(len(lines))
    together = [[sum(values[i][kind] for i in run) for kind in range(len(legend))] for run in runs]
    days = [[languages.short_day(lines[i].day, language) for i in (run[0], run[-1])] for run in runs]
    titles = []
    for (first, last), run, each in zip(days, runs, together, strict=True):
        words = [f"{name} {languages.count(n, language)}" for (_, name), n in zip(legend, each, strict=True) if n]
        titles.append(" · ".join([first if len(run) == 1 else f"{first} – {last}", *(words or ["0"])]))
    every = -(-len(runs) // FEET) or 1
    feet = [first if i % every == 0 and i <= len(runs) - every / 2 else "" for i, (first, _) in enumerate(days)]
    chart = stacked_chart(
        [kind for kind, _ in legend], together, titles, feet, lambda number: languages.compact(number, language)
    )
    return Drawing(chart, legend)


def _line(day: date, counts: Sequence[DayCount], series: Sequence[ChartSeries]) -> DayLine:
    total, review = sum(each.total for each in counts), sum(each.review for each in counts)
    failed = sum(each.total for each in counts if each.label == FAILED)
    return DayLine(
        day=day,
        by_series=[sum(each.total for each in counts if each.label in one.labels) for one in series],
        certain=total - review - failed,
        uncertain=review,
        failed=failed,
        reviewed=sum(each.reviewed for each in counts),
        overturned=sum(each.overturned for each in counts),
    )
