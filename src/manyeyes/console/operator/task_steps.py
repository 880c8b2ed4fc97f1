"""The steps of a task in the order in which they happened, with where each leads."""

from collections.abc import Callable, Iterator
from datetime import datetime

import msgspec

from manyeyes.console.shared.languages import catalogue, mark, money
from manyeyes.console.shared.report_wording import VOTE_REASONS
from manyeyes.dispatch.open_work import OpenWork
from manyeyes.dispatch.rules import WorkState
from manyeyes.ledger.rules import TransferKind
from manyeyes.reports.rules import ReportState, Vote
from manyeyes.roles.house.task_life import TaskLife
from manyeyes.tasks.rules import Ending

Saying = Callable[[str], str]
MONEY = {
    TransferKind.TOP_UP: mark("Topped up"),
    TransferKind.HOLD: mark("Money was held for it"),
    TransferKind.SETTLE: mark("Charged of what was held"),
    TransferKind.RELEASE: mark("Given back: it was not used"),
    TransferKind.PAY: mark("Pay was booked; it waits its minute"),
    TransferKind.VEST: mark("The pay may be paid out"),
    TransferKind.REFUND: mark("Refunded"),
    TransferKind.CANCEL_PAY: mark("The pay was taken back"),
    TransferKind.VOTE_PAY: mark("A vote was paid"),
    TransferKind.APPEAL_PAY: mark("An accepted appeal was paid by the house"),
    TransferKind.SHARE: mark("A soft app's share was booked"),
    TransferKind.UNSHARE: mark("A soft app's share was taken back"),
    TransferKind.SHARE_PAY_OUT: mark("A share was paid out"),
    TransferKind.RECOGNITION: mark("A recognition was charged"),
    TransferKind.JUDGEMENT_PAY: mark("A decision of a reviewer was paid"),
}
ENDINGS = {
    Ending.SOLVED: mark("It ended: answered"),
    Ending.UNSOLVABLE: mark("It ended: nobody could answer it"),
    Ending.UNANSWERED: mark("It ended: not answered in time"),
    Ending.BARRED: mark("It ended: its site was not proven"),
    Ending.CANCELLED: mark("It ended: taken back by its customer"),
    Ending.NO_PICTURE: mark("It ended: its picture could not be had"),
}
NOW = {
    WorkState.WAITING: mark("It waits for somebody"),
    WorkState.LEASED: mark("It is before a worker"),
    WorkState.QUEUED: mark("It lies on a desk, unseen"),
    WorkState.RESTING: mark("It rests: its job is paused"),
    WorkState.ASIDE: mark("It is answered or passed on, and can still be taken back"),
}
VERDICTS = {Vote.CONFIRM: mark("A reviewer says: wrong"), Vote.REJECT: mark("A reviewer says: the answer stands")}
REPORTS = {
    ReportState.OPEN: mark("A report is with the reviewers"),
    ReportState.CONFIRMED: mark("The complaint was confirmed"),
    ReportState.REJECTED: mark("The complaint was not confirmed"),
    ReportState.IGNORED: mark("The complaint was ignored"),
    ReportState.COUNTED: mark("The report was counted"),
}


class LifeStep(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened, or goes on (``at`` None); ``who``: a worker's number, ``detail``: in any language."""

    what: str
    at: datetime | None = None
    detail: str = ""
    amount: str = ""
    who: int = 0
    account: int = 0


def steps_of(language: str, life: TaskLife) -> list[LifeStep]:
    """Return the steps of a task: what happened by its time, then what goes on."""
    say = catalogue(language).ugettext
    found = [*_way(say, life), *_words(say, life), *_money(say, language, life), *_sent(say, life)]
    return sorted(found, key=lambda step: (step.at is None, step.at.timestamp() if step.at else 0.0))


def _way(say: Saying, life: TaskLife) -> Iterator[LifeStep]:
    task = life.task.task
    yield LifeStep(what=say(mark("It came in")), at=task.created_at, account=task.account_id)
    for each in life.answers:
        yield LifeStep(
            what=say(mark("A worker answered")), at=each.answered_at, detail=each.text or "", who=each.worker_id
        )
        if each.refuted_at:
            yield LifeStep(what=say(mark("Their answer counts as wrong")), at=each.refuted_at, who=each.worker_id)
    if task.ended_at is not None and task.ending is not None:
        who = life.solved.worker_id if life.solved and not life.answers else 0
        tried = say(mark("Workers who tried it"))
        detail = task.why or f"{tried}: {task.solve_count}"
        yield LifeStep(what=say(ENDINGS[task.ending]), at=task.ended_at, detail=detail, who=who)
    for work in life.works:
        yield from _open(say, work)


def _open(say: Saying, work: OpenWork) -> Iterator[LifeStep]:
    if work.entered_at is not None:
        yield LifeStep(what=say(mark("It entered the queue")), at=work.entered_at)
    if work.desk_since is not None and work.worker_id:
        yield LifeStep(what=say(mark("It was laid before a worker")), at=work.desk_since, who=work.worker_id)
    for worker_id in work.tried:
        yield LifeStep(what=say(mark("Passed on, or not answered in time, by a worker")), who=worker_id)
    handed = say(mark("handed out %(times)s times")) % {"times": work.lease}
    yield LifeStep(what=say(NOW[work.state]), detail=handed, who=work.worker_id)


def _money(say: Saying, language: str, life: TaskLife) -> Iterator[LifeStep]:
    for entry in life.entries:
        yield LifeStep(
            what=say(MONEY[entry.kind]),
            at=entry.at,
            amount=money(entry.amount_micros, language, 6),
            who=entry.worker_id,
            account=entry.account_id,
        )


def _words(say: Saying, life: TaskLife) -> Iterator[LifeStep]:
    report = life.report
    if report is not None:
        yield LifeStep(what=say(mark("The customer reported it")), at=report.filed_at, account=report.account_id)
        yield LifeStep(what=say(REPORTS[report.state]), at=report.decided_at, detail=report.why)
    for slot in life.slots:
        if slot.vote is not None:
            reason = say(VOTE_REASONS[slot.reason]) if slot.reason in VOTE_REASONS else slot.reason
            yield LifeStep(what=say(VERDICTS[slot.vote]), at=slot.voted_at, detail=reason, who=slot.reviewer_id)
    for appeal in life.appeals.values():
        yield LifeStep(
            what=say(mark("The worker appealed")), at=appeal.filed_at, detail=appeal.words, who=appeal.worker_id
        )
        if appeal.decided_at is not None:
            decided = mark("The appeal was accepted") if appeal.accepted else mark("The appeal was not accepted")
            yield LifeStep(what=say(decided), at=appeal.decided_at, detail=appeal.answer)


def _sent(say: Saying, life: TaskLife) -> Iterator[LifeStep]:
    for tried in life.delivery.tries if life.delivery else ():
        what = mark("The call-back failed") if tried.fault else mark("The call-back was taken")
        yield LifeStep(what=say(what), at=tried.at, detail=tried.fault or str(tried.status))
