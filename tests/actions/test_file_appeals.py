"""file_appeals: one appeal per task, by the worker whose answer votes refused."""

import pytest

from manyeyes.actions.file_appeals import Appealed, FileAppeal, file_appeals
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import PAY, Stage


async def appeal(stage: Stage, worker_id, task_id, words="it is right", **given) -> Appealed | Refusal:
    (outcome,) = await stage.act(file_appeals, FileAppeal(stage.cell, worker_id, task_id, words, **given))
    return outcome


@pytest.fixture
async def refused(stage: Stage) -> tuple[int, int]:
    """Have an answer refused; return (author, task)."""
    account_id, worker_id = await stage.account(), await stage.worker()
    return worker_id, await stage.dispute(account_id, worker_id, "confirm", "confirm")


async def test_who_lost_their_pay_may_appeal_once(stage: Stage, refused: tuple[int, int]):
    assert await appeal(stage, *refused) == Appealed(refused[1], PAY)
    [row] = await stage.rows("appeal")
    assert (row["worker_id"], row["words"], row["pay_micros"], row["accepted"]) == (
        refused[0],
        "it is right",
        PAY,
        None,
    )
    assert (await appeal(stage, *refused, "again")).reason is Reason.ALREADY_APPEALED
    assert await stage.rows("appeal") == [row]


async def test_two_of_one_batch_one_wins(stage: Stage, refused: tuple[int, int]):
    commands = [FileAppeal(stage.cell, *refused, words) for words in ("one", "two")]
    first, second = await stage.act(file_appeals, *commands)
    assert isinstance(first, Appealed)
    assert second.reason is Reason.ALREADY_APPEALED


async def test_an_appeal_tried_again_after_a_lost_connection_knows_its_own_success(
    stage: Stage, refused: tuple[int, int]
):
    await appeal(stage, *refused)
    assert await appeal(stage, *refused, retried=True) == Appealed(refused[1], PAY)
    assert (await appeal(stage, *refused, "other words", retried=True)).reason is Reason.ALREADY_APPEALED


async def test_somebody_elses_answer_and_no_report_at_all_are_refused_alike(stage: Stage, refused: tuple[int, int]):
    stranger = await appeal(stage, stage.number(), refused[1])
    assert stranger == await appeal(stage, refused[0], 987_654)
    assert stranger.reason is Reason.UNKNOWN_REPORT


@pytest.mark.parametrize("votes", [(), ("confirm",), ("reject", "reject")])
async def test_an_answer_that_was_not_refused(stage: Stage, votes):
    account_id, worker_id = await stage.account(), await stage.worker()
    task_id = await stage.dispute(account_id, worker_id, *votes)
    assert (await appeal(stage, worker_id, task_id)).reason is Reason.NOT_REFUSED
    assert await stage.rows("appeal") == []
