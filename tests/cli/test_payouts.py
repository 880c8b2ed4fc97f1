"""manyeyes worker payouts and what is done with them, from the request to the bank's reference."""

import csv

import pytest

from manyeyes.runtime.context import open_context
from manyeyes.settings import Settings
from support import factories
from support.action_stage import set_stage
from support.paid_people import earn


@pytest.fixture
def ada(dsn, tmp_path, run_async, monkeypatch):
    """A worker with the pay of three answers."""
    monkeypatch.setenv("MANYEYES_SMALLEST_PAYOUT", "0.0005")

    async def play() -> str:
        context = await open_context(Settings(data=tmp_path), dsn)
        try:
            hand = await factories.hand(context)
            await earn(await set_stage(context.cells.directory), hand.worker.worker_id, 3)
            return hand.worker.name
        finally:
            await context.close()

    return run_async(play())


def ask(manyeyes, ada, *more):
    return manyeyes("worker", "ask-payout", ada, "--to", "DE02 1203 4321", *more, "--json").json


def test_from_the_request_to_the_reference(manyeyes, ada):
    asked = ask(manyeyes, ada)
    assert (asked["amount"], asked["state"], asked["to"]) == ("0.001500", "requested", "…4321")
    number = asked["request"]
    [waiting] = manyeyes("worker", "payouts", "--json").json["payouts"]
    assert waiting == asked | {"worker": ada}
    assert ada in manyeyes("worker", "payouts").out
    assert manyeyes("worker", "payouts", "--csv").out.strip().count("\n") == 0
    assert manyeyes("worker", "approve-payout", number, "--json").json["state"] == "approved"
    [row] = csv.DictReader(manyeyes("worker", "payouts", "--csv").out.splitlines())
    assert (row["request"], row["amount"], row["to"]) == (str(number), "0.001500", "DE02 1203 4321")
    refused = manyeyes("worker", "mark-paid", number, "--reference", "batch 3", "--amount", "0.001").complaint
    assert "0.001500 of request" in refused
    for _ in range(2):
        paid = manyeyes("worker", "mark-paid", number, "--reference", "batch 3", "--amount", "0.0015", "--json").json
        assert (paid["state"], paid["words"]) == ("paid", "batch 3")
    assert manyeyes("worker", "payouts", "--json").json == {"payouts": []}
    [ended] = manyeyes("worker", "payouts", "--ended", "--json").json["payouts"]
    assert ended == paid | {"worker": ada}
    assert "difference 0" in manyeyes("db", "check").out


def test_what_is_declined_may_be_asked_for_again(manyeyes, ada):
    number = ask(manyeyes, ada)["request"]
    declined = manyeyes("worker", "decline-payout", number, "a digit too few", "--json").json
    assert (declined["state"], declined["words"]) == ("declined", "a digit too few")
    again = ask(manyeyes, ada, "--amount", "0.0010")
    assert again["amount"] == "0.001000"
    assert again["request"] != number
    assert "is declined" in manyeyes("worker", "approve-payout", number).complaint
    assert "difference 0" in manyeyes("db", "check").out


def test_a_worker_who_was_disabled_is_asked_for_too(manyeyes, ada):
    assert manyeyes("worker", "disable", ada).code == 0
    assert ask(manyeyes, ada, "--disabled")["state"] == "requested"


def test_what_cannot_be_is_said(manyeyes, ada):
    assert (
        "less than that to be paid out" in manyeyes("worker", "ask-payout", ada, "--to", "x", "--amount", "1").complaint
    )
    assert "cannot be asked for" in manyeyes("worker", "ask-payout", ada, "--to", "x", "--amount", "0.0001").complaint
    assert "say where" in manyeyes("worker", "ask-payout", ada).complaint
    assert "no request 77" in manyeyes("worker", "approve-payout", 77).complaint
    number = ask(manyeyes, ada)["request"]
    assert "is requested" in manyeyes("worker", "mark-paid", number, "--reference", "7").complaint
    assert "the reason" in manyeyes("worker", "decline-payout", number, " ").complaint
