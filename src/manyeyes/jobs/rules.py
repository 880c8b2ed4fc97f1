"""What a job is, what may become of it, and what it may cost (docs/decisions/0046)."""

import enum
from datetime import datetime, timedelta

import msgspec

from manyeyes.consensus.terms import PeopleTerms, within
from manyeyes.values import money
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import ROOM, kept_words

LONGEST_NAME = 200
CLAIM_SECONDS = 30  # how long a process has a job to itself while it fetches pictures; then another one may go on
OPEN_AT_ONCE = 500  # of one job: enough for hundreds of people, and few enough to rest within a moment
FEWEST_AT_ONCE = 50  # lines for which there must be room: to let one enter takes as many statements as to let 200
JOB_FINISHED, JOB_STUCK = "job.finished", "job.stuck"  # what a customer's address is told
STUCK_SECONDS = 3_600  # nothing was answered for so long while tasks wait


class JobState(enum.IntEnum):
    """draft → running ⇄ paused → finished | cancelled; a draft may be cancelled as well."""

    DRAFT = 0  # its items may be uploaded; nothing costs anything
    RUNNING = 1
    PAUSED = 2  # its customer wants it so; what lies on desks is finished
    FINISHED = 3
    CANCELLED = 4  # what waited was given back; what was answered stays


class WaitsFor(enum.StrEnum):
    """Why no further line of a running job enters its queue."""

    NOTHING = ""
    BUDGET = "budget"  # of the job
    PRICE = "price"  # one task would cost more now than it may: no budget helps, only another price of the queue
    BALANCE = "balance"
    QUEUE = "queue"  # is nearly full: jobs leave room for others
    PICTURES = "pictures"  # are slow to come from their addresses


STUCK_FOR = frozenset(
    {WaitsFor.BUDGET, WaitsFor.PRICE, WaitsFor.BALANCE}
)  # what its customer must see to; all else ends by itself


class JobVerb(enum.StrEnum):
    """What a customer does with a job as a whole."""

    START = "start"  # or go on
    PAUSE = "pause"
    CANCEL = "cancel"


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `job`: what was asked for, how far it is, and its money in micro-units.

    ``entered``: the last line that entered its queue, or ended instead. ``open``: tasks that wait, rest or are being
    answered. ``terms``: how many people each takes. ``budget_micros`` None: the balance alone bounds it;
    ``price_at_most_micros``, of a whole task: None: what as many people cost.
    """

    job_id: int
    account_id: int
    name: str
    state: JobState
    queue_id: int
    question_id: int
    terms: PeopleTerms
    life_seconds: int | None
    deadline: datetime | None
    budget_micros: int | None
    price_at_most_micros: int | None
    callback_url: str
    base_url: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    waits_for: WaitsFor
    items: int
    entered: int
    open: int
    solved: int
    unsolvable: int
    unanswered: int
    failed: int
    cancelled: int
    held_micros: int
    charged_micros: int
    refunded_micros: int
    claim: int
    claimed_until: datetime | None
    changed_at: datetime
    stuck_at: datetime | None

    @property
    def ended(self) -> int:
        """Return how many items have ended, in whatever way."""
        return self.solved + self.unsolvable + self.unanswered + self.failed + self.cancelled

    @property
    def held_back(self) -> int:
        """Return how many items have neither entered the queue nor ended."""
        return self.items - self.open - self.ended

    @property
    def spent_micros(self) -> int:
        """Return what counts against the budget: held and charged, refunds taken off."""
        return self.held_micros + self.charged_micros - self.refunded_micros

    def people(self, price_micros: int) -> PeopleTerms | None:
        """Return how many people a task takes at this price of an answer; None when its bound pays for too few."""
        return within(self.terms, price_micros, self.price_at_most_micros or 0)

    def most_micros(self, price_micros: int) -> int:
        """Return the most that a task may cost at this price of an answer; beyond its bound, what it would cost."""
        return (self.people(price_micros) or self.terms).most_micros(price_micros)

    @property
    def is_over(self) -> bool:
        """Tell whether nothing more can become of it but refunds."""
        return self.ended_at is not None


class JobChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer changes of a job at once; UNSET leaves as it is, None takes the bound away."""

    name: str | msgspec.UnsetType = msgspec.UNSET
    budget_micros: int | msgspec.UnsetType | None = msgspec.UNSET
    deadline: datetime | msgspec.UnsetType | None = msgspec.UNSET
    verb: JobVerb | None = None


UNCHANGED = JobChange()


class LineRoom(msgspec.Struct, frozen=True):
    """How many lines may enter now, and what the one behind them waits for."""

    lines: int
    waits_for: WaitsFor = WaitsFor.NOTHING


def needs_settling(job: Job, waiting: bool, resting: bool, queued: bool, *, now: datetime) -> bool:
    """Tell whether its tasks are not where its state wants them: see `actions/settle_jobs.py`."""
    if is_ending(job, now):
        return waiting or resting or queued or job.held_back > 0
    return waiting or queued if job.state is JobState.PAUSED else resting


def is_ending(job: Job, now: datetime) -> bool:
    """Tell whether nothing of the job may wait any more: it is cancelled, or its deadline is over."""
    return job.state is JobState.CANCELLED or (job.deadline is not None and job.deadline <= now)


def read_job_name(text: str) -> str:
    """Return a job's name on one line, empty for none. Raises ValueError for one that is too long."""
    name = " ".join(kept_words(text[: LONGEST_NAME * ROOM]).split())
    if len(name) > LONGEST_NAME or len(text) > LONGEST_NAME * ROOM:
        raise ValueError(f"at most {LONGEST_NAME} characters")
    return name


def may_be_fed(job: Job, now: datetime) -> bool:
    """Tell whether lines of the job may enter its queue, as far as nobody else is at it."""
    is_free = job.claimed_until is None or job.claimed_until <= now
    is_going = job.state is JobState.RUNNING and not is_ending(job, now)
    has_room = OPEN_AT_ONCE - job.open >= min(FEWEST_AT_ONCE, job.held_back)
    return is_going and is_free and job.held_back > 0 and has_room


def changed(job: Job, change: JobChange, now: datetime, price_micros: int) -> Job | Refusal:
    """Return the job as the change leaves it, or why it cannot be: JOB_ENDED, JOB_EMPTY, JOB_NOT_STARTED,
    PRICE_TOO_HIGH, TASK_PROPERTIES.

    What is so already stays so: a job that is started twice was started once. ``price_micros``: of an answer, now.
    """
    values = {name: getattr(change, name) for name in ("name", "budget_micros", "deadline")}
    given = {name: value for name, value in values.items() if value is not msgspec.UNSET}
    is_ended = job.state in (JobState.FINISHED, JobState.CANCELLED)
    if is_ended and ("budget_micros" in given or "deadline" in given or change.verb is JobVerb.START):
        return Refusal(Reason.JOB_ENDED, f"the job is {job.state.name.lower()}; only its name may change")
    if given.get("deadline") and given["deadline"] <= now:
        return Refusal(Reason.TASK_PROPERTIES, "the deadline must be in the future")
    moved = _moved(msgspec.structs.replace(job, **given), change.verb, now, price_micros)
    if isinstance(moved, Refusal) or moved == job:
        return moved
    return msgspec.structs.replace(moved, changed_at=now)


def _moved(job: Job, verb: JobVerb | None, now: datetime, price_micros: int) -> Job | Refusal:
    if verb is JobVerb.START:
        return _started(job, now, price_micros)
    if verb is JobVerb.PAUSE and job.state is JobState.RUNNING:
        return msgspec.structs.replace(job, state=JobState.PAUSED, waits_for=WaitsFor.NOTHING)
    if verb is JobVerb.PAUSE and job.state is JobState.DRAFT:
        return Refusal(Reason.JOB_NOT_STARTED, "a draft does not run yet")
    if verb is JobVerb.PAUSE and job.state is not JobState.PAUSED:
        return Refusal(Reason.JOB_ENDED, f"the job is {job.state.name.lower()}")
    if verb is JobVerb.CANCEL and job.state not in (JobState.FINISHED, JobState.CANCELLED):
        return closed(msgspec.structs.replace(job, state=JobState.CANCELLED, waits_for=WaitsFor.NOTHING), now)
    return job


def _started(job: Job, now: datetime, price_micros: int) -> Job | Refusal:
    if job.state is JobState.RUNNING:
        return job
    if not job.items:
        return Refusal(Reason.JOB_EMPTY, "the job has no items yet; send a file of them first")
    if job.people(price_micros) is None:
        least, most = money.text(job.terms.fewest * price_micros), money.text(job.price_at_most_micros or 0)
        return Refusal(Reason.PRICE_TOO_HIGH, f"a task costs {least} USD now, more than {most}")
    if job.state is JobState.DRAFT and job.deadline is not None and job.deadline <= now:
        return Refusal(Reason.TASK_PROPERTIES, "its deadline is over; set another one, or none, and start it then")
    # A draft whose items were all cancelled has nothing left to do.
    return closed(msgspec.structs.replace(job, state=JobState.RUNNING, started_at=job.started_at or now), now)


def closed(job: Job, now: datetime) -> Job:
    """Return the job ended when nothing of it is left to do: all lines entered or ended, and none is open.

    A running or paused one is finished, one that was being cancelled is cancelled.
    """
    if job.ended_at is not None or job.state is JobState.DRAFT or job.open or job.held_back:
        return job
    state = JobState.CANCELLED if job.state is JobState.CANCELLED else JobState.FINISHED
    return msgspec.structs.replace(job, state=state, ended_at=now, waits_for=WaitsFor.NOTHING)


def room(job: Job, *, price_micros: int, available_micros: int, queue_room: int, wanted: int) -> LineRoom:
    """Return how many of ``wanted`` lines may enter now, at this price of an answer; ``queue_room``: of its queue.

    A line takes the most that it may cost. Held and charged less refunds never exceed the budget (docs/decisions/0046):
    a budget of exactly n tasks lets n in. Where a task's own bound pays for too few people, that is said before all.
    """
    most = min(wanted, max(0, OPEN_AT_ONCE - job.open))
    people = job.people(price_micros)
    if people is None:
        return LineRoom(0, WaitsFor.PRICE)
    each = people.most_micros(price_micros)
    bounds = [(max(0, available_micros) // each, WaitsFor.BALANCE), (max(0, queue_room), WaitsFor.QUEUE)]
    if job.budget_micros is not None:
        bounds.insert(0, (max(0, job.budget_micros - job.spent_micros) // each, WaitsFor.BUDGET))
    fewest, why = min(bounds, key=lambda bound: bound[0])
    return LineRoom(most) if fewest >= most else LineRoom(fewest, why)


def queue_room(capacity: int, waiting: int) -> int:
    """Return how many more lines of jobs a queue takes: they fill three quarters of it and leave the rest to others."""
    return max(1, capacity * 3 // 4) - waiting


def life(job: Job, default_seconds: int, now: datetime) -> int:
    """Return for how many seconds from now a task of the job may wait: its terms' life, at most to its deadline."""
    seconds = job.life_seconds or default_seconds
    if job.deadline is None:
        return seconds
    return max(0, min(seconds, int((job.deadline - now) / timedelta(seconds=1))))


def eta_seconds(left: int, answered: int, in_seconds: int, workers: int) -> int | None:
    """Return in how many seconds ``left`` tasks are likely done, as fast as the queue was in its last ``in_seconds``.

    None when nobody is there, or too little was answered to tell.
    """
    if not left:
        return 0
    if not workers or answered < FEWEST_FOR_ETA:
        return None
    return max(1, round(left * in_seconds / answered))


FEWEST_FOR_ETA = 5
