"""add_recognitions: a recognition is added once."""

from manyeyes.actions.add_apps import AddApp, add_apps
from manyeyes.actions.add_recognitions import AddRecognition, add_recognitions
from manyeyes.apps.rules import App
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Label, Recognition

APP = App("a" * 24, "app", 1, 7, "image", "UTC", "", 50, False)


def named(task_id: str, number: int) -> Recognition:
    labels = (Label(0, "normal"), Label(1, "advert"))
    return Recognition(task_id, number, APP.secret_id, "adverts", "people", "", labels, 0.9, 0, 0.0, 60, "", 500, False)


async def test_a_batch_of_recognitions(stage):
    await stage.act(add_apps, AddApp(APP))
    one, two = named("1" * 24, 1), named("2" * 24, 2)
    assert await stage.act(add_recognitions, AddRecognition(one), AddRecognition(two)) == [None, None]
    assert await recognitions.recognitions_of(stage.pool, APP.secret_id) == [one, two]


async def test_one_whose_reply_was_lost_is_added_once(stage):
    await stage.act(add_apps, AddApp(APP))
    one = named("1" * 24, 1)
    await stage.act(add_recognitions, AddRecognition(one), AddRecognition(one))
    await stage.act(add_recognitions, AddRecognition(one))
    assert await recognitions.recognitions_of(stage.pool) == [one]
