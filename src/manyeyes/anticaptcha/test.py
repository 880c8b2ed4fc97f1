"""test: shows what arrived, for whoever writes a client (docs/contracts/anticaptcha.md#test)."""

import html

from manyeyes.anticaptcha.call import AntiCaptchaCall


async def test(call: AntiCaptchaCall) -> str:
    """Return a page with the object as it was understood and the raw bytes as they came, both escaped."""
    understood = html.escape(repr(call.body))
    raw = html.escape(call.raw.decode("utf-8", "replace"))
    return f"<!doctype html><title>test</title><pre>parsed object:\n{understood}\n\nraw input:\n{raw}\n</pre>\n"
