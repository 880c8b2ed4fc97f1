"""What ends a seat of a task that takes several answers, and what the last open one leads to (docs/decisions/0055).

Written once for every action that may end one: an answer, five failures, a time that is over, a cancellation.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.checked_answers import peers_say
from manyeyes.actions.shared.panel_decisions import PanelStep, StepKind, decide_panels
from manyeyes.actions.shared.panel_seats import more_seats
from manyeyes.actions.shared.task_endings import EndedWork, PanelResult, end_tasks
from manyeyes.certainty import judgements
from manyeyes.certainty import store as certainty
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.store import Entering, Work
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import PENDING_SECONDS, TransferKind, posting
from manyeyes.ledger.store import Pay
from manyeyes.logs.spans import note_steps
from manyeyes.panels import store as panels
from manyeyes.panels.rules import Panel, PanelState, SeatEnd
from manyeyes.panels.store import NewAnswer
from manyeyes.skills import evidence
from manyeyes.skills.rules import LEAST_PEERS
from manyeyes.tasks.rules import Assurance, Ending

_WITHOUT_ANSWER = {
    SeatEnd.ANSWERED: Ending.SOLVED,
    SeatEnd.FAILED: Ending.UNSOLVABLE,
    SeatEnd.OVERDUE: Ending.UNANSWERED,
    SeatEnd.CANCELLED: Ending.CANCELLED,
}


class ClosedSeat(msgspec.Struct, frozen=True):
    """A locked seat that ends now; ``text``: what ``work.worker_id`` gave, ``took_ms`` after it was shown."""

    work: Work
    how: SeatEnd
    text: str = ""
    took_ms: int = 0


async def end_works(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    ended: Sequence[EndedWork],
    closed: Sequence[ClosedSeat],
    *,
    seed: bytes = b"",
    job_ids: Sequence[int] = (),
) -> None:
    """End tasks of their own, close seats of others, and go on with each task whose last open seat it was.

    All of them at once, since what they lock is locked in one order. ``seed``: chance, for the audits by lot.
    ``job_ids``: as `end_tasks`. Nobody else looks at a task that is decided here: all its seats are closed.
    """
    if not closed:
        await end_tasks(tx, now, cell, ended, job_ids=job_ids)
        return
    note_steps("answered", cell, [each.work.subject_id for each in closed if each.how is SeatEnd.ANSWERED])
    # 1. The seats leave the queue, and their panels are locked.
    await dispatch.delete_work(tx, cell, [each.work.task_id for each in closed])
    found = await panels.lock_panels(tx, cell, sorted({each.work.of_task for each in closed}))
    # 2. What was given is kept, and paid; the pay waits until the result's complaint window is over.
    await _keep_answers(tx, now, cell, [each for each in closed if each.how is SeatEnd.ANSWERED])
    # 3. Panels without an open seat are decided.
    _close_seats(found, closed)
    last = {each.work.of_task: each for each in closed}
    ready = {task_id: found[task_id] for task_id in last if not found[task_id].open}
    whys = {task_id: _why([each for each in closed if each.work.of_task == task_id]) for task_id in ready}
    forced = {task_id for task_id, panel in ready.items() if panel.seats > panel.given}  # some seat was closed in vain
    templates = {task_id: last[task_id].work for task_id in ready}
    back = {task_id for task_id, why in whys.items() if why is SeatEnd.CANCELLED}
    steps = await decide_panels(tx, now, cell, ready, templates, forced=forced, taken_back=back, seed=seed)
    # 4. Save: more seats, judgements, results.
    entering = _followed(steps, templates, found)
    await panels.save_panels(tx, cell, [found[task_id] for task_id in sorted(found)])
    if entering:
        await dispatch.insert_work(tx, now, cell, entering)
    await judgements.insert_judgements(tx, now, cell, [step.judgement for step in steps if step.judgement])
    ends = [step for step in steps if step.kind is StepKind.END]
    await certainty.count_accepted(tx, now, cell, _accepted(ends))
    panels_over = await _ends(tx, now, cell, [(step, templates[step.panel.task_id]) for step in ends], whys)
    await end_tasks(tx, now, cell, [*ended, *panels_over], job_ids=job_ids)


def _followed(steps: Iterable[PanelStep], templates: Mapping[int, Work], found: dict[int, Panel]) -> list[Entering]:
    """Put panels where their steps lead, and return the seats that are asked more."""
    entering: list[Entering] = []
    for step in steps:
        if step.kind is StepKind.ASK:
            grown, seats = more_seats(step.panel, step.people, seat_like(step.panel, templates[step.panel.task_id]))
            found[grown.task_id] = grown
            entering += seats
        else:
            state = PanelState.JUDGING if step.kind is StepKind.JUDGE else PanelState.OVER
            found[step.panel.task_id] = msgspec.structs.replace(step.panel, state=state)
    return entering


def _close_seats(found: dict[int, Panel], closed: Sequence[ClosedSeat]) -> None:
    """Count the seats as closed in their panels, by task."""
    for each in closed:
        panel, tried = found[each.work.of_task], each.work.tried | {each.work.worker_id}
        is_answered = each.how is SeatEnd.ANSWERED
        found[panel.task_id] = panel.closed(each.work.failures, tried, is_answered=is_answered)


async def end_panels(tx: asyncpg.Connection, now: datetime, cell: int, ends: Sequence[tuple[PanelStep, Work]]) -> None:
    """End tasks as reviewers decided; the pay of their people waits for the complaint window from now on."""
    await end_tasks(tx, now, cell, await _ends(tx, now, cell, ends, {}))


async def _ends(
    tx: asyncpg.Connection,
    now: datetime,
    cell: int,
    ends: Sequence[tuple[PanelStep, Work]],
    whys: Mapping[int, SeatEnd],
) -> list[EndedWork]:
    """Return the ends of tasks, and let their people's pay wait; ``whys``: how the last seats were closed."""
    ended = [_ended(step, work, whys.get(step.panel.task_id, SeatEnd.ANSWERED)) for step, work in ends]
    paid = sorted(answer_id for step, _ in ends for answer_id in step.answer_ids)
    await ledger.set_due(tx, cell, paid, now + timedelta(seconds=PENDING_SECONDS))
    await _note_peers(tx, now, cell, ends)
    return ended


async def _note_peers(tx: asyncpg.Connection, now: datetime, cell: int, ends: Sequence[tuple[PanelStep, Work]]) -> None:
    """Note what the others say of each answer, never with its own vote; where a reviewer decided, they said it all.

    Only those who were asked at once: one more is asked where people differ, and there it shows who was wrong alone.
    """
    told = {
        step.panel.task_id: (step.panel, work)
        for step, work in ends
        if step.assurance is not Assurance.REVIEWED and min(step.panel.given, step.panel.terms.answers) >= LEAST_PEERS
    }
    found = await panels.answers_of(tx, cell, sorted(told)) if told else {}
    pieces: list[evidence.NewEvidence] = []
    for task_id, (panel, work) in sorted(told.items()):
        later = panel.first_seat + panel.terms.answers
        pieces += peers_say(work, found[task_id], later)
    await evidence.insert_evidence(tx, now, cell, pieces)


def _accepted(ends: Iterable[PanelStep]) -> Counter[certainty.Scope]:
    """Return how many results of sure terms were accepted, by whose promise it is."""
    kept = [step.panel for step in ends if step.assurance is Assurance.ACCEPTED]
    targets = [(panel, panel.terms.wrong_at_most) for panel in kept]
    return Counter((p.account_id, p.queue_id, p.question_id, round(t, 4)) for p, t in targets if t is not None)


def _why(seats: Sequence[ClosedSeat]) -> SeatEnd:
    """Return how its last seats were closed: without an answer if any of them was, the gravest first."""
    return max((each.how for each in seats), key=lambda how: (how is not SeatEnd.ANSWERED, how))


async def _keep_answers(tx: asyncpg.Connection, now: datetime, cell: int, given: Sequence[ClosedSeat]) -> None:
    if not given:
        return
    await panels.insert_answers(tx, now, cell, [new_answer(each) for each in given])
    paid = [each.work for each in given if each.work.pay_micros]
    pays = [posting(TransferKind.PAY, work.task_id, work.worker_id, work.pay_micros) for work in paid]
    await ledger.insert_transfers(tx, now, cell, pays)
    await ledger.insert_pending(tx, cell, [Pay(w.task_id, w.worker_id, w.pay_micros) for w in paid], now)
    await ledger.hold_pay(tx, cell, sorted(work.task_id for work in paid))


def new_answer(each: ClosedSeat) -> NewAnswer:
    """Return what was given on a seat, or to gold, as it is kept."""
    work = each.work
    return NewAnswer(
        answer_id=work.task_id,
        task_id=work.subject_id,
        account_id=work.account_id,
        queue_id=work.queue_id,
        question_id=work.question_id,
        purpose=work.purpose,
        worker_id=work.worker_id,
        lease=work.lease,
        answer=each.text,
        price_micros=work.price_micros,
        pay_micros=work.pay_micros,
        took_ms=each.took_ms,
    )


def _ended(step: PanelStep, work: Work, why: SeatEnd) -> EndedWork:
    """Return the end of a task: what its people said; without any answer as it would end with one seat."""
    panel = step.panel
    ending = Ending.SOLVED if panel.given else _WITHOUT_ANSWER[why]
    answers = max(panel.given, int(ending.charged))
    whole = msgspec.structs.replace(
        work,
        task_id=panel.task_id,
        of_task=0,
        worker_id=0,
        lease=0,
        failures=panel.failures,
        price_micros=answers * panel.price_micros,
        pay_micros=panel.given * panel.pay_micros,
        share_micros=None if panel.share_micros is None else answers * panel.share_micros,
        base_url=panel.base_url,
        created_at=panel.created_at,
        entered_at=panel.entered_at,
    )
    result = PanelResult(panel.given, panel.held_micros, step.assurance, step.confidence, step.is_proven)
    return EndedWork(whole, ending, step.value if ending is Ending.SOLVED else "", result)


def seat_like(panel: Panel, work: Work) -> Entering:
    """Return what one seat more is like: as those that were closed, in its task's old place."""
    return Entering(
        task_id=panel.task_id,
        account_id=panel.account_id,
        queue_id=panel.queue_id,
        bid_micros=panel.bid_micros,
        turn=panel.turn,
        price_micros=panel.price_micros,
        pay_micros=panel.pay_micros,
        lease_seconds=panel.lease_seconds,
        soft_id=work.soft_id,
        ip=work.ip,
        kind=work.kind,
        options=work.options,
        media=work.media,
        life_seconds=panel.life_seconds,
        callback_url=work.callback_url,
        base_url=panel.base_url,
        share_micros=panel.share_micros,
        question_id=panel.question_id,
        job_id=panel.job_id,
        created_at=panel.created_at,
        terms=panel.terms,
        marks=work.marks,
    )


def seats_of(works: Iterable[Work]) -> tuple[list[Work], list[Work]]:
    """Return works in two parts: tasks of their own, and seats of others."""
    found = list(works)
    return [work for work in found if not work.of_task], [work for work in found if work.of_task]
