"""manyeyes appeal: the operator's word on verdicts that workers do not accept."""

import pytest

from manyeyes.roles.worker_reports import appeal
from manyeyes.runtime.context import open_context
from manyeyes.settings import Settings
from support import factories


@pytest.fixture
def task_id(dsn, tmp_path, run_async):
    """The number of a task whose answer reviewers refused, and whose worker appealed."""

    async def play() -> int:
        context = await open_context(Settings(data=tmp_path), dsn)
        try:
            customer, hand = await factories.customer(context), await factories.hand(context)
            found = await factories.refunded(context, customer, hand, "4711")
            await appeal(context, hand.worker, found, "The last glyph is a 1.")
            return found
        finally:
            await context.close()

    return run_async(play())


def test_list_shows_what_there_is_to_decide(manyeyes, task_id):
    [found] = manyeyes("appeal", "list", "--json").json["appeals"]
    assert (found["task_id"], found["worker"], found["pay"]) == (task_id, "worker 1", "0.000500")
    assert (found["answer"], found["words"]) == ("4711", "The last glyph is a 1.")
    assert found["votes"] == [{"verdict": "confirm", "reason": "I say confirm"}] * 2
    shown = manyeyes("appeal", "list").out
    assert all(text in shown for text in (str(task_id), "4711", "The last glyph is a 1.", "I say confirm"))


@pytest.mark.parametrize(("word", "accepted", "paid"), [("accept", True, "0.000500"), ("reject", False, "0.000000")])
def test_a_decision_is_told_and_leaves_the_list(manyeyes, task_id, word, accepted, paid):
    done = manyeyes("appeal", word, task_id, "--answer", "We looked again.", "--json").json
    assert done == {"task_id": task_id, "worker_id": 1, "accepted": accepted, "paid": paid}
    assert manyeyes("appeal", "list", "--json").json == {"appeals": []}
    assert manyeyes("db", "check").code == 0
    other = "reject" if accepted else "accept"
    assert "decided already" in manyeyes("appeal", other, task_id).complaint


def test_a_task_without_an_appeal_is_said(manyeyes):
    assert "no appeal" in manyeyes("appeal", "accept", "4711").complaint
    assert manyeyes("appeal", "accept", "x").code == 1
    assert manyeyes("appeal", "list", "--json").json == {"appeals": []}


def test_the_customer_s_statement_shows_the_refund(manyeyes, task_id):
    found = manyeyes("account", "statement", "customer 1", "--json").json
    lines = manyeyes("account", "statement", "customer 1", "--csv", "entry").out.splitlines()
    assert [line.split(",")[1] for line in lines[1:]] == ["top_up", "task", "refund"]
    assert (found["charged"], found["refunded"], found["closing"]) == ("-0.000700", "0.000700", "10.000000")
