"""add_apps: an app is opened once."""

from manyeyes.actions.add_apps import AddApp, add_apps
from manyeyes.apps import store as apps
from manyeyes.apps.rules import App
from support.action_stage import Stage


def named(secret_id: str, name: str) -> App:
    return App(
        secret_id=secret_id,
        name=name,
        cell=1,
        account_id=7,
        medium="image",
        time_zone="UTC",
        public_key="",
        calls_per_second=50,
        suspended=False,
    )


async def test_a_batch_of_apps(stage: Stage):
    one, two = named("a" * 24, "one"), named("b" * 24, "two")
    assert await stage.act(add_apps, AddApp(one), AddApp(two)) == [None, None]
    assert await stage.read(apps.apps_of, 7) == [one, two]


async def test_one_whose_reply_was_lost_is_opened_once(stage: Stage):
    one = named("a" * 24, "one")
    await stage.act(add_apps, AddApp(one), AddApp(one))
    await stage.act(add_apps, AddApp(one))
    assert await stage.read(apps.apps_of) == [one]
