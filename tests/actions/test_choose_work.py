"""choose_work: what is declined is kept until it is taken away, and what is newly given is taken."""

from manyeyes.actions.change_workers import ChangeWorker, change_workers
from manyeyes.actions.choose_work import ChooseWork, choose_work
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.workers.choices import store as choices
from manyeyes.workers.rules import WorkChoice
from manyeyes.workers.store import Worker
from support.action_stage import Stage

ANN = Worker(worker_id=1, name="Ann", languages=("en", "ru"), queues=(1, 2), reviewer=False)
BEN = Worker(worker_id=2, name="Ben", languages=("en",), queues=(1,), reviewer=False)


async def chosen(stage: Stage, worker_id: int = 1) -> WorkChoice:
    return await stage.read(choices.choice, worker_id)


async def test_the_last_choice_counts_and_only_of_what_was_given(stage: Stage):
    await stage.act(register_workers, RegisterWorker(ANN, b"one"), RegisterWorker(BEN, b"two"))
    assert await chosen(stage) == WorkChoice()
    given = await stage.act(
        choose_work,
        ChooseWork(1, WorkChoice((1,), ())),
        ChooseWork(2, WorkChoice((1, 2), ("ru",))),
        ChooseWork(1, WorkChoice((7, 2), ("vi", "ru"))),
        ChooseWork(99, WorkChoice((1,), ())),
    )
    assert given == [ANN, BEN, ANN, None]
    assert [await chosen(stage), await chosen(stage, 2)] == [WorkChoice((2,), ("ru",)), WorkChoice((1,), ())]
    assert await chosen(stage, 99) == WorkChoice()


async def test_what_is_taken_away_and_given_again_is_taken_and_what_stays_declined_is_not(stage: Stage):
    await stage.act(register_workers, RegisterWorker(ANN, b"one"))
    await stage.act(choose_work, ChooseWork(1, WorkChoice((2,), ("ru",))))
    await stage.act(change_workers, ChangeWorker(worker_id=1, queues=(1, 2, 6), languages=("en", "ru", "vi")))
    assert await chosen(stage) == WorkChoice((2,), ("ru",)), "what is new is taken"
    await stage.act(change_workers, ChangeWorker(worker_id=1, reviewer=True))
    assert await chosen(stage) == WorkChoice((2,), ("ru",))
    await stage.act(change_workers, ChangeWorker(worker_id=1, queues=(1,), languages=("en",)))
    await stage.act(change_workers, ChangeWorker(worker_id=1, queues=(1, 2), languages=("en", "ru")))
    assert await chosen(stage) == WorkChoice()


async def test_who_was_shut_out_chooses_nothing(stage: Stage):
    await stage.act(register_workers, RegisterWorker(ANN, b"one"))
    await stage.act(disable_workers, DisableWorker(worker_id=1))
    assert await stage.act(choose_work, ChooseWork(1, WorkChoice((2,), ()))) == [None]
    assert await chosen(stage) == WorkChoice()
