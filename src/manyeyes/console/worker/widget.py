"""/widget/{signed}: the frame in which a worker solves a site's own widget, kept to that widget's hosts."""

import time
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.show_widgets import ShowWidget, WidgetShown, show_widgets
from manyeyes.console.shared.rendering import render
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import HCAPTCHA, RECAPTCHA_V3, TURNSTILE
from manyeyes.tasks.tokens import TokenOptions, needs_start
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.web_address import place_of

# What the widgets' makers name for a page's policy; nothing else may be loaded into the frame.
HCAPTCHA_HOSTS = "https://hcaptcha.com https://*.hcaptcha.com"
TURNSTILE_HOSTS = "https://challenges.cloudflare.com"
RECAPTCHA_FRAMES = "https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/"
SANDBOX = "allow-scripts allow-same-origin allow-forms"
_LOST = Refusal(Reason.LEASE_LOST, "the time for this task was over")


class WidgetPages:
    """The widgets' frames of one process. The signed address is the right to see one; no cookie is read."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, request: Request) -> Response:
        """GET /widget/{signed}: the frame with the widget of one token task."""
        widget = self._context.widgets.open(request.path_params["signed"], time.time())
        shown: WidgetShown | Refusal = _LOST
        if self._is_at_home(request) and widget is not None and widget.cell in self._context.cells.numbers:
            lease = LeaseId(widget.cell, widget.task_id, widget.lease)
            shown = await self._context.batcher.ask(show_widgets, ShowWidget(widget.cell, widget.worker_id, lease))
        console = self._console(request)
        if isinstance(shown, Refusal):
            gone = shown.reason is Reason.SITE_WITHDRAWN
            response: Response = render(
                request, "worker/widget.html", status=410 if gone else 404, setup=None, gone=gone
            )
            sources: Mapping[str, str] = {}
        else:
            setup = _setup(shown.kind, shown.options) | {"console": console}
            response = render(request, "worker/widget.html", setup=setup, gone=False)
            sources = _sources(shown.kind, shown.options)
        response.headers["Content-Security-Policy"] = policy(sources, console)
        response.headers["Referrer-Policy"] = "strict-origin"  # its maker checks on which site the widget stands
        return response

    def _is_at_home(self, request: Request) -> bool:
        """Tell whether the request came to the widgets' own host, where there is one.

        A maker's script knows the address of its frame: it must not lead to the same page on the console's origin.
        """
        root = self._context.settings.widget_url
        return not root or place_of(root) == place_of(f"{urlsplit(root).scheme}://{request.headers.get('host', '')}")

    def _console(self, request: Request) -> str:
        """Return the origin of the console, which alone may frame the page and hears what it yields."""
        if self._context.settings.public_url:
            found = urlsplit(self._context.settings.public_url)
            return f"{found.scheme}://{found.netloc}"
        return f"{request.url.scheme}://{request.headers.get('host', '')}"


def policy(sources: Mapping[str, str], console: str) -> str:
    """Return the frame's policy: our own script, the widget's hosts, nobody else; framed by the console alone."""
    script, frame, other = (sources.get(name, "") for name in ("script", "frame", "other"))
    directives = {
        "default-src": "'none'",
        "script-src": f"'self' {script}",
        "frame-src": frame or "'none'",
        "connect-src": other or "'none'",
        "img-src": f"'self' data: {other}",
        "style-src": f"'self' 'unsafe-inline' {other}",  # the widgets set styles of their own elements
        "form-action": "'none'",
        "base-uri": "'none'",
        "frame-ancestors": console,
        "sandbox": SANDBOX,
    }
    return "; ".join(f"{name} {value.strip()}" for name, value in directives.items())


def _sources(kind: str, options: TokenOptions) -> dict[str, str]:
    if kind in (HCAPTCHA, TURNSTILE):
        hosts = HCAPTCHA_HOSTS if kind == HCAPTCHA else TURNSTILE_HOSTS
        return {"script": hosts, "frame": hosts, "other": hosts}
    api = f"https://{options.api_host}/recaptcha/"
    frames = RECAPTCHA_FRAMES if api in RECAPTCHA_FRAMES else f"{api} {RECAPTCHA_FRAMES}"
    return {
        "script": f"{api} https://www.gstatic.com/recaptcha/",
        "frame": frames,
        "other": f"{api} https://www.gstatic.com/recaptcha/",
    }


def _setup(kind: str, options: TokenOptions) -> dict[str, object]:
    """Return what the frame's script needs to render the widget as its owner's page would."""
    return {
        "kind": kind,
        "script": _script(kind, options),
        "key": options.website_key,
        "enterprise": options.enterprise,
        "invisible": options.invisible,
        "action": options.action,
        "data": options.data,
        "needs_start": needs_start(kind, options),
    }


def _script(kind: str, options: TokenOptions) -> str:
    if kind == HCAPTCHA:
        address, query = "https://js.hcaptcha.com/1/api.js", {"render": "explicit", "onload": "manyeyesReady"}
    elif kind == TURNSTILE:
        address = "https://challenges.cloudflare.com/turnstile/v0/api.js"
        query = {"render": "explicit", "onload": "manyeyesReady"}
    else:
        file = "enterprise.js" if options.enterprise else "api.js"
        address = f"https://{options.api_host}/recaptcha/{file}"
        render_as = options.website_key if kind == RECAPTCHA_V3 else "explicit"
        query = {"render": render_as, "onload": "manyeyesReady"}
    return f"{address}?{urlencode(query)}"
