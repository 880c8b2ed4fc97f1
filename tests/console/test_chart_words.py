"""No word of a drawing is cut off: in every language, on a desk and on a phone, for none, one, few and many values."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page

from manyeyes.console.customer.recognition_charts import ChartSeries, DayLine, drawings
from manyeyes.console.shared import languages
from manyeyes.console.shared.calibration import POINT
from manyeyes.console.shared.calibration_curve import Curve, curve, curve_words
from manyeyes.console.shared.charts import MOST_COLUMNS, bar_chart
from manyeyes.console.shared.rendering import CONSOLE, environment
from manyeyes.recognitions.calibration import NOTHING_CERTAIN, CalibrationPoint

pytestmark = pytest.mark.browser
SHEETS = ("shared/base.css", "shared/reading_pages.css", "shared/recognition.css")
WIDTHS = (1280, 640, 390, 320)
NUMBERS = {"one": 1, "few": 3, "a month": 31, "many": MOST_COLUMNS}
AMOUNTS = {"none": 0, "the least": 1, "few": 60_000, "many": 98_765_432_100}
FIRST = date(2026, 11, 28)
PAGE = """
{% import "shared/charts.html" as charts with context %}
<!doctype html><main class="page"><section class="card">
{% for name, kind, drawn in every %}
{% if kind == "stack" %}{{ charts.stack(drawn, name) }}
{% elif kind == "curve" %}{{ charts.calibration(drawn, name, loop.index) }}
{% else %}{{ charts.bars(drawn, name, kind) }}{% endif %}
{% endfor %}
</section></main>"""
# Each text that is shown must lie within the viewBox, and upon no other text.
CUT = """() => [...document.querySelectorAll("svg")].flatMap((svg) => {
  const { x, y, width, height } = svg.viewBox.baseVal;
  const texts = [...svg.querySelectorAll("text")].filter((each) => each.checkVisibility());
  const boxes = texts.map((each) => [each.textContent, each.getBBox()]);
  const name = svg.getAttribute("aria-label");
  const out = boxes.filter(([, box]) => box.x < x - 0.5 || box.y < y - 0.5
    || box.x + box.width > x + width + 0.5 || box.y + box.height > y + height + 0.5);
  const met = boxes.flatMap(([text, a], at) => boxes.slice(at + 1).filter(([, b]) => a.x < b.x + b.width
    && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height).map(([other]) => `${text} on ${other}`));
  const none = texts.length ? [] : [`${name}: no words`];
  return [...none, ...out.map(([text]) => `${name}: ${text} is cut off`), ...met.map((each) => `${name}: ${each}`)];
})"""


def _days(number: int, most: int) -> list[DayLine]:
    counted = [most * (at + 1) // number for at in range(number)]
    return [
        DayLine(
            day=FIRST + timedelta(days=at),
            by_series=[some],
            certain=some,
            uncertain=0,
            failed=0,
            reviewed=some,
            overturned=some // 2,
        )
        for at, some in enumerate(counted)
    ]


def _curve(verdicts: list[int], errors: int, marks: tuple[float, float], language: str) -> Curve:
    points = [
        CalibrationPoint(
            threshold=1 - at * 0.6 / len(verdicts),
            certain_share=0.5,
            verdicts=known,
            errors=min(errors, known),
            upper_bound=min(1.0, (errors + 3) / known),
            is_proven=False,
        )
        for at, known in enumerate(verdicts)
    ]
    return curve(points, 0.02, *marks, curve_words(language, POINT))


def _every(language: str) -> Iterator[tuple[str, str, Any]]:
    for count, number in NUMBERS.items():
        for amount, most in AMOUNTS.items() if number < MOST_COLUMNS else [("many", AMOUNTS["many"])]:
            values = [most * (at + 1) // number for at in range(number)]
            days = [FIRST + timedelta(days=at) for at in range(number)]
            every = max(1, number // 8)
            labels = [f"{day:%m-%d}" if at % every == 0 else "" for at, day in enumerate(days)]
            money = bar_chart(values, labels, labels, lambda value: languages.money(value, language))
            yield f"money: {count}, {amount}", "money", money
            volume = bar_chart(values, labels, labels, lambda value: languages.count(value, language))
            yield f"volume: {count}, {amount}", "volume", volume
            for name, stack in drawings(
                _days(number, most), [ChartSeries("hue-a", "cat", frozenset([1]))], language
            ).items():
                yield f"{name}: {count}, {amount}", "stack", stack
    for number in (1, 2, 5, 400):
        for marks in ((0.9, 0.9), (0.9, 0.91), (0.41, 1.0), (NOTHING_CERTAIN, 0.95)):
            few = _curve([3 * (at + 1) for at in range(number)], 1, marks, language)
            yield f"curve: {number}, {marks}", "curve", few


@pytest.fixture(scope="module")
async def page(chromium: Browser) -> Page:
    """A page of its own, without a server."""
    return await (await chromium.new_context()).new_page()


@pytest.mark.parametrize("language", languages.LANGUAGES)
async def test_no_word_of_a_drawing_is_cut_off(page: Page, language: str):
    text = environment(language).from_string(PAGE).render(every=list(_every(language)))
    await page.set_content(text)
    for sheet in SHEETS:
        await page.add_style_tag(path=CONSOLE / "static" / sheet)
    for width in WIDTHS:
        await page.set_viewport_size({"width": width, "height": 800})
        assert await page.evaluate(CUT) == [], width


def test_nothing_is_a_line_of_nothing():
    for said, chart in (
        ("$0.00", bar_chart([0] * 31, [""] * 31, [""] * 31, lambda value: languages.money(value, "en"))),
        ("0", bar_chart([0], [""], [""], str)),
    ):
        assert [line.label for line in chart.lines] == [said]


def test_few_verdicts_are_drawn_within_the_scale():
    for number in (1, 2, 5):
        found = _curve([3 * (at + 1) for at in range(number)], 0, (0.9, 0.9), "en")
        assert len(found.dots) == len(found.bound.split()) == number
        assert all(found.top <= dot.y <= found.base for dot in found.dots)
