"""What a pool promises: an outcome per picture, from processes that come and go unseen."""

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from manyeyes.recognisers import request_queue
from manyeyes.recognisers.fair_queue import FairQueue
from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pool import RecogniserAway, RecogniserBusy, RecogniserPool
from support.embedded_owners import wait_until
from support.recogniser_packages import LABELS, counted, detail, is_running, shown, told, wait_until_dead

HEAVY = ("numpy", "onnxruntime", "rapidocr", "cv2", "zxingcpp")


async def test_every_picture_gets_its_outcome_in_its_place(pool: RecogniserPool):
    found = await told(pool, b"one", b"failure", b"two")
    assert found == [
        Finding(1, 0.75, {"seen": "one"}),
        Failure("it is upside down"),
        Finding(1, 0.75, {"seen": "two"}),
    ]


async def test_people_have_no_opinion_and_no_process(pool: RecogniserPool):
    before = counted("pictures", recogniser="people", outcome="finding")
    found = await pool.recognise("people", "", {4: "cat", 2: "dog"}, shown(b"a", b"b"))
    assert found == [Finding(2, 0.0), Finding(2, 0.0)]
    assert counted("pictures", recogniser="people", outcome="finding") == before + 2
    assert counted("starts", recogniser="people", outcome="opened") == 0


async def test_no_picture_is_no_question(pool: RecogniserPool):
    assert await told(pool) == []


async def test_callers_share_one_process_and_many_a_batch(pool: RecogniserPool):
    before = counted("starts", recogniser="mischief", outcome="opened")
    calls = [pool.recognise("mischief", "", {0: "a", number: "b"}, shown(b"pid", b"x")) for number in (1, 1, 2, 1)]
    answers = await asyncio.gather(*calls)
    assert len({answer[0].details["pid"] for answer in answers if isinstance(answer[0], Finding)}) == 1
    assert [type(answer[1]) for answer in answers] == [Finding, Finding, Failure, Finding]  # 1 is no label of the third
    assert counted("starts", recogniser="mischief", outcome="opened") == before + 1


async def test_more_processes_work_side_by_side(mischief: str):
    pool = RecogniserPool(20, 300, processes=2)
    try:
        pid = (await detail(pool, b"pid"))["pid"]
        first = asyncio.create_task(told(pool, b"sleep"))
        await asyncio.sleep(0.1)
        assert (await detail(pool, b"pid"))["pid"] != pid  # answered while the first child sleeps
        assert not first.done()
        first.cancel()
    finally:
        await pool.close()


async def test_what_waits_is_shared_among_the_processes(mischief: str):
    pool = RecogniserPool(20, 300, processes=2)
    try:
        one, other = await told(pool, b"pid", b"pid")
        assert isinstance(one, Finding)
        assert isinstance(other, Finding)
        assert one.details != other.details
    finally:
        await pool.close()


@pytest.mark.parametrize(
    ("picture", "fault"),
    [
        (b"foreign", "label 99, which the recognition has not got"),
        (b"rate 1.5", "gave 1.5 for a rate"),
        (b"rate nan", "gave nan for a rate"),
        (b"rate -0.1", "gave -0.1 for a rate"),
        (b"raise", "could not work on this picture (ZeroDivisionError)"),
        (b"no json", "could not work on this picture (TypeError)"),
        (b"too few", "could not work on this picture (RuntimeError)"),
    ],
)
async def test_what_no_recogniser_may_say_fails_that_picture_alone(pool: RecogniserPool, picture: bytes, fault: str):
    good, bad = await told(pool, b"good", picture)
    assert good == Finding(1, 0.75, {"seen": "good"})
    assert isinstance(bad, Failure)
    assert fault in bad.fault


async def test_details_hold_what_the_database_can_keep(pool: RecogniserPool):
    assert await detail(pool, b"nul") == {"text": ["ab", {"c": ""}]}
    assert await detail(pool, b"much") == {"left_out": "more than 16384 bytes of details"}


async def test_what_a_recogniser_prints_is_not_taken_for_its_answer(pool: RecogniserPool):
    assert (await told(pool, b"chatter"))[0] == Finding(1, 0.75, {"seen": "chatter"})


async def test_labels_that_do_not_fit_are_the_operators_matter(pool: RecogniserPool):
    before = counted("pictures", recogniser="mischief", outcome="unfit")
    with pytest.raises(RecogniserAway, match="label 13 is unlucky"):
        await pool.recognise("mischief", "", {13: "x"}, shown(b"a"))
    assert counted("pictures", recogniser="mischief", outcome="unfit") == before + 1
    assert isinstance((await told(pool, b"a"))[0], Finding)  # the recogniser itself is well


async def test_one_that_nobody_installed_is_away(pool: RecogniserPool):
    with pytest.raises(RecogniserAway, match=r"no recogniser is called 'nobody'; there are .*mischief, .*people"):
        await pool.recognise("nobody", "", LABELS, shown(b"a"))


async def test_one_that_dies_while_it_opens_is_away_with_its_last_words(pool: RecogniserPool):
    with pytest.raises(RecogniserAway, match="ended with 4 while it was opened: about to go"):
        await told(pool, b"a", model="crash")


async def test_a_broken_model_starts_no_process_for_every_call(pool: RecogniserPool, tmp_path: Path):
    before = counted("starts", recogniser="mischief", outcome="failed")
    for _ in range(3):
        with pytest.raises(RecogniserAway, match="is not there"):
            await told(pool, b"a", b"b", model=str(tmp_path / "model"))
    assert counted("starts", recogniser="mischief", outcome="failed") == before + 1


async def test_a_model_that_was_repaired_is_found_after_the_pause(
    pool: RecogniserPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(request_queue, "LONGEST_PAUSE_SECONDS", 0.0)
    with pytest.raises(RecogniserAway):
        await told(pool, b"a", model=str(tmp_path / "model"))
    (tmp_path / "model").touch()
    assert isinstance((await told(pool, b"a", model=str(tmp_path / "model")))[0], Finding)


async def test_an_idle_process_ends_and_the_next_picture_gets_another(
    pool: RecogniserPool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(request_queue, "IDLE_SECONDS", 0.0)
    first = (await detail(pool, b"pid"))["pid"]
    await asyncio.to_thread(wait_until_dead, first)
    assert (await detail(pool, b"pid"))["pid"] != first


async def started(outcome: str, before: float) -> None:
    """Wait until one more child was started, and the task that began it had its turn."""
    await asyncio.to_thread(wait_until, lambda: counted("starts", recogniser="mischief", outcome=outcome) > before)
    await asyncio.sleep(0.01)


async def test_what_is_kept_warm_starts_unasked_and_outlives_idle_time(pool: RecogniserPool, monkeypatch):
    monkeypatch.setattr(request_queue, "IDLE_SECONDS", 0.01)
    before = counted("starts", recogniser="mischief", outcome="opened")
    pool.keep_warm({("mischief", ""), ("people", "")})
    await started("opened", before)
    pids = []
    for _ in range(3):
        pids.append((await detail(pool, b"pid"))["pid"])
        await asyncio.sleep(0.05)
        pool.keep_warm({("mischief", "")})
    assert len(set(pids)) == 1
    assert counted("starts", recogniser="mischief", outcome="opened") == before + 1
    pool.keep_warm(set())
    await asyncio.to_thread(wait_until_dead, pids[0])


async def test_what_cannot_be_kept_warm_is_tried_again_later(pool: RecogniserPool, monkeypatch, tmp_path):
    monkeypatch.setattr(request_queue, "FIRST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(request_queue, "LONGEST_PAUSE_SECONDS", 0.0)
    model, failed = tmp_path / "model", counted("starts", recogniser="mischief", outcome="failed")
    pool.keep_warm({("mischief", str(model))})
    await started("failed", failed)
    model.touch()
    opened = counted("starts", recogniser="mischief", outcome="opened")
    pool.keep_warm({("mischief", str(model))})
    await started("opened", opened)


async def test_whoever_asks_after_one_that_could_not_be_kept_warm_is_served(
    pool: RecogniserPool, monkeypatch, tmp_path
):
    monkeypatch.setattr(request_queue, "FIRST_PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(request_queue, "LONGEST_PAUSE_SECONDS", 0.0)
    model, failed = tmp_path / "model", counted("starts", recogniser="mischief", outcome="failed")
    pool.keep_warm({("mischief", str(model))})
    await started("failed", failed)
    model.touch()
    assert len(await told(pool, b"a", model=str(model))) == 1


async def test_too_much_waiting_is_refused_and_what_waits_is_served(
    pool: RecogniserPool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(request_queue, "LARGEST_WAITING", 2)
    first = asyncio.create_task(told(pool, b"a", b"b"))
    await asyncio.sleep(0)
    with pytest.raises(RecogniserBusy, match="2 pictures wait for mischief"):
        await told(pool, b"c")
    assert len(await first) == 2
    monkeypatch.setattr(request_queue, "LARGEST_WAITING_BYTES", 3)
    with pytest.raises(RecogniserBusy):
        await told(pool, b"four")
    assert len(await told(pool, b"123")) == 1


async def test_a_caller_who_hangs_up_takes_nothing_from_the_others(pool: RecogniserPool):
    gone, stays = asyncio.create_task(told(pool, b"crash")), asyncio.create_task(told(pool, b"stays"))
    await asyncio.sleep(0)
    gone.cancel()
    assert await stays == [Finding(1, 0.75, {"seen": "stays"})]


async def test_a_closed_pool_leaves_no_process_and_nobody_waiting(mischief: str):
    pool = RecogniserPool(60, 300)
    pid = (await detail(pool, b"pid"))["pid"]
    waiting = [asyncio.create_task(told(pool, picture)) for picture in (b"sleep", b"next")]
    await asyncio.sleep(0.1)
    await pool.close()
    assert not is_running(pid)
    for outcome in await asyncio.gather(*waiting, return_exceptions=True):
        assert isinstance(outcome, RecogniserAway)
    with pytest.raises(RecogniserAway, match="the server is closing"):
        await told(pool, b"late")


def test_the_server_loads_nothing_that_recognisers_load():
    code = f"import manyeyes.runtime.context, sys; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


async def test_an_account_has_its_share_and_accounts_take_turns(mischief: str):
    pool = RecogniserPool(20, 300, most_of_an_account=2)
    try:
        first = asyncio.create_task(asked(pool, 7, b"a", b"b"))
        await asyncio.sleep(0)
        with pytest.raises(RecogniserBusy, match="2 pictures of this account wait for mischief"):
            await asked(pool, 7, b"c")
        others = [asyncio.create_task(asked(pool, account, b"d")) for account in (8, 0, 0, 0)]
        assert len(await first) == 2
        assert [len(await other) for other in others] == [1, 1, 1, 1]
        assert len(await asked(pool, 7, b"a", b"b", b"c")) == 3  # where nothing of it waits, one request always may
    finally:
        await pool.close()


async def test_who_sent_much_is_served_in_turn_with_who_sent_little():
    queue: FairQueue[Waiting] = FairQueue()
    for account, size in ((1, 10), (1, 11), (1, 12), (2, 20), (3, 30), (2, 21)):
        queue.put_nowait(Waiting(account, size))
    assert (queue.qsize(), queue.bytes, queue.held_by(1), queue.held_by(9)) == (6, 104, (3, 33), (0, 0))
    assert [queue.get_nowait().size for _ in range(6)] == [10, 20, 30, 11, 21, 12]
    assert (queue.qsize(), queue.bytes, queue.empty()) == (0, 0, True)


class Waiting(NamedTuple):
    account: int
    size: int


async def asked(pool: RecogniserPool, account: int, *pictures: bytes) -> list[Finding | Failure]:
    return await pool.recognise("mischief", "", LABELS, shown(*pictures), account=account)
