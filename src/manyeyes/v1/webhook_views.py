"""Call-backs as /v1, and the command line after it, show them."""

from datetime import datetime

import msgspec

from manyeyes.roles.customer.deliveries import Callback, CallbackLog, CallbackPage
from manyeyes.roles.customer.webhook_tests import TestCallOutcome
from manyeyes.tasks.rules import wire_id
from manyeyes.webhooks.rules import DeliveryState, described, message_id
from manyeyes.webhooks.store import Try

RESULT, REVIEW = "result", "review"


class TryView(msgspec.Struct, frozen=True):
    """``status``: None when nothing was answered; ``fault``: a sentence, empty when it was delivered."""

    at: datetime
    status: int | None
    fault: str
    seconds: float


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """``state``: waiting, delivered or given_up; ``next_try_at`` only while it waits, ``closed_at`` only after.

    ``kind``: result of a task, review (a person's verdict on a recogniser's result), or an event such as job.finished.
    """

    task_id: int
    webhook_id: str
    url: str
    state: str
    tries: int
    task_ended_at: datetime
    next_try_at: datetime | None
    closed_at: datetime | None
    last_status: int | None
    last_fault: str
    kind: str


class DeliveryLog(msgspec.Struct, frozen=True):
    """A delivery with every try, the first one first."""

    delivery: DeliveryView
    tries: list[TryView]


class DeliveriesView(msgspec.Struct, frozen=True):
    """A page, newest first; ``next`` begins the page after it, None when there is none."""

    deliveries: list[DeliveryView]
    next: str | None


class SecretView(msgspec.Struct, frozen=True):
    """``previous``: the secret before, which signs too for a day; null when it does not."""

    secret: str
    previous: str | None


class TestCallAddress(msgspec.Struct, frozen=True):
    """Where a test call goes."""

    url: str


class TestCallView(msgspec.Struct, frozen=True):
    """``status``: null when nothing was answered, and ``fault`` says why; ``reply``: how what was answered begins."""

    status: int | None
    seconds: float
    reply: str
    fault: str


def test_call_view(found: TestCallOutcome) -> TestCallView:
    """Return what came of a test call."""
    return TestCallView(found.status or None, round(found.seconds, 3), found.reply, found.fault)


def deliveries_view(page: CallbackPage) -> DeliveriesView:
    """Return a page of call-backs."""
    return DeliveriesView([_delivery(each) for each in page.callbacks], page.next)


def delivery_log(log: CallbackLog) -> DeliveryLog:
    """Return a call-back with its tries."""
    return DeliveryLog(_delivery(log.callback), [_try(each) for each in log.tries])


def _delivery(callback: Callback) -> DeliveryView:
    found = callback.delivery
    return DeliveryView(
        task_id=wire_id(found.task_id),
        webhook_id=message_id(callback.cell, found.task_id),
        url=found.url,
        state=described(found.state),
        tries=found.tries,
        task_ended_at=found.ended_at,
        next_try_at=found.next_at if found.state is DeliveryState.WAITING else None,
        closed_at=found.closed_at,
        last_status=found.last_status or None,
        last_fault=found.last_fault,
        kind=found.event or (REVIEW if callback.is_review else RESULT),
    )


def _try(found: Try) -> TryView:
    return TryView(found.at, found.status or None, found.fault, found.milliseconds / 1000)
