"""change_apps: what is given of an app changes, the rest stays."""

import msgspec

from manyeyes.actions.add_apps import AddApp, add_apps
from manyeyes.actions.change_apps import ChangeApp, change_apps
from manyeyes.apps import store as apps
from manyeyes.apps.rules import App
from support.action_stage import Stage

ONE = App(
    secret_id="a" * 24,
    name="one",
    cell=1,
    account_id=7,
    medium="image",
    time_zone="UTC",
    public_key="old key",
    calls_per_second=50,
    suspended=False,
)
TWO = App(
    secret_id="b" * 24,
    name="two",
    cell=1,
    account_id=7,
    medium="image",
    time_zone="UTC",
    public_key="old key",
    calls_per_second=50,
    suspended=True,
)


async def test_what_is_given_changes_in_its_order(stage: Stage):
    await stage.act(add_apps, AddApp(ONE), AddApp(TWO))
    batch = [
        ChangeApp(secret_id=TWO.secret_id, suspended=False, calls_per_second=3),
        ChangeApp(secret_id=ONE.secret_id, public_key="new key"),
        ChangeApp(secret_id="c" * 24, suspended=True),
        ChangeApp(secret_id=TWO.secret_id, calls_per_second=4),
    ]
    assert await stage.act(change_apps, *batch) == [True, True, False, True]
    assert await stage.read(apps.app, ONE.secret_id) == msgspec.structs.replace(ONE, public_key="new key")
    changed = msgspec.structs.replace(TWO, suspended=False, calls_per_second=4)
    assert await stage.read(apps.app, TWO.secret_id) == changed
