"""Rendering: templates in the reader's language, the headers every page carries, and the static files."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from manyeyes.console.shared import languages
from manyeyes.console.shared.appearance import Appearance, look_of, remember
from manyeyes.console.shared.own_keys import FIRST, ShownKeys
from manyeyes.staff.rules import may
from manyeyes.values.deeds import Deed
from manyeyes.values.text.code_points import CLASSES
from manyeyes.values.text.rules import KEPT

CONSOLE = Path(__file__).parents[1]
# Nothing comes from elsewhere and nothing in a page's own text can run: script and style are files of this site.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # `same-origin` and not `no-referrer`: with that one a browser sends forms with the Origin `null`.
    "Referrer-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the layout needs besides a page's own values. ``who`` tells people apart whom a browser signs in."""

    look: Appearance
    path: str
    static: str
    person: str
    opens: frozenset[str] = frozenset()  # what the role of a customer's person opens; nothing on others' pages
    low: Any = None  # the notice that the balance is low; None: it is not
    who: str = ""
    keys: ShownKeys = FIRST  # of the screens, as whoever is signed in has set them
    links_asked: int = 0  # how many wait for a sign-in link, on the staff's pages


@cache
def environment(language: str) -> Environment:
    """Return the templates with one language's messages, money and counts; one environment per language and process."""
    env = Environment(
        loader=FileSystemLoader(CONSOLE / "templates"),
        extensions=["jinja2.ext.i18n"],
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.install_gettext_translations(languages.catalogue(language), newstyle=True)  # type: ignore[attr-defined]
    env.globals["languages"] = languages.LANGUAGES
    env.filters["money"] = lambda micros: languages.money(micros, language)
    env.filters["aligned"] = lambda micros, column: languages.money(micros, language, languages.decimals(column))
    env.filters["exact"] = lambda micros: languages.money(micros, language, 6)
    env.filters["change"] = lambda micros: languages.change(micros, language)
    env.filters["count"] = lambda number: languages.count(number, language)
    env.filters["percent"] = lambda share: languages.percent(share, language)
    env.filters["tenths"] = lambda share: languages.tenths(share, language)
    env.filters["fraction"] = lambda value: languages.fraction(value, language)
    env.filters["fine"] = lambda value: languages.fine(value, language)
    env.filters["duration"] = lambda milliseconds: languages.duration(milliseconds, language)
    env.filters["stamp"] = lambda instant: f"{instant:%Y-%m-%d %H:%M:%S}"
    env.filters["unix_stamp"] = lambda seconds: f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"
    env.filters["rfc3339"] = lambda instant: f"{instant:%Y-%m-%dT%H:%M:%SZ}"
    return env


def render(request: Request, template: str, *, status: int = 200, person: str = "", **values: Any) -> HTMLResponse:
    """Render the page in the reader's language; `person` is the name of whoever is signed in, empty for nobody.

    A template asks by `may("worker.set")` whether to offer a form, to the staff whom a page's guard has let in.
    """
    look = look_of(request)
    opens: frozenset[str] = getattr(request.state, "opens", frozenset())
    low = getattr(request.state, "low", None)
    page = Page(
        look=look,
        path=request.url.path,
        static=static_root(),
        person=person,
        opens=opens,
        low=low,
        who=getattr(request.state, "who", ""),
        keys=getattr(request.state, "keys", FIRST),
        links_asked=getattr(request.state, "links_asked", 0),
    )
    role = getattr(request.state, "staff_role", "")
    text = (
        environment(look.language)
        .get_template(template)
        .render(page=page, may=lambda name: may(role, Deed(name)), **values)
    )
    response = HTMLResponse(text, status_code=status, headers=PAGE_HEADERS | {"Content-Language": look.language})
    remember(response, look.fresh)
    return response


@cache
def _static_files() -> dict[str, bytes]:
    """Return every static file by its path below `static/`, and the table of characters; nothing else is served."""
    root = CONSOLE / "static"
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}
    return files | {"shared/code_points.js": _code_points()}


def _code_points() -> bytes:
    """Return the table of characters as a script: the screens judge by the server's own (docs/decisions/0037)."""
    return f"export const CLASSES = {json.dumps(CLASSES)};\nexport const KEPT = {json.dumps(KEPT)};\n".encode()


@cache
def static_root() -> str:
    """Return the folder of the static files, named by a digest of their content: it may be kept for ever."""
    digest = sha256(b"".join(path.encode() + body for path, body in _static_files().items())).hexdigest()
    return f"/static/{digest[:12]}"


async def static_file(request: Request) -> Response:
    """GET /static/{version}/{reader}/{name}: any version is answered with today's file; only today's may be kept."""
    path = "{reader}/{name}".format_map(request.path_params)
    body = _static_files().get(path)
    if body is None:
        return PlainTextResponse("not found", status_code=404)
    current = request.url.path.startswith(static_root() + "/")
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable" if current else "no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    return Response(body, media_type=guess_type(path)[0], headers=headers)
