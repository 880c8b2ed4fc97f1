"""Grafana's dashboard: made from the script, of metrics that there are, and every panel is drawn of a house at work."""

import json

from prometheus_client import REGISTRY, generate_latest

from manyeyes.runtime.context import Context
from manyeyes.server.house_metrics import FIGURES, HouseMetrics
from support import factories
from support.alert_rules import drawn, drawn_names, names_in, rules, samples_of
from support.counted_metrics import counted
from tools import make_dashboard

OWN = {"up"}  # Prometheus' own


def test_the_file_is_what_the_script_makes():
    assert make_dashboard.FILE.read_text("utf-8") == make_dashboard.written(), "run `python -m tools.make_dashboard`"


def panels():
    return [each for each in json.loads(make_dashboard.FILE.read_text("utf-8"))["panels"] if each["type"] != "row"]


def test_every_expression_names_metrics_that_there_are():
    histograms = {f"{name}_{part}" for name in counted() for part in ("sum", "count")}
    known = {*counted(), *histograms, *(figure.name for figure in FIGURES)} | OWN
    for panel in panels():
        for target in panel["targets"]:
            assert drawn_names(target["expr"]) <= known, panel["title"]


def test_what_an_alert_calls_somebody_for_is_on_the_dashboard():
    shown = {name for panel in panels() for target in panel["targets"] for name in drawn_names(target["expr"])}
    alerted = {name for rule in rules() for name in names_in(rule["expr"])}
    assert alerted <= shown


def test_panels_lie_beside_and_below_each_other():
    places = set[tuple[int, int]]()
    for panel in json.loads(make_dashboard.FILE.read_text("utf-8"))["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= make_dashboard.COLUMNS
        mine = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not mine & places, panel["title"]
        places |= mine


async def test_expressions_give_what_they_say(context: Context):
    await factories.submit(context, await factories.customer(context))
    now = samples_of((generate_latest(REGISTRY) + await HouseMetrics(context).text()).decode())
    before = dict.fromkeys(now, 0.0)
    (free,) = drawn("manyeyes_disk_free_bytes / manyeyes_disk_bytes", now, {}, 1).values()
    assert 0 < free < 1
    name, labels = "manyeyes_commands_total", (("outcome", "done"), ("verb", "submit_tasks"))
    rates = drawn('rate(manyeyes_commands_total{verb="submit_tasks"}[5m])', now, before, 10)
    assert rates[labels] == now[name, labels] / 10
    held = drawn("manyeyes_held_micros / 1000000", now, {}, 1)
    assert held == {(("cell", "1"),): now["manyeyes_held_micros", (("cell", "1"),)] / 1_000_000}
