"""add_apps: an app is opened once."""

from manyeyes.actions.add_apps import AddApp, add_apps
from manyeyes.apps import store as apps
from manyeyes.apps.rules import App


def named(secret_id: str, name: str) -> App:
    return App(secret_id, name, 1, 7, "image", "UTC", "", 50, False)


async def test_a_batch_of_apps(stage):
    one, two = named("a" * 24, "one"), named("b" * 24, "two")
    assert await stage.act(add_apps, AddApp(one), AddApp(two)) == [None, None]
    assert await apps.apps_of(stage.pool, 7) == [one, two]


async def test_one_whose_reply_was_lost_is_opened_once(stage):
    one = named("a" * 24, "one")
    await stage.act(add_apps, AddApp(one), AddApp(one))
    await stage.act(add_apps, AddApp(one))
    assert await apps.apps_of(stage.pool) == [one]
