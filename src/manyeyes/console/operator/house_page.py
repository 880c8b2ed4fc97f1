"""What the operator's pages of accounts, workers, queues and the rest share: frame, notices, pages of lists."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.buckets import BUCKET_NOTICES
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.rendering import render
from manyeyes.roles.operator import open_appeals
from manyeyes.runtime.context import Context
from manyeyes.values.integers import whole_number

ID_DIGITS = 18
PAGE_ROWS = 50
LONGEST_SEARCH = 100
NOTICES = {
    "changed": (mark("Changed. Every process follows within seconds."), ""),
    "unchanged": (mark("Nothing was changed: it is as it was."), ""),
    "frozen": (mark("Frozen: its new tasks are refused."), ""),
    "unfrozen": (mark("Its tasks are taken again."), ""),
    "topped": (mark("The money is there. Sent twice it would still be there once."), ""),
    "signed_out": (mark("Signed out of every browser; links that were not used ended too."), ""),
    "no_first_owner": (
        mark("The first owner was removed. An owner of the account makes links for its people."),
        "warn",
    ),
    "key_ended": (mark("The key ended. Running servers forget it within seconds."), ""),
    "staff_removed": (mark("Removed: they are signed out, and their links end."), ""),
    **BUCKET_NOTICES,
    "disabled": (mark("Shut out; what they earned stays theirs."), ""),
    "enabled": (mark("They may work again."), ""),
    "withdrawn": (mark("Withdrawn: its open tasks end without charge."), ""),
    "proven": (mark("The proof was found."), ""),
    "not_proven": (mark("The proof was not found; what was seen stands below."), "warn"),
    "blocked": (mark("Shut out: calls from there are refused."), ""),
    "unblocked": (mark("Let in again."), ""),
    "paid_out": (mark("What was owed is in what the owner may spend."), ""),
    "nothing_owed": (mark("Nothing is owed for it."), "warn"),
    "resent": (mark("It is sent again."), ""),
    "resent_all": (mark("All that was given up is sent again."), ""),
    "nothing_resent": (mark("Nothing was given up in the last 30 days."), ""),
    "payout_asked": (mark("Asked for: it waits among the payouts."), ""),
    "announced": (mark("Announced. It is on every open screen within a minute."), ""),
    "announcement_ended": (mark("Ended: it is on nobody's screen any more."), ""),
    "link_dismissed": (mark("Dismissed; they may ask again."), ""),
    "refused": (mark("That could not be done: it is not so any more."), "warn"),
}
RowT = TypeVar("RowT")


class ListPage(msgspec.Struct, frozen=True):
    """What a list's address asks for: words to look for, and the number behind which its page begins."""

    words: str
    after: int

    def address(self, path: str, after: int) -> str:
        """Return the address of the page behind a number."""
        return f"{path}?{urlencode({name: value for name, value in (('q', self.words), ('after', after)) if value})}"


class OnceShown(msgspec.Struct, frozen=True):
    """Something that is shown only this once: what it is, and its text."""

    label: str
    text: str


class HousePages:
    """Pages of the operator that share a frame."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def draw(
        self,
        request: Request,
        template: str,
        *,
        here: str,
        title: str = "",
        name: str = "",
        lead: str = "",
        status: int = 200,
        **values: Any,
    ) -> Response:
        """Return a page in the frame: ``title`` and ``lead``, which "?" explains, are messages; ``name`` is a title."""
        say = catalogue(look_of(request).language).ugettext
        return render(
            request,
            f"operator/{template}.html",
            status=status,
            person="operator",
            here=here,
            title=name or say(title),
            lead=say(lead) if lead else "",
            open_appeals=len(await open_appeals(self._context)),
            notice=said_notice(request, NOTICES, say),
            **values,
        )

    async def show_once(
        self, request: Request, here: str, title: str, shown: Sequence[OnceShown], back: str, lead: str = ""
    ) -> Response:
        """Return the page of something that is shown only now."""
        say = catalogue(look_of(request).language).ugettext
        found = [OnceShown(say(each.label), each.text) for each in shown]
        return await self.draw(request, "once", here=here, title=title, lead=lead, shown=found, back=back)

    def missing(self, request: Request) -> Response:
        """Return the 404 of something that there is not."""
        return render(request, "shared/missing.html", status=404, person="operator")


def list_page(request: Request) -> ListPage:
    """Return what a list's address asks for; what cannot be read is left out."""
    words = request.query_params.get("q", "").replace("\0", "").strip()[:LONGEST_SEARCH]
    return ListPage(words, whole_number(request.query_params.get("after", ""), ID_DIGITS) or 0)


def cut(found: Sequence[RowT]) -> tuple[list[RowT], bool]:
    """Return a page's rows out of one more than it has, and whether there was one more."""
    return list(found[:PAGE_ROWS]), len(found) > PAGE_ROWS


def number_in(request: Request, name: str) -> int:
    """Return the number in an address; 0 for what is none."""
    return whole_number(request.path_params[name], ID_DIGITS) or 0


async def with_passkeys(request: Request) -> bool:
    """Tell whether a form that signs somebody out takes their passkeys too: `passkeys`."""
    return text_of(await request.form(), "passkeys") == "yes"


def done(path: str, notice: str) -> Response:
    """Send the browser to a page that says what was done."""
    return RedirectResponse(f"{path}?notice={notice}", status_code=303)
