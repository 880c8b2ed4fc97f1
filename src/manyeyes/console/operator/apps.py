"""/operator/apps: apps of TUPU's contract, opening one, its key and rate, and adding recognitions to it."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.apps import keys
from manyeyes.apps.rules import DEFAULT_TIME_ZONE, IMAGE, MEDIA, App, new_id, zone
from manyeyes.console.operator.accounts import NAME, NO_NUMBER
from manyeyes.console.operator.house_page import HousePages, OnceShown, cut, done, list_page
from manyeyes.console.operator.queue_fields import asked_in
from manyeyes.console.operator.readers import whole_in
from manyeyes.console.operator.recognition_fields import BLANK, adding, terms_in
from manyeyes.console.operator.sites import NO_ACCOUNT
from manyeyes.console.shared.forms import text_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.sheets import DrawnSheet, Field, draw_sheet, read_sheet
from manyeyes.recognisers.catalogue import installed
from manyeyes.roles.acting import actor_of
from manyeyes.roles.house import accounts as house_accounts
from manyeyes.roles.house import apps as house
from manyeyes.roles.house import recognitions as house_recognitions
from manyeyes.roles.house.apps import NewApp
from manyeyes.roles.house.faults import FieldFault
from manyeyes.values.deeds import Deed

PATH = "/operator/apps"
LEAD = mark(
    "An app is what a customer's pictures come under in TUPU's contract: its calls are signed with its key, and its "
    "recognitions say what is looked for. Search by name, secretId, or the account's number."
)
LEAD_ONE = mark(
    "The key that signs this app's calls, how many it may make, and what is recognised under it. A key that is made "
    "here is shown once; what the one before signs is refused within seconds."
)


def _zone_in(text: str) -> str:
    zone(text)
    return text


def _key_in(text: str) -> str | None:
    return keys.read_public_key(text.encode()) if text else None


PUBLIC_KEY = Field(
    name="public_key",
    label=mark("The customer's public key, PEM"),
    hint=mark("Empty: a pair is made, and its private half is shown once."),
    kind="area",
    reads=_key_in,
    unfit=mark("This is no RSA public key in PEM of 1024 to 8192 bits."),
)
BITS = Field(
    name="bits",
    label=mark("Bits of a pair that is made"),
    kind="choice",
    choices=tuple((each, each) for each in ("2048", "4096", "1024")),
    reads=whole_in,
    unfit=NO_NUMBER,
)
RATE = Field(
    name="rate", label=mark("Calls per second that are taken"), mode="numeric", reads=whole_in, unfit=NO_NUMBER, size=12
)
NEW = (
    NAME,
    Field(
        name="account",
        label=mark("Account that pays, by number"),
        mode="numeric",
        reads=whole_in,
        unfit=NO_NUMBER,
        size=12,
    ),
    Field(
        name="medium",
        label=mark("What is recognised"),
        hint=mark("Text and speech apps hold imported history alone."),
        kind="choice",
        choices=tuple((each, each) for each in MEDIA),
    ),
    Field(
        name="time_zone",
        label=mark("Time zone whose days the statistics count"),
        hint=mark("It cannot be changed later."),
        reads=_zone_in,
        unfit=mark("Write a time zone like Asia/Shanghai."),
    ),
    RATE,
    PUBLIC_KEY,
    BITS,
)
KEY = (PUBLIC_KEY, BITS)
USUAL = {"name": "", "account": "", "medium": IMAGE, "time_zone": DEFAULT_TIME_ZONE, "rate": "50", "public_key": ""}
USUAL |= {"bits": "2048"}


class AppPages(HousePages):
    """The operator's pages of apps."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/apps?q=&after=: apps, the oldest first, those that are looked for."""
        return await self._list(request)

    @for_deed(Deed.APP_ADD)
    async def create(self, request: Request) -> Response:
        """POST /operator/apps: open an app. A pair that is made for it is shown only this once."""
        typed, fault = read_sheet(NEW, await request.form()), None
        if not typed.faults and typed.values["medium"] in MEDIA:
            given = typed.values
            account = await house_accounts.account_of(self._context, given["account"])
            fault = house.rate_fault(given["rate"])
            if account is None:
                fault = FieldFault("account", NO_ACCOUNT, {"account": typed.texts["account"]})
            elif fault is None:
                pair = await _pair(given)
                wanted = NewApp(
                    secret_id=new_id(),
                    name=given["name"],
                    medium=given["medium"],
                    time_zone=given["time_zone"],
                    public_key=given["public_key"] or pair.public,
                    calls_per_second=given["rate"],
                )
                new = await house.open_app(self._context, account.place, wanted, await actor_of(self._context, request))
                if not isinstance(new, FieldFault):
                    return await self._made(request, new.secret_id, pair)
                fault = new
        return await self._list(request, draw_sheet(request, NEW, USUAL, typed, fault), 422)

    @for_operators
    async def show_one(self, request: Request) -> Response:
        """GET /operator/apps/{secret_id}: one app; 404 of none."""
        found = await house.app_of(self._context, request.path_params["secret_id"])
        return await self._one(request, found) if found else self.missing(request)

    @for_deed(Deed.APP_SET)
    async def change(self, request: Request) -> Response:
        """POST /operator/apps/{secret_id}: `rate`."""
        found = await house.app_of(self._context, request.path_params["secret_id"])
        if found is None:
            return self.missing(request)
        now = {"rate": str(found.calls_per_second)}
        typed, fault = read_sheet((RATE,), await request.form(), now), None
        if not typed.faults and typed.values:
            actor = await actor_of(self._context, request)
            fault = await house.change_app(self._context, found.secret_id, actor, rate=typed.values["rate"])
        if typed.faults or fault:
            return await self._one(request, found, 422, rate=draw_sheet(request, (RATE,), now, typed, fault))
        return done(f"{PATH}/{found.secret_id}", "changed" if typed.values else "unchanged")

    @for_deed(Deed.APP_SET)
    async def replace_key(self, request: Request) -> Response:
        """POST /operator/apps/{secret_id}/key: `public_key`, or a pair of `bits`, which is shown only this once."""
        found = await house.app_of(self._context, request.path_params["secret_id"])
        if found is None:
            return self.missing(request)
        typed = read_sheet(KEY, await request.form())
        if typed.faults:
            return await self._one(request, found, 422, key=draw_sheet(request, KEY, USUAL, typed))
        pair = await _pair(typed.values)
        actor, public_key = await actor_of(self._context, request), typed.values["public_key"] or pair.public
        await house.change_app(self._context, found.secret_id, actor, public_key=public_key)
        return await self._made(request, found.secret_id, pair)

    @for_deed(Deed.APP_SET)
    async def suspend(self, request: Request) -> Response:
        """POST /operator/apps/{secret_id}/suspend: `suspended` (yes or no)."""
        wanted = {"yes": True, "no": False}.get(text_of(await request.form(), "suspended"))
        secret_id = request.path_params["secret_id"]
        actor = await actor_of(self._context, request)
        if wanted is None or await house.change_app(self._context, secret_id, actor, suspended=wanted):
            return self.missing(request)
        return done(f"{PATH}/{secret_id}", "changed")

    @for_deed(Deed.RECOGNITION_ADD)
    async def add(self, request: Request) -> Response:
        """POST /operator/apps/{secret_id}/recognitions: add a recognition with its labels and terms."""
        found = await house.app_of(self._context, request.path_params["secret_id"])
        if found is None:
            return self.missing(request)
        fields = adding(await self._context.lookups.queues(), await asyncio.to_thread(installed))
        typed = read_sheet(fields, await request.form())
        people = asked_in(typed)
        fault = people if isinstance(people, FieldFault) else None
        if not typed.faults and fault is None:
            try:
                blank = house_recognitions.blank(found.secret_id, **_named(typed.values))
                new = await house_recognitions.add_recognition(
                    self._context, blank, terms_in(typed), await actor_of(self._context, request)
                )
            except (ValueError, OSError) as error:
                new = FieldFault("", "%(why)s", {"why": str(error)})
            if not isinstance(new, FieldFault):
                return done(f"/operator/recognition/{new.task_id}", "changed")
            fault = new
        return await self._one(request, found, 422, add=draw_sheet(request, fields, BLANK, typed, fault))

    async def _made(self, request: Request, secret_id: str, pair: keys.KeyPair) -> Response:
        """Return what is shown of a new key: the app's id, and the private halves of a pair that was made."""
        shown = [OnceShown("secretId", secret_id)]
        if pair.pkcs1:
            shown += [
                OnceShown(mark("Private key, PKCS#1"), pair.pkcs1),
                OnceShown(mark("Private key, PKCS#8"), pair.pkcs8),
            ]
        return await self.show_once(request, "app", mark("The app has its key"), shown, f"{PATH}/{secret_id}")

    async def _one(self, request: Request, found: App, status: int = 200, **sheets: DrawnSheet) -> Response:
        fields = adding(await self._context.lookups.queues(), await asyncio.to_thread(installed))
        drawn = {
            "rate": draw_sheet(request, (RATE,), {"rate": str(found.calls_per_second)}),
            "key": draw_sheet(request, KEY, USUAL),
            "add": draw_sheet(request, fields, BLANK),
        }
        return await self.draw(
            request,
            "app",
            here="app",
            name=found.name,
            lead=LEAD_ONE,
            status=status,
            path=f"{PATH}/{found.secret_id}",
            app=found,
            fingerprint=keys.fingerprint(found.public_key) if found.public_key else None,
            below=await house_recognitions.recognitions_of(self._context, found.secret_id),
            sheets=drawn | sheets,
        )

    async def _list(self, request: Request, sheet: DrawnSheet | None = None, status: int = 200) -> Response:
        asked = list_page(request)
        words = asked.words.lower()
        fitting = [
            each
            for each in await house.apps_of(self._context)
            if words in each.name.lower() or words in (each.secret_id, str(each.account_id))
        ]
        found, is_more = cut(fitting[asked.after :])
        return await self.draw(
            request,
            "apps",
            here="apps",
            title=mark("Apps"),
            lead=LEAD,
            status=status,
            asked=asked,
            apps=found,
            older=asked.address(PATH, asked.after + len(found)) if is_more else "",
            sheet=sheet or draw_sheet(request, NEW, USUAL),
        )


async def _pair(given: dict[str, Any]) -> keys.KeyPair:
    """Return a fresh pair where no key was brought, and an empty one where one was."""
    if given["public_key"]:
        return keys.KeyPair("", "", "")
    size = given["bits"] if str(given["bits"]) in dict(BITS.choices) else keys.GOOD_BITS
    return await asyncio.to_thread(keys.new_pair, size)


def _named(given: dict[str, Any]) -> dict[str, Any]:
    return {name: given[name] for name in ("name", "recogniser", "model", "labels")}
