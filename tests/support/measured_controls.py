"""Whether a person can operate what acts on a task: each control is there, in reach, large enough and not covered."""

from playwright.async_api import Page

# 1280 × 800 at 200 % zoom, and a phone whose keyboard is up.
SMALL_WINDOWS = ((640, 400), (390, 500))
LEAST_PIXELS = 24  # WCAG 2.2, success criterion 2.5.8
# What is wrong with each control that a selector finds; a selector that finds nothing shown is wrong too.
MEASURED = """({ selectors, least }) => {
  const faults = [];
  const inside = (box) => box.left >= -0.5 && box.top >= -0.5
    && box.right <= innerWidth + 0.5 && box.bottom <= innerHeight + 0.5;
  const isHit = (control, x, y) => {
    const hit = document.elementFromPoint(x, y);
    return hit && [control, ...(control.labels ?? [])].some((each) => each.contains(hit));
  };
  const isReached = (control) => ["nearest", "center", "start", "end"].some((block) => {
    control.scrollIntoView({ block, inline: "nearest", behavior: "instant" });
    const box = control.getBoundingClientRect();
    const inset = Math.min(6, box.width / 4, box.height / 4);
    return inside(box) && [box.left + inset, (box.left + box.right) / 2, box.right - inset].every((x) =>
      [box.top + inset, (box.top + box.bottom) / 2, box.bottom - inset].every((y) => isHit(control, x, y)));
  });
  for (const selector of selectors) {
    const found = [...document.querySelectorAll(selector)];
    const shown = found.filter((each) => each.checkVisibility({ visibilityProperty: true }));
    if (!shown.length) faults.push(`${selector}: not there`);
    for (const control of shown) {
      const name = `${selector} ${control.getAttribute("aria-label") ?? control.textContent.trim().slice(0, 20)}`;
      const { width, height } = control.getBoundingClientRect();
      if (width < least || height < least) faults.push(`${name}: ${width} × ${height}`);
      else if (!isReached(control)) faults.push(`${name}: out of reach or covered`);
    }
  }
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) faults.push(`sideways scroll: ${scrollWidth} in ${clientWidth}`);
  scrollTo(0, 0);
  return faults;
}"""


async def faults(page: Page, *selectors: str) -> list[str]:
    """Return what is wrong with the controls in each small window; the window keeps the last size."""
    found = []
    for width, height in SMALL_WINDOWS:
        await page.set_viewport_size({"width": width, "height": height})
        measured = await page.evaluate(MEASURED, {"selectors": selectors, "least": LEAST_PIXELS})
        found += [f"{width} × {height}: {fault}" for fault in measured]
    return found
