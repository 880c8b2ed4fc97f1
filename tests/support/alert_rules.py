"""The alert rules, and whether a rule's expression holds; what a dashboard's expression gives: of PromQL as much as
these use, anything else raises.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from support import repository

FILE = repository.ROOT / "deploy" / "prometheus" / "alerts.yml"
Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]  # values by name and sorted labels
_SERIES = r"([a-z]\w*)(?:\{(\w+)=\"(\w+)\"\})?"
_FORM = re.compile(rf"(?:(increase)\()?{_SERIES}(?:\[\d+m\]\))?(?: / (\w+))? (==|!=|>|<) ([0-9.]+)")
_TERM = re.compile(rf"(?:(increase|rate)\()?{_SERIES}(?:\[(\d+)m\]\))?|(\d+)")
_ABSENT = re.compile(r"absent\((\w+)\)")
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}


def rules() -> list[dict[str, Any]]:
    """Return the rules of the file."""
    found: list[dict[str, Any]] = []
    for group in msgspec.yaml.decode(FILE.read_bytes())["groups"]:
        found += group["rules"]
    return found


def samples_of(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return the samples of what Prometheus reads; raises for what it would not read."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def names_in(expression: str) -> set[str]:
    """Return the metrics that an expression names."""
    absent = _ABSENT.fullmatch(expression)
    if absent:
        return {absent[1]}
    form = _read(expression)
    return {form[2], *filter(None, [form[5]])}


def holds(expression: str, now: Samples, before: Samples) -> bool:
    """Tell whether an expression holds for any series; ``before``: the samples a while ago, for what increases."""
    absent = _ABSENT.fullmatch(expression)
    if absent:
        return not any(name == absent[1] for name, _ in now)
    increase, name, label, value, over, compare, limit = _read(expression).groups()
    for (found, labels), amount in now.items():
        if found != name or (label and (label, value) not in labels):
            continue
        measured = amount - before.get((found, labels), 0.0) if increase else amount
        measured = measured / now[over, labels] if over else measured
        if _COMPARE[compare](measured, float(limit)):
            return True
    return False


def drawn_names(expression: str) -> set[str]:
    """Return the metrics that a dashboard's expression names."""
    return {term[2] for term in _terms(expression) if term[2]}


def drawn(expression: str, now: Samples, before: Samples, seconds: float) -> dict[tuple[tuple[str, str], ...], float]:
    """Return what a dashboard's expression gives, by labels; ``before``: the samples so many seconds ago."""
    first, *over = [_values(term, now, before, seconds) for term in _terms(expression)]
    if not over:
        return first
    (divisors,) = over
    by = {labels: divisors.get(labels) or divisors.get((), 0.0) for labels in first}
    return {labels: value / by[labels] for labels, value in first.items() if by[labels]}


def _terms(expression: str) -> list[re.Match[str]]:
    found = [_TERM.fullmatch(part) for part in expression.split(" / ")]
    if len(found) > 2 or None in found:
        raise ValueError(f"no test reads {expression!r}")
    return [term for term in found if term]


def _values(
    term: re.Match[str], now: Samples, before: Samples, seconds: float
) -> dict[tuple[tuple[str, str], ...], float]:
    function, name, label, value, minutes, number = term.groups()
    if number:
        return {(): float(number)}
    per = {None: 1.0, "rate": seconds, "increase": seconds / (60 * int(minutes or 1))}[function]
    return {
        labels: (amount - before.get((found, labels), 0.0 if function else amount)) / per if function else amount
        for (found, labels), amount in now.items()
        if found == name and (not label or (label, value) in labels)
    }


def _read(expression: str) -> re.Match[str]:
    form = _FORM.fullmatch(expression)
    if form is None:
        raise ValueError(f"no test reads {expression!r}")
    return form
