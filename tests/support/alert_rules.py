"""The alert rules, and whether a rule's expression holds: of PromQL as much as the rules use, anything else raises."""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from support import repository

FILE = repository.ROOT / "deploy" / "prometheus" / "alerts.yml"
Samples = Mapping[tuple[str, tuple[tuple[str, str], ...]], float]  # values by name and sorted labels
_SERIES = r"(\w+)(?:\{(\w+)=\"(\w+)\"\})?"
_FORM = re.compile(rf"(?:(increase)\()?{_SERIES}(?:\[\d+m\]\))?(?: / (\w+))? (==|!=|>|<) ([0-9.]+)")
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


def _read(expression: str) -> re.Match[str]:
    form = _FORM.fullmatch(expression)
    if form is None:
        raise ValueError(f"no test reads {expression!r}")
    return form
