"""Every "no" of /v1 as a problem (RFC 9457): its status, its title, and the address of the page that explains it."""

from http import HTTPStatus

import msgspec

from manyeyes.values.refusals import MemberFault, Reason, Refusal

PROBLEM_MEDIA = "application/problem+json"
PAGE = "/docs/problems"  # served by problem_page.py, from this table
# What each reason is as a problem: the status, and the title, which is the same whenever it happens.
PROBLEMS = {
    Reason.UNREADABLE: (400, "The call cannot be read"),
    Reason.CURSOR_UNKNOWN: (400, "The cursor is none of this list"),
    Reason.UNKNOWN_KEY: (401, "The client key is not valid"),
    Reason.WORKER_DISABLED: (401, "The operator has ended the worker's access"),
    Reason.UNKNOWN_TOKEN: (401, "The worker's token is not valid"),
    Reason.FOREIGN_ORIGIN: (403, "The call came from another site's page"),
    Reason.ADDRESS_BLOCKED: (403, "No call is taken from this address"),
    Reason.ADDRESS_NOT_ALLOWED: (403, "The key is not for this address"),
    Reason.ACCOUNT_SUSPENDED: (403, "The account is suspended"),
    Reason.NOT_REVIEWER: (403, "Only reviewers may do this"),
    Reason.SCOPE_MISSING: (403, "The key does not open this call"),
    Reason.ROLE_FORBIDS: (403, "Your role does not open this call"),
    Reason.UNKNOWN_TASK: (404, "There is no such task"),
    Reason.TASK_DROPPED: (410, "The task is of a month of which only the sums are kept"),
    Reason.UNKNOWN_REPORT: (404, "There is no such report"),
    Reason.UNKNOWN_DELIVERY: (404, "There is no such call-back"),
    Reason.UNKNOWN_QUESTION: (404, "There is no such question"),
    Reason.UNKNOWN_RECOGNITION: (404, "There is no such recognition"),
    Reason.UNKNOWN_JOB: (404, "There is no such job"),
    Reason.UNKNOWN_UPLOAD: (404, "There is no such upload"),
    Reason.UNKNOWN_BUCKET: (404, "There is no such bucket"),
    Reason.UNKNOWN_COLLEAGUE: (404, "There is no such colleague"),
    Reason.UNKNOWN_CLIENT_KEY: (404, "There is no such key"),
    Reason.UNKNOWN_ADDRESS: (404, "There is no such address for notices"),
    Reason.ADDRESS_THERE: (409, "The address is there already"),
    Reason.NO_MAIL: (409, "Nothing is sent by e-mail here"),
    Reason.LAST_OWNER: (409, "An account always has an owner"),
    Reason.KEY_REPLACED: (409, "The key was replaced already"),
    Reason.THRESHOLD_FIXED: (409, "The operator alone sets this threshold"),
    Reason.ENOUGH_OF_THEM: (409, "There are as many as there may be"),
    Reason.UNKNOWN_PAYOUT: (404, "There is no such request to be paid out"),
    Reason.LEASE_LOST: (409, "The lease is over"),
    Reason.ALREADY_ANSWERED: (409, "It was answered already"),
    Reason.ALREADY_PASSED_ON: (409, "It was passed on already"),
    Reason.TOO_LATE: (409, "It cannot be taken back any more"),
    Reason.QUEUE_LOST: (409, "The queue is the worker's no more"),
    Reason.KEPT_TOO_LONG: (409, "They have had it for as long as anybody may"),
    Reason.ALREADY_DECIDED: (409, "It is decided already"),
    Reason.SITE_WITHDRAWN: (409, "The proof of control over the site has ended"),
    Reason.NOT_ONLINE: (409, "The worker is not online"),
    Reason.BREAK_DUE: (409, "The worker has a break"),
    Reason.BELOW_FLOOR: (409, "The worker has no queue left"),
    Reason.NOT_BELOW_FLOOR: (409, "The worker gets the queue"),
    Reason.NO_TRAINING: (409, "The queue has no training set"),
    Reason.SLOT_LOST: (409, "The vote is no longer yours to cast"),
    Reason.NOT_REFUSED: (409, "The answer was not refused"),
    Reason.ALREADY_APPEALED: (409, "There was an appeal already"),
    Reason.ALREADY_DECIDED: (409, "It is decided already"),
    Reason.PAYOUT_TOO_LARGE: (409, "There is less than that to be paid out"),
    Reason.TRIED_ENOUGH: (409, "It was tried often enough"),
    Reason.KEY_REUSED: (409, "The idempotency key was used for another call"),
    Reason.NOT_CANCELLABLE: (409, "It cannot be cancelled any more"),
    Reason.TASK_UNFINISHED: (409, "The task is not finished"),
    Reason.TASK_FAILED: (409, "The task has no answer"),
    Reason.REPORT_LATE: (409, "The time for reports is over"),
    Reason.REPORT_REPEATED: (409, "The task was reported before"),
    Reason.REPORT_WRONG_KIND: (409, "Tasks of this kind are not reported so"),
    Reason.REPORT_NOT_ACCEPTED: (409, "The queue takes no complaints"),
    Reason.JOB_NOT_DRAFT: (409, "The job has begun"),
    Reason.JOB_ENDED: (409, "The job has ended"),
    Reason.JOB_EMPTY: (409, "The job has no items"),
    Reason.UPLOAD_OPEN: (409, "An upload of the job is not complete"),
    Reason.BALANCE_TOO_LOW: (402, "The balance is too low"),
    Reason.BUDGET_USED_UP: (402, "The budget is used up"),
    Reason.PRICE_TOO_HIGH: (402, "The price is above the most that you pay"),
    Reason.NONE_TAKEN: (422, "The worker takes none of their queues"),
    Reason.QUEUE_NOT_ALLOWED: (422, "The worker was not given this queue"),
    Reason.ANSWER_UNFIT: (422, "The answer does not fit the question"),
    Reason.TASK_PROPERTIES: (422, "A member of the task is wrong"),
    Reason.THRESHOLD_OUT_OF_BOUNDS: (422, "The threshold is outside of its bounds"),
    Reason.PAYOUT_TOO_SMALL: (422, "Less than the smallest amount cannot be asked for"),
    Reason.UNKNOWN_QUEUE: (422, "There is no such queue"),
    Reason.PICTURE_TOO_SMALL: (422, "The picture is too small"),
    Reason.PICTURE_TOO_BIG: (422, "The picture is too big"),
    Reason.PICTURE_NOT_SUPPORTED: (422, "The picture is none that browsers show"),
    Reason.NO_PICTURE: (422, "The picture could not be had from its address"),
    Reason.BAD_ITEMS: (422, "Lines of the file are wrong"),
    Reason.TOO_MANY_WAITS: (429, "Too many calls wait"),
    Reason.PICTURE_AWAY: (503, "The picture could not be had for now"),
    Reason.JOB_NOT_STARTED: (409, "The job has not begun"),
    Reason.QUEUE_FULL: (503, "The queue is full"),
    Reason.NO_ROOM: (503, "There is no room for new work"),
    Reason.ALL_FILTERED: (503, "All workers who are there are filtered"),
}


class ProblemFault(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member that is wrong, by its JSON pointer, and of a file the line, from 1."""

    detail: str
    pointer: str = ""
    line: int | None = None


class ProblemBody(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """``type`` is the address of a page; ``refusal`` and ``reason`` say what it ends with, and ``detail``, once more.

    See docs/reference/problems.md.
    """

    type: str
    title: str
    status: int
    detail: str
    refusal: str
    reason: str
    errors: list[ProblemFault] = []


# What no rule refuses: there is no such call, it cannot be served now, or one of our faults.
OTHERS = {
    "unknown_call": (404, "There is no such call"),
    "wrong_method": (405, "The call has another method"),
    "unavailable": (503, "It cannot be served now"),
    "failed": (500, "A fault of ours"),
    "without_parquet": (501, "Parquet files are not written here"),
}


def problem(word: str, status: int, detail: str, errors: tuple[MemberFault, ...] = ()) -> ProblemBody:
    """Return a problem; ``word`` names it for programs, and a place of the page that explains it."""
    title = TITLES.get(word) or HTTPStatus(status).phrase
    return ProblemBody(
        type=f"{PAGE}#{word}",
        title=title,
        status=status,
        detail=detail or title,
        refusal=word,
        reason=detail,
        errors=[ProblemFault(each.detail, each.pointer, each.line) for each in errors],
    )


def problem_of(refusal: Refusal) -> ProblemBody:
    """Return the problem that a refusal is."""
    return problem(str(refusal.reason), PROBLEMS[refusal.reason][0], refusal.detail, refusal.findings)


TITLES = {word: title for word, (_, title) in [*OTHERS.items(), *((str(r), p) for r, p in PROBLEMS.items())]}
