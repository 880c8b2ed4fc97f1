"""set_caps: how much of a mark somebody is shown a day, and when their days begin."""

from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.actions.set_caps import SetCaps, set_caps
from manyeyes.values.marks import ContentMark
from manyeyes.wellbeing.rules import Cap
from support.action_stage import Stage

GORE, HATE = ContentMark.GORE, ContentMark.HATE


async def test_a_cap_is_set_alone_and_taken_back(stage: Stage):
    worker_id = stage.number()
    one = SetCaps(cell=stage.cell, worker_id=worker_id, caps={GORE: Cap(5, 6), HATE: Cap(1, 2)})
    other = SetCaps(cell=stage.cell, worker_id=worker_id, caps={GORE: None}, zone="Asia/Bangkok")
    first, second = await stage.act(set_caps, one, other)
    assert (first.caps, first.zone) == ({GORE: Cap(5, 6), HATE: Cap(1, 2)}, "UTC")
    assert (second.caps, second.zone) == ({HATE: Cap(1, 2)}, "Asia/Bangkok")


async def test_a_cap_of_nothing_lets_nothing_come(stage: Stage):
    account_id, worker_id = await stage.account(), await stage.worker()
    await stage.act(choose_marks, ChooseMarks(cell=stage.cell, worker_id=worker_id, queue_id=1, agreed=GORE))
    await stage.submit(account_id, marks=GORE)
    await stage.match()
    await stage.act(set_caps, SetCaps(cell=stage.cell, worker_id=worker_id, caps={GORE: Cap(0, 60)}))
    await stage.look(worker_id)
    assert await stage.desk(worker_id) == [], "it lay there unseen, and went back"
    await stage.hand_out()
    assert await stage.desk(worker_id) == []
