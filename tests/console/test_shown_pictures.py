"""What Chromium shows whole is what this house takes, picture by picture, but for the exceptions that are written down.

`createImageBitmap` refuses what is not whole; an `img` shows the part that came.
"""

import base64

import pytest
from playwright.async_api import Browser

from support.judged_pictures import MILDER, REFUSED, SHOWN, STRICTER, TURNED

pytestmark = pytest.mark.browser

SHOWN_WHOLE = """async pictures => {
  const shown = [];
  for (const [name, text] of pictures) {
    const bytes = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
    try { (await createImageBitmap(new Blob([bytes]))).close(); shown.push(name); } catch {}
  }
  return shown;
}"""
NOT_OF_BROWSERS = {"TIFF turned"}


async def test_chromium_shows_what_is_taken_and_nothing_else(chromium: Browser):
    wanted = {**SHOWN, **STRICTER, **TURNED}
    pictures = [*wanted.items(), *REFUSED.items(), *MILDER.items()]
    page = await chromium.new_page()
    try:
        named = [[name, base64.b64encode(data).decode()] for name, data in pictures if name not in NOT_OF_BROWSERS]
        shown = set(await page.evaluate(SHOWN_WHOLE, named))
    finally:
        await page.close()
    assert sorted(shown ^ (set(wanted) - NOT_OF_BROWSERS)) == []
