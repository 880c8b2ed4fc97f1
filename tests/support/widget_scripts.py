"""Stand-ins for the makers' scripts, with the same JavaScript interface, served to the browser in their hosts' place.

Nothing of theirs is here: each draws a button that yields a token, and notes what it was asked for.
"""

import re

from playwright.async_api import BrowserContext, Route

HOSTS = re.compile(
    r"^https://(www\.google\.com|www\.gstatic\.com|www\.recaptcha\.net|[a-z0-9.]*hcaptcha\.com|challenges\.cloudflare\.com)/"
)
ELSEWHERE = re.compile(r"^https?://(?!127\.0\.0\.1[:/])")
COMMON = """
window.asked = {};
const onload = new URL(document.currentScript.src).searchParams.get("onload");
const ready = () => window[onload]();
function draw(place, options, maker) {
  Object.assign(window.asked, { maker, ...options });
  if (options.size === "invisible") return 0;
  const button = document.createElement("button");
  button.id = "solve";
  button.textContent = "I am a person";
  button.onclick = () => options.callback(`${maker}-token-of-${options.sitekey}`);
  place.append(button);
  return 0;
}
"""
RECAPTCHA = (
    COMMON
    + """
let options;
const api = {
  ready: (then) => then(),
  render: (place, given) => { options = given; return draw(place, given, "recaptcha"); },
  execute: (which, given) => {
    if (which === 0) return options.callback(`recaptcha-invisible-token`);
    window.asked = { maker: "recaptcha", sitekey: which, ...given };
    return Promise.resolve(`recaptcha-v3-token-for-${given.action ?? "nothing"}`);
  },
  reset: () => { window.asked.reset = true; },
};
const render = (place, given) => { options = given; return draw(place, given, "enterprise"); };
window.grecaptcha = { ...api, enterprise: { ...api, render } };
setTimeout(ready);
"""
)
HCAPTCHA = (
    COMMON
    + """
let options;
window.hcaptcha = {
  render: (place, given) => { options = given; return draw(place, given, "hcaptcha"); },
  execute: () => options.callback("hcaptcha-invisible-token"),
  setData: (id, given) => Object.assign(window.asked, given),
  reset: () => { window.asked.reset = true; },
};
setTimeout(ready);
"""
)
TURNSTILE = (
    COMMON
    + """
window.turnstile = {
  render: (place, given) => { draw(place, given, "turnstile"); return "w1"; },
  reset: () => { window.asked.reset = true; },
};
setTimeout(ready);
"""
)
SCRIPTS = {
    "https://www.google.com/recaptcha/": RECAPTCHA,
    "https://www.recaptcha.net/recaptcha/": RECAPTCHA,
    "https://js.hcaptcha.com/": HCAPTCHA,
    "https://challenges.cloudflare.com/": TURNSTILE,
}


class Makers:
    """What the browser asked the makers' hosts for, and what it asked anybody else for (which is cut off)."""

    def __init__(self) -> None:
        self.scripts: list[str] = []
        self.elsewhere: list[str] = []
        self.broken = False

    async def stand_in(self, context: BrowserContext) -> None:
        """Answer for the makers in this context; nothing leaves the machine."""
        await context.route(ELSEWHERE, self._cut_off)
        await context.route(HOSTS, self._serve)

    async def _serve(self, route: Route) -> None:
        url = route.request.url
        self.scripts.append(url)
        body = next((text for start, text in SCRIPTS.items() if url.startswith(start)), None)
        if body is None or self.broken:
            return await route.abort()
        await route.fulfill(status=200, content_type="text/javascript", body=body)

    async def _cut_off(self, route: Route) -> None:
        self.elsewhere.append(route.request.url)
        await route.abort()
