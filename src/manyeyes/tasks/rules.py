"""What a task is, when it is admitted, what an answer must look like, and how a task may end."""

import enum

import msgspec

from manyeyes.consensus.terms import PeopleTerms
from manyeyes.tasks.questions import TextOptions
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.values.text.rules import fault, has_digit, normalised

IMAGE_TO_TEXT = "image_to_text"
RECAPTCHA_V2 = "recaptcha_v2"
RECAPTCHA_V2_ENTERPRISE = "recaptcha_v2_enterprise"
RECAPTCHA_V3 = "recaptcha_v3"
HCAPTCHA = "hcaptcha"
TURNSTILE = "turnstile"
RECAPTCHA_KINDS = frozenset({RECAPTCHA_V2, RECAPTCHA_V2_ENTERPRISE, RECAPTCHA_V3})
TOKEN_KINDS = frozenset({RECAPTCHA_V2, RECAPTCHA_V2_ENTERPRISE, RECAPTCHA_V3, HCAPTCHA, TURNSTILE})
WIRE_BITS = 31
WIRE_MASK = (1 << WIRE_BITS) - 1
WORKERS_BEFORE_UNSOLVABLE = 5  # docs/contracts/anticaptcha.md#unsolvable: five different workers failed
LONGEST_ANSWER = 500
SHORTEST_LIFE, LONGEST_LIFE = 60, 30 * 86_400  # seconds that a task may wait (docs/decisions/0050)
DEPTH_COUNTED_EXACTLY = 256  # deeper than this, the queue's depth is the last measured one


class Ending(enum.IntEnum):
    """How a task ended. Only `SOLVED` and `UNSOLVABLE` are charged (docs/decisions/0025#money)."""

    SOLVED = 0
    UNSOLVABLE = 1  # five different workers tried
    UNANSWERED = 2  # nobody took it, or too few tried, in its longest life
    BARRED = 3  # the proof of control over its site ended before it did
    CANCELLED = 4  # its customer did not want it any more
    NO_PICTURE = 5  # its picture could not be had from the address that was given

    @property
    def charged(self) -> bool:
        """Tell whether the customer pays for a task that ends so."""
        return self in (Ending.SOLVED, Ending.UNSOLVABLE)


class Assurance(enum.IntEnum):
    """What a solved task's result stands on (docs/decisions/0055)."""

    ONE_WORD = 0  # one person's answer
    ACCEPTED = 1  # several people's, and it passed what its terms ask for
    UNCERTAIN = 2  # several people's, and it did not
    REVIEWED = 3  # a reviewer decided, who saw all answers


class Contract(enum.IntEnum):
    """Through which contract a task came: its end is told in that contract's words."""

    COMPATIBLE = 0  # createTask, or a recognition's review
    OWN = 1  # /v1


# docs/contracts/anticaptcha.md#imagetotexttask; the sentence below stands in the OpenAPI document as well.
class ImageOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of an image task. ``numeric``: 0 none, 1 only digits, 2 no digits."""

    phrase: bool = False
    case: bool = True
    numeric: int = 0
    math: bool = False
    min_length: int = 0
    max_length: int = 0
    comment: str = ""


class QueueTerms(msgspec.Struct, frozen=True, kw_only=True):
    """A queue's row: prices, pay and votes in micro-units, ``capacity`` in waiting tasks."""

    queue_id: int
    name: str
    language: str
    price_micros: int
    pay_micros: int
    capacity: int
    lease_seconds: int
    vote_micros: int = 100  # what a reviewer earns with one vote
    accepts_complaints: bool = True  # about its pictures
    life_seconds: int | None = None  # of a task that nobody finishes; None: the installation's
    default_terms: PeopleTerms | None = None  # how many people a task takes that does not say; None: one
    floor: float | None = None  # the share that people must be right in; None: none is asked
    gold_share: float | None = None  # of newcomers' tasks; None: the usual one (skills/gold.py)
    audit_share: float = 0.05  # of results under sure terms, drawn by lot for reviewers
    marks: int = 0  # what its pictures may show (values/marks.py)
    guide: str = ""  # what reviewers of its answers go by


class Depth(msgspec.Struct, frozen=True):
    """How many tasks wait in a queue and the average of the bids at its head, in micro-units."""

    waiting: int
    average_micros: int


def wire_id(serial: int) -> int:
    """Return the positive int32 that stands for a cell's serial on the wire; never 0, see `usable`."""
    return serial & WIRE_MASK


def usable(serial: int) -> bool:
    """Tell whether a serial may become a task: its wire id must not be 0 (docs/contracts/anticaptcha.md#taskid)."""
    return wire_id(serial) != 0


def widen(wire: int, newest: int) -> int:
    """Return the serial nearest to ``newest`` whose low 31 bits are ``wire``.

    ``newest`` may lag behind what other processes handed out by up to 2**30; it may be negative for a foreign id.
    """
    ahead = (wire - newest) & WIRE_MASK
    if ahead >= 1 << (WIRE_BITS - 1):
        ahead -= 1 << WIRE_BITS
    return newest + ahead


def life_of(queue: QueueTerms, usual_seconds: int) -> int:
    """Return for how many seconds a task of the queue may wait; ``usual_seconds``: the installation's own time."""
    return usual_seconds if queue.life_seconds is None else queue.life_seconds


def is_full(queue: QueueTerms, depth: Depth) -> bool:
    """Tell whether only high bids enter the queue now."""
    return depth.waiting >= queue.capacity


def price(queue: QueueTerms, depth: Depth, max_bid_micros: int) -> int | Refusal:
    """Return what a task costs now, in micros, or the refusal of a full queue.

    Below capacity every task costs the queue's price and bids do nothing. In a full queue only an account whose bid is
    above the average enters, and pays its bid (docs/contracts/anticaptcha.md#money; docs/decisions/0025#slot).
    """
    if not is_full(queue, depth):
        return queue.price_micros
    if max_bid_micros > max(depth.average_micros, queue.price_micros):
        return max_bid_micros
    return Refusal(
        Reason.QUEUE_FULL,
        f"{depth.waiting} waiting in queue {queue.queue_id}, which takes {queue.capacity}",
    )


class Obstacle(msgspec.Struct, frozen=True):
    """Why a text is no answer: ``key`` for whoever words it, ``n`` characters that are missing, or are the most.

    ``value``: the number that is the least or the most; ``field``: the name of the field that it is about.
    """

    key: str
    n: int = 0
    value: str = ""
    field: str = ""


def obstacle(options: ImageOptions | TextOptions, text: str) -> Obstacle | None:
    """Return the first rule that keeps ``text`` from being the answer, judged in its one form; None when it fits.

    The screen's script does the same in the same order (console/static/shared/answer_rules.js; docs/decisions/0037).
    """
    text = normalised(text)
    if why := fault(text):
        return Obstacle(why)
    if len(text) > LONGEST_ANSWER:
        return Obstacle("long", LONGEST_ANSWER)
    if options.numeric == 1 and not _only_digits(options, text):
        return Obstacle("digits")
    if options.numeric == 2 and has_digit(text):
        return Obstacle("no_digits")
    if options.phrase and " " not in text:
        return Obstacle("phrase")
    if len(text) < options.min_length:
        return Obstacle("short", options.min_length - len(text), str(options.min_length))
    if options.max_length and len(text) > options.max_length:
        return Obstacle("long", options.max_length)
    return None


def unfit(options: ImageOptions | TextOptions, text: str) -> str:
    """Return why ``text`` cannot be the answer, as a sentence for the worker's program; empty when it fits."""
    found = obstacle(options, text)
    return sentence(found) if found else ""


def sentence(found: Obstacle) -> str:
    """Return an obstacle as a sentence for the worker's program."""
    said = _SENTENCES[found.key].format(n=found.n, value=found.value)
    return f"{found.field}: {said}" if found.field else said


def _only_digits(options: ImageOptions | TextOptions, text: str) -> bool:
    """Tell whether ``text`` is 0 to 9 alone; where two words are wanted too, spaces stand between the groups."""
    digits = text.replace(" ", "") if options.phrase else text
    return digits.isascii() and digits.isdigit()


def is_unsolvable(failures: int) -> bool:
    """Tell whether so many different workers have failed that the task ends as error 12, charged."""
    return failures >= WORKERS_BEFORE_UNSOLVABLE


def why_unanswered(tried: int) -> str:
    """Return what to tell a customer of a task whose time ran out before five workers had tried it."""
    workers = "1 worker" if tried == 1 else f"{tried} workers"
    return f"{f'only {workers}' if tried else 'nobody'} tried it; it is not charged"


def is_readable(age_seconds: float, readable_seconds: int) -> bool:
    """Tell whether a result of this age may still be fetched (docs/decisions/0025#readable)."""
    return age_seconds < readable_seconds


_SENTENCES = {
    "empty": "an answer is wanted",
    "control": "control characters are not wanted",
    "unknown": "characters that are unassigned or private are not wanted",
    "marks": "so many marks on one letter are not wanted",
    "long": "at most {n} characters are wanted",
    "digits": "only digits are wanted",
    "no_digits": "no digits are wanted",
    "phrase": "at least two words are wanted",
    "short": "at least {value} characters are wanted",
    "number": "one number is wanted, without blanks or separators of thousands, such as 1234.50",
    "digits_most": "at most {n} digits are wanted",
    "whole": "a whole number is wanted",
    "decimals": "at most {n} digits behind the point are wanted",
    "at_least": "a number from {value} is wanted",
    "at_most": "a number up to {value} is wanted",
    "choice": "one of the labels is wanted",
    "choices": "{n} more of the labels are wanted",
    "fields": "a JSON object with the question's fields is wanted",
}
