"""/customer/keys: an account's client keys, made, changed, replaced and ended by its owners."""

from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.accounts.roles import LONGEST_LABEL
from manyeyes.accounts.rules import EVERY_SCOPE
from manyeyes.accounts.store import AccountPlace
from manyeyes.console.customer.account_wording import SCOPES, in_words, refused
from manyeyes.console.shared.forms import choice_of, text_of, typed_in
from manyeyes.console.shared.guards import for_customers
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.rendering import render
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer import account_keys
from manyeyes.roles.customer.account_keys import FreshKey, WantedKey, key_id, keys_of
from manyeyes.roles.sign_in import person_of
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Reason, Refusal

PATH = "/customer/keys"
OVERLAPS = {  # seconds that a key goes on that was replaced
    "0": mark("not at all"),
    "3600": mark("for an hour"),
    "86400": mark("for a day"),
    "604800": mark("for a week"),
    "2592000": mark("for 30 days"),
}
_USUAL = WantedKey("", EVERY_SCOPE, ())
_NOBODY = Refusal(Reason.ROLE_FORBIDS, "")


class KeyPages:
    """The page of an account's keys."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_customers
    async def show(self, request: Request, place: AccountPlace) -> Response:
        """GET /customer/keys: the keys, without their secrets, and a form for another one."""
        return await self._page(request, place)

    @for_customers
    async def make(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/keys: `label`, `scope` (several), `addresses` (one a line); the key is shown this once."""
        form, person = await request.form(), await person_of(self._context, request)
        given = _given(form)
        actor = await actor_of(self._context, request)
        found = await account_keys.make_client_key(self._context, person, given, actor) if person else _NOBODY
        return await self._page(request, place, found, given=given if isinstance(found, Refusal) else _USUAL)

    @for_customers
    async def change(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/keys/change: `key`, and the rest as for a new one."""
        form, person = await request.form(), await person_of(self._context, request)
        key, given = text_of(form, "key"), _given(form)
        actor = await actor_of(self._context, request)
        refusal = await account_keys.change_key(self._context, person, key, given, actor) if person else _NOBODY
        return await self._changed(request, place, refusal)

    @for_customers
    async def rotate(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/keys/rotate: `key`, and for how many `seconds` it goes on; the new one is shown this once."""
        form, person = await request.form(), await person_of(self._context, request)
        key, seconds = text_of(form, "key"), choice_of(form, "seconds")
        actor = await actor_of(self._context, request)
        found = await account_keys.rotate_key(self._context, person, key, seconds, actor) if person else _NOBODY
        return await self._page(request, place, found)

    @for_customers
    async def revoke(self, request: Request, place: AccountPlace) -> Response:
        """POST /customer/keys/revoke: `key`."""
        form, person = await request.form(), await person_of(self._context, request)
        key, actor = text_of(form, "key"), await actor_of(self._context, request)
        ended = await account_keys.revoke_key(self._context, person, key, actor) if person else _NOBODY
        return await self._changed(request, place, ended)

    async def _changed(self, request: Request, place: AccountPlace, refusal: Refusal | None) -> Response:
        if refusal is None:
            return RedirectResponse(PATH, status_code=303)
        return await self._page(request, place, refusal)

    async def _page(
        self,
        request: Request,
        place: AccountPlace,
        found: FreshKey | Refusal | None = None,
        given: WantedKey = _USUAL,
    ) -> Response:
        is_refused = isinstance(found, Refusal)
        return render(
            request,
            "customer/keys.html",
            status=422 if is_refused else 200,
            person=place.name,
            client_keys=await self._keys(place),
            fresh=found.secret if isinstance(found, FreshKey) else "",
            refused=refused(request, found) if isinstance(found, Refusal) else None,
            given=given,
            scopes=in_words(request, SCOPES),
            overlaps=in_words(request, OVERLAPS),
            longest_label=LONGEST_LABEL,
        )

    async def _keys(self, place: AccountPlace) -> list[dict[str, Any]]:
        """Return the keys as the template draws them; in minutes when each was used last."""
        return [
            {
                "id": key_id(each),
                "label": each.label,
                "hint": each.hint,
                "scopes": each.scopes,
                "addresses": each.allowed_addresses,
                "made_at": each.created_at,
                "made_by": each.made_by,
                "used_at": each.used_at,
                "ends_at": each.ends_at,
                "ended_at": each.revoked_at or each.ends_at if each.has_ended else None,
            }
            for each in await keys_of(self._context, place)
        ]


def _given(form: FormData) -> WantedKey:
    scopes = tuple(str(each) for each in form.getlist("scope"))
    lines = typed_in(form, "addresses").replace(",", "\n").split()
    return WantedKey(typed_in(form, "label"), scopes, tuple(lines))
