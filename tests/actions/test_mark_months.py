"""A sealed month is exported, again and again, and dropped once; both are told."""

from manyeyes.actions.mark_months import MarkMonth, mark_months
from manyeyes.actions.seal_months import due_months
from manyeyes.ledger.seals import store as seals
from support.action_stage import Stage
from support.sealed_months import go_to, months_ago, seal


async def sealed(stage: Stage) -> tuple[str, MarkMonth]:
    """Seal a month of an installation, and return its name and the command that notes its export."""
    now = stage.now
    await go_to(stage, months_ago(stage, 1))
    await stage.account(100_000)
    await go_to(stage, now)
    (until,) = await stage.read(due_months, stage.cell)
    (name,) = await seal(stage)
    return name, MarkMonth(cell=stage.cell, until=until)


async def deeds(stage: Stage) -> list[tuple[str, str]]:
    rows = await stage.rows("trail_entry", "number, deed, subject", "deed LIKE 'month%'")
    return [(row["deed"], row["subject"]) for row in rows]


async def test_each_export_is_noted_and_told(stage: Stage):
    name, export = await sealed(stage)
    assert await stage.act(mark_months, export) == await stage.act(mark_months, export) == [True]
    (kept,) = await stage.read(seals.seals, stage.cell)
    assert (kept.exported_at, kept.dropped_at, kept.gone_through) == (stage.now, None, 0)
    assert await deeds(stage) == [("month.export", f"month:{name}")] * 2


async def test_a_month_is_dropped_once(stage: Stage):
    name, export = await sealed(stage)
    drop = MarkMonth(cell=stage.cell, until=export.until, gone_through=7, is_dropped=True)
    assert [await stage.act(mark_months, drop), await stage.act(mark_months, drop)] == [[True], [False]]
    assert await stage.read(seals.gone_through, stage.cell) == 7
    assert await deeds(stage) == [("month.drop", f"month:{name}")]


async def test_a_month_that_is_not_sealed_is_not_noted(stage: Stage):
    (unknown,) = await stage.act(mark_months, MarkMonth(cell=stage.cell, until=stage.now))
    assert unknown is False
    assert await deeds(stage) == []
