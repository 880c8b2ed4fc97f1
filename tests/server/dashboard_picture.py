"""`make screenshots`: draws Grafana's dashboard of a house at work, as its file has it, for docs/pictures/.

What is drawn is what /metrics of a served installation said, scrape by scrape; only the drawing is not Grafana's.
"""

import asyncio
import base64
import itertools
import random
import re
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from support import factories
from support.alert_rules import Samples, drawn, samples_of
from support.real_server import ServeProcess, ask_json, run
from tools.make_dashboard import COLUMNS, dashboard

PICTURE = Path(__file__).parents[2] / "docs" / "pictures" / "dashboard.png"
SECONDS, EVERY, BACK = 90.0, 2.0, 10  # of work; between scrapes; over how many of these a rate is
GROUND, PLOT, INK, FAINT = "#111217", "#181b1f", "#ccccdc", "#2c3235"
LINES = ("#73bf69", "#f2cc0c", "#5794f2", "#ff780a", "#f2495c", "#b877d9", "#8ab8ff", "#ffa6b0")
COLOURS = {"green": "#73bf69", "yellow": "#f2cc0c", "red": "#f2495c"}
SCALES = {"s": "{:,.3g} s", "percentunit": "{:.0%}", "currencyUSD": "${:,.4g}", "bool_on_off": "{}"}


class Scrape(NamedTuple):
    """What was told, so many seconds after the first time."""

    at: float
    samples: Samples


async def scrapes() -> list[Scrape]:
    """Return what a house at work tells of itself: people, two customers, disputes, a few refusals."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        mark = Path(folder) / "mark"
        mark.touch()
        server = await asyncio.to_thread(lambda: ServeProcess(data, MANYEYES_BACKUP_MARK=str(mark)))
        try:
            return await _at_work(server)
        finally:
            await asyncio.to_thread(server.stop)


async def _at_work(server: ServeProcess) -> list[Scrape]:
    made = [await _made(server, "account", "create", f"Customer {n}", "--balance", "9.00") for n in (1, 2)]
    people = [await _made(server, "worker", "create", f"Person {n}", "--queue", "1") for n in range(4)]
    await asyncio.to_thread(run, server.data, "db", "check")
    found: list[Scrape] = []
    async with httpx.AsyncClient(base_url=server.url, timeout=60) as http:
        work = [asyncio.create_task(_answer(http, each["token"])) for each in people]
        work += [asyncio.create_task(_ask(http, each["client_key"])) for each in made]
        began = time.monotonic()
        while time.monotonic() - began < SECONDS:
            told = await http.get(f"{server.ops_url}/metrics")
            samples = {**samples_of(told.text), ("up", (("job", "manyeyes"),)): 1.0}
            found.append(Scrape(time.monotonic() - began, samples))
            await asyncio.sleep(EVERY)
        for task in work:
            task.cancel()
        assert all(
            isinstance(each, asyncio.CancelledError) for each in await asyncio.gather(*work, return_exceptions=True)
        )
    return found


async def _answer(http: httpx.AsyncClient, token: str) -> None:
    """Answer what comes, as quickly as somebody types."""
    headers = {"authorization": f"Bearer {token}"}
    (await http.post("/v1/worker/online", headers=headers)).raise_for_status()
    while True:
        leased = await http.get("/v1/worker/next?wait=30", headers=headers)
        if leased.status_code == 200:
            await asyncio.sleep(random.uniform(0.5, 2.0))
            answer = {"lease": leased.json()["lease"], "answer": {"text": "12345"}}
            await http.post("/v1/worker/answers", headers=headers, json=answer)


async def _made(server: ServeProcess, *command: str) -> Any:
    return await asyncio.to_thread(ask_json, server.data, *command)


async def _ask(http: httpx.AsyncClient, key: str) -> None:
    """Send pictures in waves, now and then a bad key or no picture, and complain about some answers."""
    body = base64.b64encode(factories.picture_bytes("12345")).decode()
    chance = random.Random(key)
    for number in itertools.count():
        for _ in range(chance.randint(1, 6)):
            await http.post("/createTask", json={"clientKey": key, "task": {"type": "ImageToTextTask", "body": body}})
        if number % 3 == 0:
            await http.post("/getBalance", json={"clientKey": "0" * 32})
        if number % 4 == 0:
            await http.post("/createTask", json={"clientKey": key, "task": {"type": "ImageToTextTask", "body": "no"}})
        done = await http.get("/v1/tasks?state=done&limit=1", headers={"authorization": f"Bearer {key}"})
        for task in done.raise_for_status().json()["items"]:
            await http.post("/reportIncorrectImageCaptcha", json={"clientKey": key, "taskId": task["id"]})
        await asyncio.sleep(chance.uniform(0.2, 3.0))


def picture(found: list[Scrape]) -> Figure:
    """Return the dashboard as the file lays it out."""
    mpl.rcParams.update({"font.size": 7.5, "text.color": INK, "axes.labelcolor": INK, "font.family": "DejaVu Sans"})
    panels = dashboard()["panels"]
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    figure = Figure(figsize=(15, rows * 0.34), dpi=100, facecolor=GROUND)
    for panel in panels:
        at = panel["gridPos"]
        left, top = at["x"] / COLUMNS, 1 - at["y"] / rows
        if panel["type"] == "row":
            figure.text(0.008, top - 0.5 / rows, "⌄ " + panel["title"], fontsize=10, weight="bold", va="center")
            continue
        bottom, width, height = top - at["h"] / rows, at["w"] / COLUMNS, at["h"] / rows
        figure.text(left + 0.008, top - 0.45 / rows, panel["title"], fontsize=8.5, va="center")
        inner = (left + 0.036, bottom + 1.9 / rows, width - 0.046, height - 2.9 / rows)
        if panel["type"] == "stat":
            _stat(figure, panel, found, left + width / 2, bottom + height * 0.42)
        else:
            _chart(figure.add_axes(inner, facecolor=PLOT), panel, found)
    return figure


def _stat(figure: Figure, panel: dict[str, Any], found: list[Scrape], x: float, y: float) -> None:
    values = list(drawn(panel["targets"][0]["expr"], found[-1].samples, {}, 1).values())
    field = panel["fieldConfig"]["defaults"]
    if not values:
        figure.text(x, y, "no data", fontsize=16, ha="center", va="center")
        return
    value = max(values)
    steps = [step for step in field["thresholds"]["steps"] if step["value"] is None or value >= step["value"]]
    figure.text(
        x, y, _said(value, field["unit"]), fontsize=24, color=COLOURS[steps[-1]["color"]], ha="center", va="center"
    )


def _chart(axes: Axes, panel: dict[str, Any], found: list[Scrape]) -> None:
    lines: dict[str, list[tuple[float, float]]] = {}
    for target in panel["targets"]:
        for place in range(BACK if "[" in target["expr"] else 0, len(found)):
            now, before = found[place], found[max(0, place - BACK)]
            seconds = max(now.at - before.at, EVERY)
            for labels, value in drawn(target["expr"], now.samples, before.samples, seconds).items():
                lines.setdefault(_legend(target["legendFormat"], dict(labels)), []).append((now.at, value))
    moving = {name: points for name, points in lines.items() if any(value for _, value in points)}
    for number, (name, points) in enumerate(sorted((moving or lines).items())):
        times, values = zip(*points, strict=True)
        axes.plot(times, values, color=LINES[number % len(LINES)], linewidth=1.2, label=name)
        axes.fill_between(times, values, color=LINES[number % len(LINES)], alpha=0.08)
    axes.set_xlim(0, found[-1].at)
    axes.set_ylim(bottom=0)
    axes.grid(color=FAINT, linewidth=0.6)
    axes.tick_params(colors=INK, length=0, labelsize=7)
    axes.yaxis.set_major_formatter(lambda value, _: _said(value, panel["fieldConfig"]["defaults"]["unit"]))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:.0f} s")
    for spine in axes.spines.values():
        spine.set_color(FAINT)
    if lines:
        axes.legend(loc="upper left", bbox_to_anchor=(-0.09, -0.09), ncols=3, frameon=False, fontsize=7, handlelength=1)
    else:
        axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center", va="center", fontsize=10)


def _said(value: float, unit: str) -> str:
    if unit == "bool_on_off":
        return "On" if value else "Off"
    return SCALES.get(unit, "{:,.3g}").format(value)


def _legend(form: str, labels: dict[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda name: labels.get(name[1], ""), form)


if __name__ == "__main__":
    picture(asyncio.run(scrapes())).savefig(PICTURE, facecolor=GROUND)
