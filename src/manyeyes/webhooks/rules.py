"""When a result is sent again to its callbackUrl, how it is signed, and who is served first (docs/decisions/0016).

Signatures follow the Standard Webhooks specification (standardwebhooks.com), version 1.0.0.
"""

import base64
import enum
import hmac
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

from manyeyes.values.web_address import is_ip_address, read_web_address

# Standard Webhooks' example of a schedule: ten tries in all, over about three days.
WAITS_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
MOST_TRIES = len(WAITS_SECONDS) + 1
MOST_TRIES_EVER = 100  # of one result, replays and all: nobody makes us call an address without end for one paid task
JITTER = 0.1  # a wait is up to so much shorter, so that what failed together does not come together again
LONGEST_WAIT_SECONDS = WAITS_SECONDS[-1]  # however much later a receiver asks for
TASK_FINISHED = "task.finished"  # the end of a task of /v1, whatever it is
CLAIM_SECONDS = 30  # longer than a try may last; what a process that died had claimed is then due again
KEPT_DAYS = 30
SECRET_PREFIX = "whsec_"
ROTATION_SECONDS = 86_400  # how long the previous secret signs too
AT_ONCE, AT_ONCE_PER_RECEIVER, AT_ONCE_PER_ACCOUNT = 64, 4, 16  # in one process
MAIL_AT_ONCE_PER_ACCOUNT = 2  # of what the mail server takes at once
MAIL_SERVER = "mail server"  # the receiver of all mail


class DeliveryState(enum.IntEnum):
    """WAITING → DELIVERED or GIVEN_UP; a replay makes it WAITING again."""

    WAITING = 0
    DELIVERED = 1
    GIVEN_UP = 2


class TryResponse(msgspec.Struct, frozen=True):
    """What came of a try. ``status`` 0: nothing came, and ``fault`` says why; ``is_final``: no other try can help."""

    status: int = 0
    retry_after: str = ""
    fault: str = ""
    is_final: bool = False


class RetryDecision(msgspec.Struct, frozen=True):
    """What a try leads to: a state, the seconds to wait for the next one, and the fault in a sentence."""

    state: DeliveryState
    wait_seconds: float = 0.0
    fault: str = ""


class Due(msgspec.Struct, frozen=True):
    """A delivery that may be tried now."""

    task_id: int
    account_id: int
    receiver: str
    next_at: datetime


def judge(answer: TryResponse, tries: int, now: datetime, chance: float) -> RetryDecision:
    """Return what follows the ``tries``-th try; ``chance`` from 0 to 1 draws the jitter.

    Any 2xx is a delivery. 410 ends it at once, as the specification says. Everything else is tried again, a redirect
    too: it is never followed, since it could lead anywhere.
    """
    if 200 <= answer.status < 300:
        return RetryDecision(DeliveryState.DELIVERED)
    fault = answer.fault or _fault(answer.status)
    if answer.status == 410 or answer.is_final or tries >= MOST_TRIES:
        return RetryDecision(DeliveryState.GIVEN_UP, fault=fault)
    wait = WAITS_SECONDS[tries - 1] * (1 - JITTER * chance)
    asked_for = retry_after_seconds(answer.retry_after, now) if answer.status in (429, 503) else 0.0
    return RetryDecision(DeliveryState.WAITING, max(wait, min(asked_for, LONGEST_WAIT_SECONDS)), fault)


def _fault(status: int) -> str:
    if 300 <= status < 400:
        return f"the receiver answered {status}, a redirect; redirects are not followed"
    if status == 410:
        return "the receiver answered 410: it does not want it"
    return f"the receiver answered {status}"


def retry_after_seconds(value: str, now: datetime) -> float:
    """Return how long a Retry-After header asks to wait, in seconds or as a date (RFC 9110); 0 when it says nothing."""
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):  # a year or an hour that no machine number holds is no date
        return 0.0
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())


def receiver_of(url: str, account_id: int) -> str:
    """Return ``host:port`` of a callback address; the address itself when it has none, as far as we can see.

    Mail goes to the one server that the operator set, where each account has a line of its own.
    """
    if url.startswith("mailto:"):
        return f"{MAIL_SERVER} {account_id}"
    try:
        address = read_web_address(url)
    except ValueError:
        return url[:200]
    return f"{address.host}:{address.port}"


def is_spelt_as_address(url: str) -> bool:
    """Tell whether the host is an IP address itself: one that is refused today is refused tomorrow."""
    try:
        return is_ip_address(read_web_address(url).host)
    except ValueError:
        return True  # what cannot be read is no name either


def message_id(cell: int, task_id: int) -> str:
    """Return the ``webhook-id``: the same for every try and every replay, so that a receiver can tell repetitions."""
    return f"task_{cell}_{task_id}"


def secret(key: bytes, cell: int, account_id: int, generation: int) -> bytes:
    """Return an account's secret of a generation: made from this installation's ``key``, so none is stored."""
    return hmac.digest(key, f"{cell}.{account_id}.{generation}".encode(), "sha256")


def shown_secret(secret: bytes) -> str:
    """Return a secret as the specification writes it: ``whsec_`` and base64."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def headers(message: str, body: bytes, at: datetime, secrets: Sequence[bytes]) -> dict[str, str]:
    """Return the headers of a try: its id, its time and one signature per secret (two during a rotation)."""
    stamp = str(int(at.timestamp()))
    content = b".".join((message.encode(), stamp.encode(), body))
    signatures = [base64.b64encode(hmac.digest(s, content, "sha256")).decode() for s in secrets]
    return {
        "content-type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def signing_generations(generation: int, rotated_at: datetime | None, now: datetime) -> list[int]:
    """Return the generations of an account's secret that sign now: for a day after a rotation the one before too."""
    is_fresh = rotated_at is not None and now - rotated_at < timedelta(seconds=ROTATION_SECONDS)
    return [generation, generation - 1] if is_fresh and generation > 0 else [generation]


def pick(due: Iterable[Due], flying: Iterable[tuple[int, str]], room: int) -> list[int]:
    """Return the deliveries to try now, oldest due first; ``flying`` (account, receiver) are under way already.

    No receiver and no account takes more than its part of the room, nor an account of the mail server, however much of
    theirs is due. The mail server is all accounts' own: whoever has none under way there comes before others' next.
    """
    now_flying = list(flying)
    receivers, accounts = Counter(_server(r) for _, r in now_flying), Counter(a for a, _ in now_flying)
    lines = Counter(r for _, r in now_flying)
    picked: list[int] = []
    for each in _in_turn(due, lines):
        if len(picked) >= room:
            break
        server = _server(each.receiver)
        share = MAIL_AT_ONCE_PER_ACCOUNT if server == MAIL_SERVER else AT_ONCE_PER_RECEIVER
        is_room = receivers[server] < AT_ONCE_PER_RECEIVER and lines[each.receiver] < share
        if is_room and accounts[each.account_id] < AT_ONCE_PER_ACCOUNT:
            receivers[server] += 1
            lines[each.receiver] += 1
            accounts[each.account_id] += 1
            picked.append(each.task_id)
    return picked


def _in_turn(due: Iterable[Due], flying: Mapping[str, int]) -> list[Due]:
    """Return what is due in the order in which it is tried: of mail the first of each account, then the second."""
    turns = Counter(flying)
    ordered: list[tuple[int, Due]] = []
    for each in sorted(due, key=lambda d: (d.next_at, d.task_id)):
        is_mail = _server(each.receiver) == MAIL_SERVER
        ordered.append((turns[each.receiver] if is_mail else 0, each))
        turns[each.receiver] += 1
    return [each for _, each in sorted(ordered, key=lambda pair: pair[0])]  # which keeps the order of those alike


def _server(receiver: str) -> str:
    return MAIL_SERVER if receiver.startswith(f"{MAIL_SERVER} ") else receiver


def described(state: DeliveryState) -> str:
    """Return the state as our API says it: waiting, delivered or given_up."""
    return state.name.lower()
