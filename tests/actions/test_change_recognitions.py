"""change_recognitions: what is given of a recognition changes, the rest stays."""

import msgspec

from manyeyes.actions.add_apps import AddApp, add_apps
from manyeyes.actions.add_recognitions import AddRecognition, add_recognitions
from manyeyes.actions.change_recognitions import UNKNOWN, ChangeRecognition, change_recognitions
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
ONE = Recognition(
    task_id="1" * 24,
    recognition_id=1,
    secret_id=APP.secret_id,
    name="adverts",
    recogniser="people",
    model="",
    labels=(Label(0, "normal"), Label(1, "advert")),
    threshold=0.9,
    queue_id=0,
    sample_share=0.0,
    review_seconds=60,
    review_url="",
    price_micros=500,
    closed=False,
)
TWO = msgspec.structs.replace(ONE, task_id="2" * 24, recognition_id=2)


async def test_what_is_given_changes_in_its_order(stage: Stage):
    await stage.act(add_apps, AddApp(APP))
    await stage.act(add_recognitions, AddRecognition(ONE), AddRecognition(TWO))
    batch = [
        ChangeRecognition(task_id=TWO.task_id, threshold=0.5, closed=True),
        ChangeRecognition(task_id=ONE.task_id, queue_id=1, sample_share=0.25, review_seconds=9),
        ChangeRecognition(task_id="3" * 24, closed=True),
        ChangeRecognition(task_id=TWO.task_id, threshold=0.75, price_micros=0, review_url="https://a.example/"),
    ]
    outcomes = await stage.act(change_recognitions, *batch)
    one = msgspec.structs.replace(ONE, queue_id=1, sample_share=0.25, review_seconds=9)
    two = msgspec.structs.replace(TWO, threshold=0.75, closed=True, price_micros=0, review_url="https://a.example/")
    assert await stage.read(recognitions.recognitions_of) == [one, two]
    closed = msgspec.structs.replace(TWO, threshold=0.5, closed=True)
    assert outcomes == [closed, one, UNKNOWN, two]
