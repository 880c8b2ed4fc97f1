"""add_recognitions: a recognition is added once."""

from manyeyes.actions.add_apps import AddApp, add_apps
from manyeyes.actions.add_recognitions import AddRecognition, add_recognitions
from manyeyes.apps.rules import App
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Label, Recognition
from support.action_stage import Stage

APP = App(
    secret_id="a" * 24,
    name="app",
    cell=1,
    account_id=7,
    medium="image",
    time_zone="UTC",
    public_key="",
    calls_per_second=50,
    suspended=False,
)


def named(task_id: str, number: int) -> Recognition:
    labels = (Label(0, "normal"), Label(1, "advert"))
    return Recognition(
        task_id=task_id,
        recognition_id=number,
        secret_id=APP.secret_id,
        name="adverts",
        recogniser="people",
        model="",
        labels=labels,
        threshold=0.9,
        queue_id=0,
        sample_share=0.0,
        review_seconds=60,
        review_url="",
        price_micros=500,
        closed=False,
    )


async def test_a_batch_of_recognitions(stage: Stage):
    await stage.act(add_apps, AddApp(APP))
    one, two = named("1" * 24, 1), named("2" * 24, 2)
    assert await stage.act(add_recognitions, AddRecognition(one), AddRecognition(two)) == [None, None]
    assert await stage.read(recognitions.recognitions_of, APP.secret_id) == [one, two]


async def test_one_whose_reply_was_lost_is_added_once(stage: Stage):
    await stage.act(add_apps, AddApp(APP))
    one = named("1" * 24, 1)
    await stage.act(add_recognitions, AddRecognition(one), AddRecognition(one))
    await stage.act(add_recognitions, AddRecognition(one))
    assert await stage.read(recognitions.recognitions_of) == [one]
