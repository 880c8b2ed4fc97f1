"""/worker/mine: what a worker did and earned, where the money is, and how they ask for it; of who was disabled too."""

import os
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import urlencode
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse

from manyeyes.console.shared import task_wording
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.forms import number_of, text_of, typed_in
from manyeyes.console.shared.guards import for_earners
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.mark_words import said_marks
from manyeyes.console.shared.notices import said_notice
from manyeyes.console.shared.payout_wording import PAYOUT_REFUSED, payout_line
from manyeyes.console.shared.reader_zone import keep_zone, zone_of
from manyeyes.console.shared.refusal_news import news
from manyeyes.console.shared.rendering import render
from manyeyes.console.shared.skip_words import drawn_pace
from manyeyes.ledger.statements import FIRST_PLACE
from manyeyes.payouts.rules import LONGEST_DETAILS, PayoutStep
from manyeyes.recognitions.time_spans import Grain
from manyeyes.roles.acting import actor_of
from manyeyes.roles.customer.statement_span import StatementSpan, read_span
from manyeyes.roles.earnings import (
    ENTRIES,
    KINDS_OF_LINES,
    Earned,
    EarningsEntry,
    earned_in,
    earnings_csv,
    entries_of,
    pending_pay,
)
from manyeyes.roles.payouts import ask_payout, move_request, purse_of, requests_of
from manyeyes.roles.queue_paces import MONTH_DAYS, queue_paces
from manyeyes.roles.recent_work import AnswerFate, RecentWork, recent_work
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.cursors import OF_ENTRIES, cursor, read_cursor
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.signed_links import PictureLinks
from manyeyes.workers.store import Worker

PAGE_ENTRIES = 50
PATH = "/worker/mine"
PENDING = "pending"
NOTICES: dict[str, tuple[str, str]] = {
    "asked": (mark("Your request is with the operator. You may withdraw it until it is approved."), ""),
    "withdrawn": (mark("Withdrawn: the money is payable again."), ""),
    "too-late": (mark("That request cannot be withdrawn any more."), "warn"),
    **{reason: (words, "warn") for reason, words in PAYOUT_REFUSED.items()},
}
SHOWN = {
    "earned": mark("What you earned"),
    "pending": mark("What is pending"),
    "payable": mark("What became payable"),
    "requested": mark("What you asked for"),
    "paid": mark("What was paid to you"),
}
ENTRY_KINDS = {
    "answer": mark("Answer"),
    "vote": mark("Vote on a complaint"),
    "decision": mark("Decision about a result"),
    "appeal": mark("Accepted appeal"),
    "taken_back": mark("Taken back after a complaint"),
    "payable": mark("Became payable"),
    "requested": mark("Asked to be paid out"),
    "returned": mark("Declined or withdrawn"),
    "paid": mark("Paid"),
}
VERDICTS = {
    AnswerFate.STANDS: (mark("stands"), "solved"),
    AnswerFate.LOOKED_AT: (mark("Being looked at, its pay is on hold"), "answering"),
    AnswerFate.COMPLAINT_REJECTED: (mark("stands: reviewers turned a complaint down"), "solved"),
    AnswerFate.COMPLAINT_UPHELD: (mark("a complaint was upheld; the pay was yours already"), "unsolvable"),
    AnswerFate.TAKEN_BACK: (mark("a complaint was upheld; the pay was taken back"), "unsolvable"),
}


class MinePages:
    """A worker's page about their work and their money."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_earners
    async def show(self, request: Request, worker: Worker) -> Response:
        """GET /worker/mine?month=&tz=&show=: sums, requests, days, entries, last answers."""
        span, is_readable = _asked(request)
        show = request.query_params.get("show", "")
        show = show if show in SHOWN else "earned"
        translations, words = catalogue(look_of(request).language), task_wording.words_for(_translations(request))
        requests, windows = await requests_of(self._context, worker.worker_id), span.windows()
        days = await earned_in(self._context, worker.worker_id, windows)
        entries = await self._entries(request, worker, span, show)
        response = render(
            request,
            "worker/mine.html",
            person=worker.name,
            is_reviewer=worker.reviewer,
            is_disabled=worker.disabled,
            fresh_refusals=0 if worker.disabled else await news(self._context, request, worker),
            notice=said_notice(request, NOTICES, translations.ugettext),
            contact=self._context.settings.contact,
            purse=await purse_of(self._context, worker.worker_id),
            smallest_micros=self._context.settings.smallest_payout_micros(),
            key=os.urandom(16).hex(),
            longest=LONGEST_DETAILS,
            last_to=requests[0].shown if requests else "",
            requests=[payout_line(translations, one) for one in requests],
            span=span,
            is_readable=is_readable,
            has_zone=zone_of(request).is_chosen,
            zones=sorted(available_timezones()),
            days=_days(span, days),
            total=_total(days),
            show=show,
            titles={name: translations.ugettext(title) for name, title in SHOWN.items()},
            entries=[_entry(translations, span.zone, one) for one in entries[:PAGE_ENTRIES]],
            pending=await pending_pay(self._context, worker.worker_id) if show == PENDING else [],
            links=_links(span, show, entries),
            month_days=MONTH_DAYS,
            paces=[
                drawn_pace(translations, await self._context.lookups.queues(), one)
                for one in await queue_paces(self._context, worker.worker_id)
            ],
            recent=[
                _recent(translations, words, one, self._context.pictures)
                for one in await recent_work(self._context, worker.worker_id)
            ],
        )
        keep_zone(request, response)
        return response

    @for_earners
    async def ask(self, request: Request, worker: Worker) -> Response:
        """POST /worker/mine/ask: ask to be paid out; fields `key`, `amount`, `to`."""
        form = await request.form()
        amount = text_of(form, "amount")
        try:
            micros = money.parse(amount) if amount else None
        except ValueError:
            return _back(Reason.UNREADABLE)
        key = text_of(form, "key") or os.urandom(16).hex()
        actor = await actor_of(self._context, request)
        outcome = await ask_payout(self._context, worker.worker_id, micros, typed_in(form, "to"), key, actor)
        return _back(outcome.reason if isinstance(outcome, Refusal) else "asked")

    @for_earners
    async def withdraw(self, request: Request, worker: Worker) -> Response:
        """POST /worker/mine/withdraw: take a request back; field `request`."""
        number = number_of(await request.form(), "request")
        step, actor = PayoutStep.WITHDRAW, await actor_of(self._context, request)
        outcome = await move_request(self._context, number, step, worker_id=worker.worker_id, actor=actor)
        return _back("too-late" if isinstance(outcome, Refusal) else "withdrawn")

    @for_earners
    async def download(self, request: Request, worker: Worker) -> Response:
        """GET /worker/mine.csv?by=: a line per day, or per entry; money in USD."""
        span, is_readable = _asked(request)
        lines = request.query_params.get("by", "") or "day"
        if lines not in KINDS_OF_LINES or not is_readable:
            said = f"by must be one of {', '.join(KINDS_OF_LINES)}; month must be written like 2026-11, from and to "
            return PlainTextResponse(f"{said}as dates or instants of at most 366 days", status_code=400)
        name = f"earnings-{worker.worker_id}-{span.month or span.first_day}-{lines}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        parts = earnings_csv(self._context, worker.worker_id, span.windows(), span.zone, lines)
        return StreamingResponse(parts, media_type="text/csv; charset=utf-8", headers=headers)

    async def _entries(self, request: Request, worker: Worker, span: StatementSpan, show: str) -> list[EarningsEntry]:
        if show not in ENTRIES:
            return []
        found = read_cursor(OF_ENTRIES, request.query_params.get("before", ""))
        before = (found[0], (found[1][0], found[1][1], found[1][2])) if found else (span.end, FIRST_PLACE)
        return await entries_of(self._context, worker.worker_id, show, span.start, before, PAGE_ENTRIES + 1)


def _translations(request: Request) -> Any:
    return catalogue(look_of(request).language)


def _back(notice: str) -> Response:
    return RedirectResponse(f"{PATH}?notice={notice}#payouts", status_code=303)


def _asked(request: Request) -> tuple[StatementSpan, bool]:
    """Return the span that the address names, in the reader's zone, and whether it could be read."""
    zone, now = zone_of(request).name, datetime.now(UTC)
    wanted = {name: request.query_params.get(name, "") for name in ("month", "from", "to")}
    try:
        return read_span(wanted | {"tz": zone}, now), True
    except ValueError:
        return read_span({"tz": zone}, now), False


def _days(span: StatementSpan, days: list[Earned]) -> list[tuple[str, Earned]]:
    """Return those days, or hours, on which anything moved, the newest first."""
    form = "%Y-%m-%d %H:%M" if span.grain is Grain.HOUR else "%Y-%m-%d"
    starts = [datetime.fromtimestamp(window.start, UTC).astimezone(span.zone) for window in span.windows()]
    moved = [(f"{start:{form}}", day) for start, day in zip(starts, days, strict=True) if day != Earned()]
    return moved[::-1]


def _total(days: list[Earned]) -> Earned:
    return Earned(**{name: sum(getattr(day, name) for day in days) for name in Earned.__struct_fields__})


def _entry(translations: Any, zone: tzinfo, one: EarningsEntry) -> dict[str, Any]:
    return {
        "at": one.at.astimezone(zone),
        "what": translations.ugettext(ENTRY_KINDS[one.name]),
        "task": one.task,
        "change_micros": one.change_micros,
    }


def _links(span: StatementSpan, show: str, entries: list[EarningsEntry]) -> dict[str, str]:
    """Return the addresses of the page's links by name; empty where there is nothing further."""
    older = ""
    if len(entries) > PAGE_ENTRIES:
        at, numbers = entries[PAGE_ENTRIES - 1].place
        older = _address(span, show=show, before=cursor(at, *numbers))
    return {
        "earlier": _address(span.beside(-1), show=show),
        "later": _address(span.beside(1), show=show),
        "older": older,
        **{name: _address(span, show=name) for name in SHOWN},
        **{lines: _address(span, path=f"{PATH}.csv", by=lines) for lines in KINDS_OF_LINES},
    }


def _address(span: StatementSpan, *, path: str = PATH, **more: str) -> str:
    if span.month:
        return f"{path}?{urlencode({'month': span.month, 'tz': span.tz} | more)}"
    ends = {"from": f"{span.start:%Y-%m-%dT%H:%M:%SZ}", "to": f"{span.end:%Y-%m-%dT%H:%M:%SZ}", "tz": span.tz}
    return f"{path}?{urlencode(ends | more)}"


def _recent(translations: Any, words: task_wording.Words, one: RecentWork, pictures: PictureLinks) -> dict[str, Any]:
    """Return an answer as the template draws it."""
    said, look = VERDICTS[one.verdict]
    return {
        "image_url": one.picture.peoples_path(pictures) if one.picture else None,
        "marks": said_marks(translations, one.marks),
        "queue": one.queue.name,
        "ask": words[task_wording.question(one.options)],
        "answer": one.answer,
        "pay_micros": one.pay_micros,
        "at": one.answered_at,
        "said": translations.ugettext(said),
        "look": look,
    }
