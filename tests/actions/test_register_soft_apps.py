"""register_soft_apps: a softId belongs to the first who took it."""

import msgspec

from manyeyes.actions.register_soft_apps import RegisterSoftApp, register_soft_apps
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.store import SoftApp
from support.action_stage import Stage

READER = SoftApp(847, "Reader", 1, 7)
OTHER = SoftApp(848, "Other", 1, 8)


async def test_a_number_is_taken_once(stage: Stage):
    rival = msgspec.structs.replace(READER, name="Rival", account_id=8)
    batch = [RegisterSoftApp(each) for each in (READER, OTHER, rival, READER)]
    assert await stage.act(register_soft_apps, *batch) == [True, True, False, False]
    assert await stage.act(register_soft_apps, RegisterSoftApp(rival, retried=True)) == [False]
    assert await stage.read(soft_apps.soft_apps) == {847: READER, 848: OTHER}


async def test_one_whose_reply_was_lost_has_its_number(stage: Stage):
    await stage.act(register_soft_apps, RegisterSoftApp(READER))
    assert await stage.act(register_soft_apps, RegisterSoftApp(READER, retried=True)) == [True]
