"""A signed call to an address that a customer names, to see what their receiver makes of it (docs/decisions/0077)."""

import time
from datetime import UTC, datetime

import msgspec

from manyeyes.accounts.store import Owner
from manyeyes.outbound.given_address import read_callback_address
from manyeyes.outbound.rules import DoorReason, DoorRefused
from manyeyes.roles.customer.deliveries import signing_secrets
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import MemberFault, Reason, Refusal
from manyeyes.webhooks.rules import headers

TEST_EVENT = "test"
SHOWN_BYTES = 500  # of what was replied
LARGEST_REPLY = 4_096


class TestCallBody(msgspec.Struct, frozen=True):
    """What a test call tells; ``data`` is empty, for nothing happened."""

    type: str
    timestamp: datetime
    data: dict[str, str]


class TestCallOutcome(msgspec.Struct, frozen=True):
    """What came of a test call. ``status`` 0: no answer, and ``fault`` says why. ``reply``: how the answer begins."""

    status: int
    seconds: float
    reply: str
    fault: str


async def make_test_call(context: Context, owner: Owner, url: str) -> TestCallOutcome | Refusal:
    """Call an address as a result's call-back would, once, signed with the account's secret; return what came of it.

    One at a time of an account's: whoever asks while another is under way is told to wait.
    """
    try:
        address = read_callback_address(url, context.settings.private_networks())
        if not address:
            raise ValueError("an address is wanted")
    except ValueError as error:
        return Refusal(Reason.UNREADABLE, str(error), (MemberFault(str(error), "/url"),))
    with context.waits.place(f"test call {owner.cell} {owner.account_id}", most=1) as has_place:
        if not has_place:
            return Refusal(Reason.TOO_MANY_WAITS, "a test call of yours is under way; wait for it")
        return await _call(context, owner, address)


async def _call(context: Context, owner: Owner, address: str) -> TestCallOutcome:
    at = datetime.now(UTC)
    body = msgspec.json.encode(TestCallBody(TEST_EVENT, at, {}))
    secrets = await signing_secrets(context, owner)
    signed = headers(f"test_{owner.cell}_{await context.id_blocks.take(owner.cell)}", body, at, secrets)
    began = time.monotonic()
    try:
        reply = await context.door.fetch("POST", address, headers=signed, content=body, largest_bytes=LARGEST_REPLY)
    except DoorRefused as refused:
        is_ours = refused.reason in (DoorReason.FORBIDDEN, DoorReason.BAD_ADDRESS)
        said = refused.detail or str(refused.reason)
        return TestCallOutcome(0, 0.0 if is_ours else time.monotonic() - began, "", said)
    text = reply.body[:SHOWN_BYTES].decode("utf-8", "replace")
    return TestCallOutcome(reply.status, time.monotonic() - began, text, "")
