"""/operator/workers: the list of workers, registering one, and the page of one with what they may do and did."""

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.accounts import NO_NAME
from manyeyes.console.operator.house_page import (
    PAGE_ROWS,
    HousePages,
    OnceShown,
    cut,
    done,
    list_page,
    number_in,
    with_passkeys,
)
from manyeyes.console.operator.payout_fields import PAYOUT, payout_blank, payout_fault
from manyeyes.console.operator.readers import numbers_listed, yes, yes_in
from manyeyes.console.operator.worker_marks import cap_fields, caps_in, caps_now, drawn_choices
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.sheets import DrawnSheet, Field, draw_sheet, read_sheet
from manyeyes.console.shared.skip_words import drawn_pace
from manyeyes.roles.accuracy import person_standings
from manyeyes.roles.acting import actor_of
from manyeyes.roles.alike_people import worker_alike
from manyeyes.roles.house import workers as house
from manyeyes.roles.house.faults import FieldFault, meanwhile
from manyeyes.roles.house.gold_had import gold_of
from manyeyes.roles.house.workers import HouseWorker, WorkerChange
from manyeyes.roles.login_links import login_url
from manyeyes.roles.passkeys import end_sign_ins
from manyeyes.roles.payouts import ask_payout
from manyeyes.roles.queue_paces import MONTH_DAYS, queue_paces
from manyeyes.roles.wellbeing import cap_worker, mark_choices
from manyeyes.values.deeds import Deed
from manyeyes.values.text.rules import read_name
from manyeyes.workers.rules import WorkerState
from manyeyes.workers.store import Subject, Worker

PATH = "/operator/workers"
LEAD = mark(
    "A worker is a person who answers, and maybe judges. They sign in by a one-time link, or a program of theirs with "
    "a token. Search by a part of the name or by the number."
)
LEAD_ONE = mark(
    "What somebody may do, where they are now, and what they did. What you take away is gone at once; what you give "
    "they get when they next come. Of pictures that upset they are shown so much a day, mark by mark."
)
STATES = {
    WorkerState.IDLE: mark("Idle"),
    WorkerState.BUSY: mark("Answering"),
    WorkerState.AWAY: mark("Away"),
    WorkerState.OFFLINE: mark("Offline"),
}
LOOKS = {WorkerState.IDLE: "solved", WorkerState.BUSY: "solved", WorkerState.AWAY: "waiting"}
NO_LANGUAGE = mark("Write codes like en or vi, with commas between them.")
NAME = Field(name="name", label=mark("Name"), reads=read_name, unfit=NO_NAME)
LINK = mark("One-time sign-in link, good for an hour")


def languages_in(text: str) -> tuple[str, ...]:
    """Return the languages that are written with commas or blanks between them, at least one. Raises ValueError."""
    found = house.read_languages(text.replace(",", " ").split())
    if not found:
        raise ValueError("no language")
    return found


LANGUAGES = Field(
    name="languages",
    label=mark("Languages that they read"),
    hint=mark("Codes with commas between them: a queue is for those who read its language."),
    reads=languages_in,
    unfit=NO_LANGUAGE,
)
REVIEWER = Field(name="reviewer", label=mark("May judge: complaints and uncertain results"), kind="check", reads=yes_in)


class WorkerPages(HousePages):
    """The operator's pages of workers."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/workers?q=&after=: workers by number, those that are looked for."""
        return await self._list(request)

    @for_deed(Deed.WORKER_ADD)
    async def create(self, request: Request) -> Response:
        """POST /operator/workers: register somebody. Token and link are shown only this once."""
        fields = (NAME, LANGUAGES, await self._queues(is_new=True), REVIEWER)
        typed = read_sheet(fields, await request.form())
        if typed.faults:
            return await self._list(request, draw_sheet(request, fields, _blank(), typed), 422)
        given = typed.values
        actor, reviewer = await actor_of(self._context, request), given["reviewer"]
        new = await house.register_worker(
            self._context, given["name"], given["languages"], given["queues"], actor, reviewer=reviewer
        )
        if isinstance(new, FieldFault):
            return await self._list(request, draw_sheet(request, fields, _blank(), typed, new), 422)
        shown = [OnceShown(LINK, new.login_url), OnceShown(mark("Token for their programs"), new.token)]
        title, back = mark("The worker is registered"), f"{PATH}/{new.worker_id}"
        lead = "" if new.has_queue else mark("No queue is in a language of theirs: they will get nothing to do.")
        return await self.show_once(request, "workers", title, shown, back, lead)

    @for_operators
    async def show_one(self, request: Request) -> Response:
        """GET /operator/workers/{worker_id}: one worker; 404 of nobody."""
        found = await house.worker_of(self._context, number_in(request, "worker_id"))
        return await self._one(request, found) if found else self.missing(request)

    @for_deed(Deed.WORKER_SET)
    async def change(self, request: Request) -> Response:
        """POST /operator/workers/{worker_id}: of `languages`, `queues`, `reviewer` what differs from what was shown."""
        found = await house.worker_of(self._context, number_in(request, "worker_id"))
        if found is None:
            return self.missing(request)
        fields, now = (LANGUAGES, await self._queues(), REVIEWER), now_of(found.worker)
        typed = read_sheet(fields, await request.form(), now)
        fault = None
        if not typed.faults and typed.values:
            change = WorkerChange(**typed.values)
            actor = await actor_of(self._context, request)
            fault = await house.change_worker(self._context, found.worker.worker_id, change, actor, found.worker)
        if typed.faults or fault:
            return await self._one(request, found, 422, may=draw_sheet(request, fields, now, typed, fault))
        return done(f"{PATH}/{found.worker.worker_id}", "changed" if typed.values else "unchanged")

    @for_deed(Deed.WORKER_CAPS)
    async def cap(self, request: Request) -> Response:
        """POST /operator/workers/{worker_id}/caps: of `cap.<mark>` and `zone` what differs from what was shown."""
        found = await house.worker_of(self._context, number_in(request, "worker_id"))
        if found is None:
            return self.missing(request)
        seen = await mark_choices(self._context, found.worker)
        fields, now = cap_fields(catalogue(look_of(request).language)), caps_now(seen)
        typed, fault = read_sheet(fields, await request.form(), now), None
        if not typed.faults and typed.values:
            (caps, zone), actor = caps_in(typed.values), await actor_of(self._context, request)
            is_changed = await cap_worker(self._context, found.worker.worker_id, caps, zone, actor, seen)
            fault = None if is_changed else meanwhile()
        if typed.faults or fault:
            return await self._one(request, found, 422, caps=draw_sheet(request, fields, now, typed, fault))
        return done(f"{PATH}/{found.worker.worker_id}", "changed" if typed.values else "unchanged")

    @for_deed(Deed.WORKER_DISABLE)
    async def disable(self, request: Request) -> Response:
        """POST /operator/workers/{worker_id}/disable: shut somebody out."""
        found = await house.worker_of(self._context, number_in(request, "worker_id"))
        if found is None:
            return self.missing(request)
        await house.disable_worker(self._context, found.worker.worker_id, await actor_of(self._context, request))
        return done(f"{PATH}/{found.worker.worker_id}", "disabled")

    @for_deed(Deed.WORKER_ENABLE)
    async def enable(self, request: Request) -> Response:
        """POST /operator/workers/{worker_id}/enable: let somebody in again."""
        found = await house.worker_of(self._context, number_in(request, "worker_id"))
        if found is None:
            return self.missing(request)
        await house.let_in(self._context, found.worker.worker_id, await actor_of(self._context, request))
        return done(f"{PATH}/{found.worker.worker_id}", "enabled")

    @for_deed(Deed.LINK_MAKE)
    async def link(self, request: Request) -> Response:
        """POST /operator/workers/{worker_id}/link: make a one-time sign-in link, which is shown only this once."""
        found = await house.worker_of(self._context, number_in(request, "worker_id"))
        if found is None or found.worker.disabled:
            return self.missing(request)
        subject = Subject("worker", found.worker.worker_id, 0)
        url = await login_url(self._context, subject, await actor_of(self._context, request))
        back = f"{PATH}/{found.worker.worker_id}"
        return await self.show_once(request, "worker", mark("The link is made"), [OnceShown(LINK, url)], back)

    @for_deed(Deed.SIGN_OUT_EVERYWHERE)
    async def sign_out(self, request: Request) -> Response:
        """POST /operator/workers/{worker_id}/sign-out: end every session, and `passkeys`; the token stays valid."""
        found = await house.worker_of(self._context, number_in(request, "worker_id"))
        if found is None:
            return self.missing(request)
        subject = Subject("worker", found.worker.worker_id, 0)
        actor, is_lost = await actor_of(self._context, request), await with_passkeys(request)
        await end_sign_ins(self._context, subject, actor, with_passkeys=is_lost)
        return done(f"{PATH}/{found.worker.worker_id}", "signed_out")

    @for_deed(Deed.PAYOUT_ASK)
    async def pay_out(self, request: Request) -> Response:
        """POST /operator/workers/{worker_id}/payout: `amount`, `details`, `key`; ask for somebody who cannot ask."""
        found = await house.worker_of(self._context, number_in(request, "worker_id"))
        if found is None:
            return self.missing(request)
        number, typed, fault = found.worker.worker_id, read_sheet(PAYOUT, await request.form()), None
        if not typed.faults:
            given, actor = typed.values, await actor_of(self._context, request)
            key = given["key"] or payout_blank()["key"]
            fault = payout_fault(await ask_payout(self._context, number, given["amount"], given["details"], key, actor))
        if typed.faults or fault:
            return await self._one(
                request, found, 422, payout=draw_sheet(request, PAYOUT, payout_blank(), typed, fault)
            )
        return done(f"{PATH}/{number}", "payout_asked")

    async def _queues(self, *, is_new: bool = False) -> Field:
        """Return the field of the queues that there are."""
        choices = [(str(each.queue_id), each.name) for each in (await self._context.lookups.queues()).values()]
        field = Field(
            name="queues", label=mark("Queues they may work on"), kind="many", choices=choices, reads=numbers_listed
        )
        hint = mark("None ticked: every queue in their languages.")
        return msgspec.structs.replace(field, hint=hint) if is_new else field

    async def _one(self, request: Request, found: HouseWorker, status: int = 200, **sheets: DrawnSheet) -> Response:
        number, translations = found.worker.worker_id, catalogue(look_of(request).language)
        choices, queues = await mark_choices(self._context, found.worker), await self._context.lookups.queues()
        paces = await queue_paces(self._context, number)
        drawn = {
            "may": draw_sheet(request, (LANGUAGES, await self._queues(), REVIEWER), now_of(found.worker)),
            "caps": draw_sheet(request, cap_fields(translations), caps_now(choices)),
            "payout": draw_sheet(request, PAYOUT, payout_blank()),
        }
        return await self.draw(
            request,
            "worker",
            here="worker",
            name=found.worker.name,
            lead=LEAD_ONE,
            status=status,
            path=f"{PATH}/{number}",
            worker=found.worker,
            found=found,
            state=translations.ugettext(STATES[found.state]),
            look=LOOKS.get(found.state, ""),
            month=await house.month_of(self._context, number),
            month_days=MONTH_DAYS,
            skips=sum(each.skips for each in paces),
            paces=[drawn_pace(translations, queues, each) for each in paces],
            gold=await gold_of(self._context, number),
            sign_ins=await house.sign_ins_of(self._context, number),
            queues=queues,
            standings=await person_standings(self._context, number),
            alike=await worker_alike(self._context, number),
            choices=drawn_choices(translations, choices),
            sheets=drawn | sheets,
        )

    async def _list(self, request: Request, sheet: DrawnSheet | None = None, status: int = 200) -> Response:
        asked = list_page(request)
        found, is_more = cut(await house.workers_page(self._context, asked.words, asked.after, PAGE_ROWS + 1))
        say = catalogue(look_of(request).language).ugettext
        fields = (NAME, LANGUAGES, await self._queues(is_new=True), REVIEWER)
        return await self.draw(
            request,
            "workers",
            here="workers",
            title=mark("Workers"),
            lead=LEAD,
            status=status,
            asked=asked,
            workers=[(each, say(STATES[each.state]), LOOKS.get(each.state, "")) for each in found],
            older=asked.address(PATH, found[-1].worker.worker_id) if is_more else "",
            sheet=sheet or draw_sheet(request, fields, _blank()),
        )


def now_of(worker: Worker) -> dict[str, str]:
    """Return what a worker may do as it stands in the fields."""
    queues = ",".join(map(str, sorted(worker.queues)))
    return {"languages": ", ".join(worker.languages), "queues": queues, "reviewer": yes(worker.reviewer)}


def _blank() -> dict[str, str]:
    return {"name": "", "languages": "en", "queues": "", "reviewer": ""}
