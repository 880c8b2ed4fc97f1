"""count_looks: what is marked is counted each time, within the day; what is not marked is shown to anybody."""

from manyeyes.actions.choose_marks import ChooseMarks, choose_marks
from manyeyes.actions.count_looks import CountLook, count_looks
from manyeyes.actions.set_caps import SetCaps, set_caps
from manyeyes.values.marks import ContentMark
from manyeyes.wellbeing.rules import Cap
from support.action_stage import Stage

GORE = ContentMark.GORE


async def test_each_look_counts_until_the_day_allows_no_more(stage: Stage):
    task_id, person = await stage.submit(await stage.account()), stage.number()
    look = CountLook(stage.cell, person, task_id)
    assert await stage.act(count_looks, look) == [True]
    assert await stage.rows("wellbeing") == [], "of what is not marked nothing is counted"
    await stage.set_queue(marks=GORE)
    assert await stage.act(count_looks, look) == [False], "they did not say yes to it"
    await stage.act(choose_marks, ChooseMarks(cell=stage.cell, worker_id=person, queue_id=1, agreed=GORE))
    await stage.act(set_caps, SetCaps(cell=stage.cell, worker_id=person, caps={GORE: Cap(2, 60)}))
    assert await stage.act(count_looks, look, look, look) == [True, True, False]
    (row,) = await stage.rows("wellbeing", "spent")
    assert row["spent"] == f'{{"{GORE:d}": {{"ms": 120000, "pictures": 2}}}}'
    assert await stage.act(count_looks, CountLook(stage.cell, person, 77)) == [False], "there is no such task"
