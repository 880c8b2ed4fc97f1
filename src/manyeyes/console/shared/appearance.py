"""How a person wants the pages to look: language, colours, text size. Kept in cookies, to work before sign-in."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.languages import LANGUAGES, chosen

THEMES = {"auto": "(prefers-color-scheme: dark)", "light": "not all", "dark": "all"}
TEXT_SIZES = ("normal", "large", "largest")
SOFTENINGS = ("no", "grey", "blur", "both")  # of marked pictures
COOKIE = "manyeyes_{}"
YEAR_SECONDS = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Appearance:
    """The choices in force for one request; ``fresh`` are those that its address made anew, for a cookie to keep."""

    language: str
    theme: str
    text: str
    soften: str
    fresh: dict[str, str]

    @property
    def dark_media(self) -> str:
        """Return the media query under which the dark colours apply."""
        return THEMES[self.theme]


def look_of(request: Request) -> Appearance:
    """Return what the address asks for, else what a cookie kept, else the browser's own preference."""
    wishes = {name: request.query_params.get(name) for name in ("lang", "theme", "text", "soften")}
    fresh = {name: value for name, value in wishes.items() if value and _known(name, value)}
    kept = {name: request.cookies.get(COOKIE.format(name), "") for name in wishes}
    known = {name: value for name, value in kept.items() if _known(name, value)} | fresh
    return Appearance(
        language=known.get("lang") or chosen(request.headers.get("accept-language", "")),
        theme=known.get("theme", "auto"),
        text=known.get("text", "normal"),
        soften=known.get("soften", "no"),
        fresh=fresh,
    )


def _known(name: str, value: str) -> bool:
    return value in {"lang": LANGUAGES, "theme": THEMES, "text": TEXT_SIZES, "soften": SOFTENINGS}[name]


def remember(response: Response, choices: dict[str, str]) -> None:
    """Keep the choices in cookies for a year."""
    for name, value in choices.items():
        response.set_cookie(COOKIE.format(name), value, max_age=YEAR_SECONDS, samesite="lax", httponly=True)


async def change_look(request: Request) -> Response:
    """POST /look: keep the chosen settings and go back to the page they were chosen on."""
    form = await request.form()
    choices = {name: str(form.get(name, "")) for name in ("lang", "theme", "text", "soften")}
    response = RedirectResponse(own_path(str(form.get("back", "/"))), status_code=303)
    remember(response, {name: value for name, value in choices.items() if _known(name, value)})
    return response


def own_path(path: str) -> str:
    """Return the path if it is one of this site's, else `/`: no crafted address sends anybody to another site."""
    elsewhere = not path.startswith("/") or path.startswith("//") or "\\" in path or "\n" in path
    return "/" if elsewhere else path
