"""The charts of one queue over hours, days or weeks, each with its numbers in a table beside it."""

from collections.abc import Callable, Sequence
from typing import Any

from manyeyes.console.shared.charts import Chart, bar_chart
from manyeyes.console.shared.languages import catalogue, compact, count, duration, mark, short_day
from manyeyes.roles.house.queue_history import QueueSpan, Reach

TITLES = {
    "arrived": mark("Tasks that came"),
    "mean_ms": mark("Time from sending to the answer, on average"),
    "expired": mark("Tasks that nobody finished in their life"),
    "waiting": mark("The most that waited at once"),
    "present": mark("The most people there at once"),
}
REACHES = {Reach.HOURS: mark("24 hours"), Reach.DAYS: mark("14 days"), Reach.WEEKS: mark("10 weeks")}


def asked_reach(text: str) -> Reach:
    """Return how far back an address asks for; a day where it says nothing that can be read."""
    return Reach(text) if text in list(Reach) else Reach.HOURS


def drawn_history(language: str, reach: Reach, spans: Sequence[QueueSpan]) -> dict[str, Any]:
    """Return the charts and the table as the template draws them."""
    say = catalogue(language).ugettext
    labels = [_label(language, reach, span) for span in spans]
    charts = [(name, say(title), _chart(language, name, spans, labels)) for name, title in TITLES.items()]
    rows = [
        {
            "label": label,
            "start": span.start,
            "arrived": count(span.arrived, language),
            "answered": count(span.answered, language),
            "mean": duration(span.mean_ms, language) if span.answered else "–",
            "expired": count(span.expired, language),
            "waiting": count(span.waiting, language),
            "present": count(span.present, language),
        }
        for span, label in zip(spans, labels, strict=True)
    ]
    reaches = [(each.value, say(words), each is reach) for each, words in REACHES.items()]
    return {"charts": charts, "rows": rows, "reaches": reaches, "is_empty": not any(map(_is_something, spans))}


def _chart(language: str, name: str, spans: Sequence[QueueSpan], labels: Sequence[str]) -> Chart:
    values = [round(getattr(span, name)) for span in spans]
    write: Callable[[int], str] = (
        (lambda value: duration(value, language)) if name == "mean_ms" else (lambda value: compact(value, language))
    )
    titles = [f"{label}: {write(value)}" for label, value in zip(labels, values, strict=True)]
    step = max(1, len(spans) // 6)
    feet = [label if n % step == 0 else "" for n, label in enumerate(labels)]
    return bar_chart(values, titles, feet, write)


def _label(language: str, reach: Reach, span: QueueSpan) -> str:
    return f"{span.start:%H:%M}" if reach is Reach.HOURS else short_day(span.start.date(), language)


def _is_something(span: QueueSpan) -> bool:
    return bool(span.arrived or span.answered or span.expired or span.waiting or span.present)
