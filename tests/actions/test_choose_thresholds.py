"""choose_thresholds: a customer's threshold within the operator's bounds of now, and none outside of them ever."""

import asyncpg
import msgspec
import pytest

from manyeyes.actions.add_apps import AddApp, add_apps
from manyeyes.actions.add_recognitions import AddRecognition, add_recognitions
from manyeyes.actions.change_recognitions import ChangeRecognition, change_recognitions
from manyeyes.actions.choose_thresholds import ChooseThreshold, choose_thresholds
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Recognition
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.races import race
from support.recognition_calls import app_of, recognition_of

APP = app_of(7)
FIXED = msgspec.structs.replace(recognition_of(APP, 1), threshold=0.9, bounds=())
FREE = msgspec.structs.replace(recognition_of(APP, 2), task_id="2" * 24, threshold=0.9, bounds=(0.7, 0.95))


@pytest.fixture
async def opened(stage: Stage) -> Stage:
    """A stage with an app that has one recognition with bounds and one without."""
    await stage.act(add_apps, AddApp(APP))
    await stage.act(add_recognitions, AddRecognition(FIXED), AddRecognition(FREE))
    return stage


def choosing(threshold: float, of: Recognition = FREE) -> ChooseThreshold:
    return ChooseThreshold(task_id=of.task_id, threshold=threshold)


def reasons(outcomes: list[Recognition | Refusal]) -> list[str | float]:
    return [str(each.reason) if isinstance(each, Refusal) else each.threshold for each in outcomes]


async def test_what_is_within_the_bounds_is_set_and_nothing_else(opened: Stage):
    commands = [choosing(0.7), choosing(0.69), choosing(0.95), choosing(0.951), choosing(float("nan"))]
    outcomes = await opened.act(
        choose_thresholds, *commands, choosing(0.9, FIXED), ChooseThreshold(task_id="x", threshold=1)
    )
    outside = str(Reason.THRESHOLD_OUT_OF_BOUNDS)
    assert reasons(outcomes) == [0.7, outside, 0.95, outside, outside, "threshold_fixed", "unknown_recognition"]
    refusal = outcomes[1]
    assert isinstance(refusal, Refusal)
    assert [each.pointer for each in refusal.findings] == ["/threshold"]
    assert refusal.detail == "the threshold may be from 0.7 to 0.95 and cannot be 0.69"
    found = await opened.read(recognitions.recognition, FREE.task_id)
    assert found == msgspec.structs.replace(FREE, threshold=0.95)


async def test_people_alone_never_get_a_threshold_of_nothing(opened: Stage):
    await opened.act(change_recognitions, ChangeRecognition(task_id=FREE.task_id, bounds=(0.0, 1.5)))
    async with opened.transaction() as tx:
        await tx.execute("UPDATE recognition SET recogniser = 'people', queue_id = 1")
    assert reasons(await opened.act(choose_thresholds, choosing(0.0), choosing(1.5))) == [
        "threshold_out_of_bounds",
        1.5,
    ]


async def test_the_operator_cannot_leave_a_threshold_outside(opened: Stage):
    change = ChangeRecognition
    outcomes = await opened.act(
        change_recognitions,
        change(task_id=FREE.task_id, bounds=(0.7, 0.8)),
        change(task_id=FREE.task_id, threshold=0.5),
        change(task_id=FREE.task_id, bounds=(0.8, 0.7), threshold=0.75),
        change(task_id=FREE.task_id, bounds=(0.7, 2.5)),
        change(task_id=FREE.task_id, bounds=(0.7,)),
        change(task_id=FREE.task_id, bounds=(0.4, 0.6), threshold=0.5),
        change(task_id=FREE.task_id, bounds=()),
        change(task_id=FREE.task_id, threshold=0.1),
    )
    outside = str(Reason.THRESHOLD_OUT_OF_BOUNDS)
    assert reasons(outcomes) == [outside] * 5 + [0.5, 0.5, 0.1]


@pytest.mark.parametrize("_", range(5))
async def test_bounds_that_are_narrowed_meanwhile_and_a_choice_never_pass_each_other(opened: Stage, _):
    narrowing = ChangeRecognition(task_id=FREE.task_id, bounds=(0.85, 0.95))
    (chosen,), (narrowed,) = await race(
        opened, (choose_thresholds, [choosing(0.75)]), (change_recognitions, [narrowing])
    )
    assert isinstance(chosen, Refusal) != isinstance(narrowed, Refusal)
    refusal = chosen if isinstance(chosen, Refusal) else narrowed
    assert refusal.reason is Reason.THRESHOLD_OUT_OF_BOUNDS
    assert "0.85 to 0.95" in refusal.detail
    found = await opened.read(recognitions.recognition, FREE.task_id)
    assert found is not None
    assert found.bounds[0] <= found.threshold <= found.bounds[1]


@pytest.mark.parametrize(
    "change",
    [
        *("threshold = 0.69", "threshold = 0.96", "threshold = 'nan'", "bounds = '{0.91, 1}'", "bounds = '{0.5}'"),
        *("bounds = '{0.95, 0.7}'", "bounds = '{-1, 1}'", "bounds = '{0, 2.1}'", "bounds = '{0, NULL}'"),
        *("bounds = '{{0, 1}}'", "bounds = '{0, NaN}'", "bounds = '{0, 1, 2}'"),
    ],
)
async def test_the_database_itself_keeps_to_the_bounds(opened: Stage, change: str):
    with pytest.raises(asyncpg.CheckViolationError):
        async with opened.transaction() as tx:
            await tx.execute(f"UPDATE recognition SET {change} WHERE task_id = $1", FREE.task_id)
