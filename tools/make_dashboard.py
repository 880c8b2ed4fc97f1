"""Makes Grafana's dashboard, deploy/grafana/manyeyes.json: what an operator looks at, in that order.

``python -m tools.make_dashboard`` writes the file; a test compares it with what this gives today. What a panel says of
itself is what docs/reference/metrics.md says of its metrics.
"""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
FILE = ROOT / "deploy" / "grafana" / "manyeyes.json"
METRICS = ROOT / "docs" / "reference" / "metrics.md"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
COLUMNS = 24  # Grafana's own
GREEN, YELLOW, RED = "green", "yellow", "red"
_ROW = re.compile(r"^\| `(manyeyes_\w+)` \|.*\| ([^|]+) \|$", re.MULTILINE)
_NAME = re.compile(r"manyeyes_\w+?(?=_sum\b|_count\b|\b)")
Steps = tuple[tuple[float | None, str], ...]


class Target(NamedTuple):
    """An expression of PromQL, and what its series are called; labels in double braces."""

    expression: str
    legend: str = ""


class Panel(NamedTuple):
    """``steps``: from which value on which colour; none: a chart. ``unit``: Grafana's name of it."""

    title: str
    targets: tuple[Target, ...]
    unit: str = "short"
    steps: Steps = ()


Row = tuple[str, tuple[Panel, ...]]
IS_ONE: Steps = ((None, RED), (1, GREEN))


def _above(yellow: float, red: float) -> Steps:
    return (None, GREEN), (yellow, YELLOW), (red, RED)


def _rate(metric: str, legend: str) -> Target:
    return Target(f"rate({metric}[5m])", legend)


def _mean(verb: str) -> Target:
    of = f'{{verb="{verb}"}}[5m])'
    return Target(f"rate(manyeyes_batch_seconds_sum{of} / rate(manyeyes_batch_seconds_count{of}", verb)


ROWS: tuple[Row, ...] = (
    (
        "Is it up",
        (
            Panel("Serving", (Target('up{job="manyeyes"}'),), "bool_on_off", IS_ONE),
            Panel("Database", (Target("manyeyes_database_up"),), "bool_on_off", IS_ONE),
            Panel(
                "Money difference",
                (Target("manyeyes_audit_difference_micros"),),
                "short",
                ((None, RED), (0, GREEN), (1, RED)),
            ),
            Panel("Books proven", (Target("manyeyes_audit_age_seconds"),), "s", _above(172_800, 604_800)),
            Panel("Oldest task waits", (Target("manyeyes_oldest_waiting_seconds"),), "s", _above(60, 120)),
            Panel("Last backup", (Target("manyeyes_backup_age_seconds"),), "s", _above(93_600, 180_000)),
        ),
    ),
    (
        "Queues and people",
        (
            Panel("Tasks that wait", (Target("manyeyes_queue_waiting_tasks", "queue {{queue}}"),)),
            Panel("Oldest waiting task", (Target("manyeyes_oldest_waiting_seconds", "cell {{cell}}"),), "s"),
            Panel(
                "People present",
                (
                    Target("manyeyes_queue_present_workers", "queue {{queue}}"),
                    Target("manyeyes_present_workers", "cell {{cell}}"),
                ),
            ),
        ),
    ),
    (
        "Answers and refusals",
        (
            Panel(
                "Tasks and answers a second",
                (
                    _rate('manyeyes_commands_total{verb="submit_tasks"}', "tasks in, {{outcome}}"),
                    _rate('manyeyes_commands_total{verb="answer_tasks"}', "answers, {{outcome}}"),
                    _rate('manyeyes_commands_total{verb="lay_aside"}', "answers on a screen, {{outcome}}"),
                ),
                "ops",
            ),
            Panel("Requests refused", (_rate("manyeyes_requests_refused_total", "{{reason}}"),), "reqps"),
            Panel(
                "Lapses in five minutes",
                (
                    Target("increase(manyeyes_lapsed_leases_total[5m])", "leases"),
                    Target("increase(manyeyes_expired_tasks_total[5m])", "tasks that nobody finished"),
                ),
            ),
        ),
    ),
    (
        "Money and disputes",
        (
            Panel(
                "Held and pending, USD",
                (
                    Target("manyeyes_held_micros / 1000000", "held, cell {{cell}}"),
                    Target("manyeyes_pending_pay_micros / 1000000", "pending pay, cell {{cell}}"),
                ),
                "currencyUSD",
            ),
            Panel(
                "Waiting for somebody's word",
                (
                    Target("manyeyes_open_complaints", "complaints, cell {{cell}}"),
                    Target("manyeyes_open_payouts", "payouts, cell {{cell}}"),
                ),
            ),
            Panel(
                "Deliveries",
                (
                    Target("manyeyes_waiting_deliveries", "waiting, cell {{cell}}"),
                    Target("manyeyes_given_up_deliveries", "given up, cell {{cell}}"),
                ),
            ),
        ),
    ),
    (
        "Database and recognisers",
        (
            Panel("Seconds a batch", tuple(_mean(verb) for verb in ("submit_tasks", "answer_tasks", "hand_out")), "s"),
            Panel("Oldest snapshot", (Target("manyeyes_oldest_snapshot_seconds", "seconds"),), "s"),
            Panel(
                "Recognisers' pictures and losses",
                (
                    _rate("manyeyes_recogniser_pictures_total", "{{recogniser}}, {{outcome}}"),
                    _rate("manyeyes_recogniser_losses_total", "lost {{recogniser}}, {{cause}}"),
                ),
                "ops",
            ),
        ),
    ),
    (
        "Disk, backups and standbys",
        (
            Panel(
                "Free on the disk", (Target("manyeyes_disk_free_bytes / manyeyes_disk_bytes", "free"),), "percentunit"
            ),
            Panel("Since the last backup", (Target("manyeyes_backup_age_seconds", "backup"),), "s"),
            Panel(
                "Standbys",
                (Target("manyeyes_standbys", "standbys"), Target("manyeyes_standby_lag_seconds", "seconds behind")),
            ),
        ),
    ),
)


def dashboard() -> dict[str, Any]:
    """Return the dashboard as Grafana imports it."""
    said = dict(_ROW.findall(METRICS.read_text("utf-8")))
    panels: list[dict[str, Any]] = []
    y = 0
    for title, row in ROWS:
        panels.append(_placed({"type": "row", "title": title, "collapsed": False, "panels": []}, 0, y, COLUMNS, 1))
        height, width = 4 if row[0].steps else 8, COLUMNS // len(row)
        panels += [_placed(_panel(each, said), place * width, y + 1, width, height) for place, each in enumerate(row)]
        y += 1 + height
    for number, panel in enumerate(panels, 1):
        panel["id"] = number
    source = {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus"}
    return {
        "uid": "manyeyes",
        "title": "manyeyes",
        "tags": ["manyeyes"],
        "schemaVersion": 39,
        "version": 1,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [source]},
        "panels": panels,
    }


def written() -> str:
    """Return the file's text."""
    return json.dumps(dashboard(), indent=1) + "\n"


def _panel(panel: Panel, said: dict[str, str]) -> dict[str, Any]:
    names = dict.fromkeys(name for each in panel.targets for name in _NAME.findall(each.expression))
    defaults: dict[str, Any] = {"unit": panel.unit}
    if panel.steps:
        steps = [{"value": value, "color": color} for value, color in panel.steps]
        defaults["thresholds"] = {"mode": "absolute", "steps": steps}
    else:
        defaults["min"] = 0
    return {
        "type": "stat" if panel.steps else "timeseries",
        "title": panel.title,
        "description": "\n\n".join(f"`{name}`: {said[name]}" for name in names),
        "datasource": SOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + place), "datasource": SOURCE, "expr": each.expression, "legendFormat": each.legend}
            for place, each in enumerate(panel.targets)
        ],
    }


def _placed(panel: dict[str, Any], x: int, y: int, width: int, height: int) -> dict[str, Any]:
    return {**panel, "gridPos": {"x": x, "y": y, "w": width, "h": height}}


if __name__ == "__main__":
    FILE.write_text(written(), "utf-8")
