"""Pictures of any shape at the screens: sending one, and what of it is seen."""

from collections.abc import Sequence
from typing import Any

from PIL import Image
from playwright.async_api import expect

from manyeyes.actions.submit_tasks import Submitted
from manyeyes.tasks.pictures import Picture
from support import factories
from support.browser_visits import Screen
from support.drawn_pictures import written
from support.factories import Customer
from support.served_site import Site

# Width and height of the picture as shown, its own pixels, the room for it, how far it is scrolled and can be.
LOOK = """() => {
  const [picture, table] = ["picture", "table"].map((id) => document.getElementById(id));
  const style = getComputedStyle(table);
  const margin = parseFloat(style.paddingLeft);
  return {
    width: picture.getBoundingClientRect().width, height: picture.getBoundingClientRect().height,
    own: [picture.naturalWidth, picture.naturalHeight],
    room: [table.clientWidth - 2 * margin, table.clientHeight - 2 * margin],
    left: table.scrollLeft, top: table.scrollTop,
    furthest: [table.scrollWidth - table.clientWidth, table.scrollHeight - table.clientHeight],
  };
}"""


def sized(width: int, height: int) -> Picture:
    """Return a PNG of this size, of a coarse pattern, within what a task may bring."""
    pattern = Image.effect_noise((48, 48), 60).convert("1").resize((width, height), Image.Resampling.NEAREST)
    data = written(pattern, "PNG", pnginfo=None)
    return Picture("png", width, height, data + b"\0" * max(0, 100 - len(data)))


async def send_sizes(site: Site, customer: Customer, sizes: Sequence[tuple[int, int]]) -> None:
    """Submit pictures of these sizes, in their order."""
    for size in sizes:
        submitted = await factories.submit(site.context, customer, picture=sized(*size))
        assert isinstance(submitted, Submitted), submitted


async def look(screen: Screen) -> dict[str, Any]:
    """Return what `LOOK` says."""
    found: dict[str, Any] = await screen.page.evaluate(LOOK)
    return found


async def shown(screen: Screen, size: tuple[int, int]) -> None:
    """Wait until the picture of this size is laid out."""
    await expect(screen.part("main")).to_have_attribute("data-mode", "task")
    await screen.page.wait_for_function(
        "([width, height]) => { const p = document.getElementById('picture');"
        " return p.naturalWidth === width && p.naturalHeight === height && p.style.width }",
        arg=list(size),
    )
