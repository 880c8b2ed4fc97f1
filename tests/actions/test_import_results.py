"""import_results: a file's results are stored and counted in one transaction, once."""

from datetime import timedelta

from manyeyes.actions.import_results import CHUNK, Imported, import_results
from support.action_stage import Stage
from support.recognition_calls import Calls, app_of, importing, recognition_of


async def test_a_file_of_several_statements_is_recorded_whole(stage: Stage):
    app = app_of(await stage.account(), cell=stage.cell)
    start = (stage.now - timedelta(days=3)).replace(microsecond=0)
    lines = [f"{(start + timedelta(seconds=n)).isoformat()},{n % 3},false,0.95,{n}" for n in range(2 * CHUNK + 7)]
    command = importing(stage, recognition_of(app), lines)
    assert await stage.act(import_results, command) == [Imported(2 * CHUNK + 7, False)]
    results = await stage.rows("recognition_result", "result_id, name, call_id")
    assert len({row["result_id"] for row in results}) == len({row["name"] for row in results}) == 2 * CHUNK + 7
    assert {row["call_id"] for row in results} == {command.call_id}
    assert sum(row["total"] for row in await stage.rows("recognition_day")) == 2 * CHUNK + 7
    assert await stage.rows("recognition_time") == []


async def test_what_is_imported_adds_to_what_was_recognised_on_that_day(stage: Stage):
    calls = Calls(stage, app_of(await stage.account(), cell=stage.cell))
    await calls.record(calls.found(label=1), calls.found(label=-1))
    line = f"{stage.now.isoformat()},1,true,0.2,old"
    await stage.act(import_results, importing(stage, calls.recognitions[0], [line]))
    days = await stage.rows("recognition_day", "label, total, review")
    assert [tuple(day.values()) for day in days] == [(-1, 1, 0), (1, 2, 1)]
    (row,) = await stage.rows("recognition_quarter", "certain, uncertain, failed, asked")
    assert tuple(row.values()) == (1, 1, 1, 0)


async def test_an_import_tried_again_says_the_same_and_does_nothing(stage: Stage):
    app = app_of(await stage.account(), cell=stage.cell)
    command = importing(stage, recognition_of(app), ["2022-12-05,1,false,0.95,a"])
    first = await stage.act(import_results, command)
    before = await stage.everything()
    assert await stage.act(import_results, command) == first
    assert await stage.everything() == before


async def test_the_same_file_is_taken_once_per_recognition(stage: Stage):
    app = app_of(await stage.account(), cell=stage.cell)
    lines = ["2022-12-05,1,false,0.95,a"]
    one, other = recognition_of(app, 1), recognition_of(app, 2)
    ids = iter(range(20_000_000, 20_000_009))
    commands = [importing(stage, of, lines, first_result_id=next(ids)) for of in (one, one, other)]
    assert await stage.act(import_results, *commands) == [Imported(1, False), Imported(0, True), Imported(1, False)]
    assert len(await stage.rows("recognition_result")) == 2
