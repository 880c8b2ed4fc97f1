"""What the operator does with one account: money, keys, links, freezing, its call-backs' secret."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts.roles import FOUNDER
from manyeyes.accounts.rules import read_scopes
from manyeyes.console.operator.accounts import (
    AMOUNT,
    BLANK,
    NETWORKS,
    NO_MONEY,
    PATH,
    SCOPES,
    AccountPages,
    invite_fields,
)
from manyeyes.console.operator.house_page import OnceShown, done, number_in, with_passkeys
from manyeyes.console.shared.forms import choice_of, text_of
from manyeyes.console.shared.guards import for_deed
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.sheets import draw_sheet, read_sheet
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.account_keys import keys_of
from manyeyes.roles.customer.deliveries import secret_of
from manyeyes.roles.customer.people import everybody_of, fresh_link, invite_person
from manyeyes.roles.house import accounts as house
from manyeyes.roles.house.accounts import AccountChange
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.passkeys import end_sign_ins
from manyeyes.values.deeds import Deed
from manyeyes.values.money import LARGEST_MICROS
from manyeyes.values.refusals import Refusal


class AccountDeeds(AccountPages):
    """The operator's forms about one account."""

    @for_deed(Deed.BALANCE_TOP_UP)
    async def top_up(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/top-up: asks about `amount`, and books `slip`, what was asked, once."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        form = await request.form()
        path = f"{PATH}/{found.place.account_id}"
        if text_of(form, "slip"):
            slip = self._context.top_up_slips.open(text_of(form, "slip"))
            if slip is None or (slip.cell, slip.account_id) != (found.place.cell, found.place.account_id):
                return done(path, "refused")
            actor = await actor_of(self._context, request)
            booked = await house.top_up(self._context, found.place, slip.serial, slip.amount_micros, actor)
            return done(path, "refused" if isinstance(booked, Refusal) else "topped")
        typed = read_sheet(AMOUNT, form)
        micros = typed.values.get("amount", 0)
        if not 0 < micros <= LARGEST_MICROS - found.available_micros:
            fault = FieldFault("amount", NO_MONEY)
            return await self.one(request, found, status=422, top_up=draw_sheet(request, AMOUNT, BLANK, typed, fault))
        serial = await self._context.id_blocks.take(found.place.cell)
        slip_text = self._context.top_up_slips.sign(found.place.cell, found.place.account_id, serial, micros)
        return await self.draw(
            request,
            "top_up",
            here="account",
            title=mark("Top up?"),
            account=found,
            path=path,
            amount_micros=micros,
            slip=slip_text,
        )

    @for_deed(Deed.ACCOUNT_SET)
    async def freeze(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/freeze: `suspended` (yes or no)."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        wanted = {"yes": True, "no": False}.get(text_of(await request.form(), "suspended"))
        if found is None or wanted is None:
            return self.missing(request)
        actor = await actor_of(self._context, request)
        await house.change_account(self._context, found.place, AccountChange(suspended=wanted), actor)
        return done(f"{PATH}/{found.place.account_id}", "frozen" if wanted else "unfrozen")

    @for_deed(Deed.KEY_ISSUE)
    async def add_key(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/keys: `scopes`, `networks`. The key is shown only this once."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        typed = read_sheet((SCOPES, NETWORKS), await request.form())
        if typed.faults:
            drawn = draw_sheet(request, (SCOPES, NETWORKS), BLANK, typed)
            return await self.one(request, found, status=422, key=drawn)
        scopes, networks = read_scopes(typed.values["scopes"]), typed.values["networks"]
        key = await house.add_key(self._context, found.place, networks, scopes, await actor_of(self._context, request))
        shown = [OnceShown(mark("Client key"), key)]
        back = f"{PATH}/{found.place.account_id}"
        return await self.show_once(request, "account", mark("The key is made"), shown, back)

    @for_deed(Deed.KEY_REVOKE)
    async def end_key(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/keys/end: `key`, the hash of one of its keys."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        path, said = f"{PATH}/{found.place.account_id}", text_of(await request.form(), "key")
        mine = {each.key_hash.hex(): each for each in await keys_of(self._context, found.place)}
        actor = await actor_of(self._context, request)
        is_ended = said in mine and await house.end_key(self._context, mine[said].key_hash, actor) is not None
        return done(path, "key_ended" if is_ended else "refused")

    @for_deed(Deed.LINK_MAKE)
    async def link(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/link: a one-time link of `person`, or of the first owner, shown once."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        back, actor = f"{PATH}/{found.place.account_id}", await actor_of(self._context, request)
        form = await request.form()
        person = choice_of(form, "person") if "person" in form else FOUNDER
        invited = await fresh_link(self._context, found.place, person, actor)
        if isinstance(invited, Refusal):
            return done(back, "no_first_owner" if person == FOUNDER else "refused")
        shown = [OnceShown(mark("One-time sign-in link, good for an hour"), invited.login_url)]
        return await self.show_once(request, "account", mark("The link is made"), shown, back)

    @for_deed(Deed.COLLEAGUE_INVITE)
    async def invite(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/people: `name`, `role`. Their one-time link is shown only this once."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        fields = invite_fields(request)
        typed, fault, back = read_sheet(fields, await request.form()), None, f"{PATH}/{found.place.account_id}"
        if not typed.faults:
            actor, given = await actor_of(self._context, request), typed.values
            invited = await invite_person(self._context, found.place, given["name"], given["role"], actor)
            if not isinstance(invited, Refusal):
                shown = [OnceShown(mark("One-time sign-in link, good for an hour"), invited.login_url)]
                return await self.show_once(request, "account", mark("They may sign in"), shown, back)
            fault = FieldFault("", "%(why)s", {"why": invited.detail})
        return await self.one(request, found, status=422, person=draw_sheet(request, fields, BLANK, typed, fault))

    @for_deed(Deed.SIGN_OUT_EVERYWHERE)
    async def sign_out(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/sign-out: end everybody's sessions, and `passkeys`; keys stay valid."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        actor, is_lost = await actor_of(self._context, request), await with_passkeys(request)
        await end_sign_ins(self._context, everybody_of(found.place), actor, with_passkeys=is_lost)
        return done(f"{PATH}/{found.place.account_id}", "signed_out")

    @for_deed(Deed.WEBHOOK_SECRET_ROTATE)
    async def secret(self, request: Request) -> Response:
        """POST /operator/accounts/{account_id}/secret: of its call-backs; `rotate` (yes): another one than `seen`."""
        found = await house.account_of(self._context, number_in(request, "account_id"))
        if found is None:
            return self.missing(request)
        form, actor = await request.form(), await actor_of(self._context, request)
        is_new, seen = text_of(form, "rotate") == "yes", choice_of(form, "seen")
        secret = await secret_of(self._context, found.place, rotate=is_new, seen=seen, actor=actor)
        shown = [OnceShown(mark("It verifies the call-backs"), secret.secret)]
        if secret.previous:
            shown.append(OnceShown(mark("The one before signs too, for a day"), secret.previous))
        title, back = mark("Secret of the call-backs"), f"{PATH}/{found.place.account_id}"
        return await self.show_once(request, "account", title, shown, back)
