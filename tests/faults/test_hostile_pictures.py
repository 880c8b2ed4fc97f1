"""Pictures that crash, hang or fatten the process that looks at them, and servers that are killed meanwhile."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pool import RecogniserAway, RecogniserPool
from manyeyes.settings import Settings
from support.drawn_pictures import painting, written
from support.in_process_client import Client
from support.recogniser_packages import SECONDS, counted, detail, install, is_running, told, wait_until_dead

pytestmark = pytest.mark.faults
SCRIPT = Path(__file__).with_name("ask_a_recogniser.py")
DEEDS = [
    (b"crash", "crashed", "ended while it looked at the picture (exit code 3)"),
    (b"segfault", "crashed", "ended while it looked at the picture (SIGSEGV)"),
    (b"eat", "memory", "needed more than 300 megabytes of memory"),
    (b"spin", "slow", f"no answer within {SECONDS:g} seconds"),
    (b"sleep", "slow", f"no answer within {SECONDS:g} seconds"),
]


@pytest.fixture
async def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[RecogniserPool]:
    install(tmp_path / "site", monkeypatch, "mischief", "support.mischievous_recogniser:open_mischief")
    pool = RecogniserPool(SECONDS, 300)
    yield pool
    await pool.close()


@pytest.mark.parametrize(("deed", "cause", "sentence"), DEEDS, ids=[deed.decode() for deed, _, _ in DEEDS])
async def test_only_the_hostile_picture_fails_and_is_not_tried_a_third_time(
    pool: RecogniserPool, deed: bytes, cause: str, sentence: str
):
    before = counted("losses", recogniser="mischief", cause=cause)
    good, bad, other = await told(pool, b"good", deed, b"other")
    assert [good, other] == [Finding(1, 0.75, {"seen": "good"}), Finding(1, 0.75, {"seen": "other"})]
    assert isinstance(bad, Failure)
    assert sentence in bad.fault
    assert counted("losses", recogniser="mischief", cause=cause) == before + 2
    assert isinstance((await told(pool, b"next"))[0], Finding)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings that give a recogniser little time."""
    return Settings(data=tmp_path, recogniser_seconds=SECONDS, recogniser_megabytes=300)


async def test_the_server_answers_while_a_recogniser_spins_and_closes_without_it(pool: RecogniserPool, client: Client):
    recognisers = client.context.recognisers
    pid = (await detail(recognisers, b"pid"))["pid"]
    hanging = asyncio.create_task(told(recognisers, b"spin"))
    await asyncio.sleep(0.1)
    assert (await client.get("/help")).status_code == 200
    assert not hanging.done()
    await recognisers.close()
    assert not is_running(pid)
    with pytest.raises(RecogniserAway):
        await hanging


@pytest.mark.parametrize(
    ("seconds", "megabytes"), [(0.5, 1500), (60, 120)], ids=["more time than there is", "more memory than there is"]
)
async def test_a_vast_picture_that_wants_too_much_fails_alone(seconds: float, megabytes: int):
    vast = written(painting(1000, 1000).resize((7000, 7000)), "WEBP", quality=10, method=0)
    pool = RecogniserPool(seconds, megabytes)
    try:
        assert isinstance(await pool.unfold(vast), Failure)
        assert isinstance(await pool.unfold(written(painting(), "WEBP")), list)
    finally:
        await pool.close()


@pytest.mark.parametrize("word", [signal.SIGINT, signal.SIGTERM])
async def test_a_word_to_the_whole_service_is_left_to_the_server(pool: RecogniserPool, word: int):
    pid = (await detail(pool, b"pid"))["pid"]
    os.kill(pid, word)
    assert (await detail(pool, b"pid"))["pid"] == pid


async def test_a_child_killed_by_somebody_else_costs_no_picture(pool: RecogniserPool):
    pid = (await detail(pool, b"pid"))["pid"]
    os.kill(pid, 9)
    await asyncio.to_thread(wait_until_dead, pid)
    assert (await detail(pool, b"pid"))["pid"] != pid


def test_a_server_that_is_killed_leaves_no_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path / "site", monkeypatch, "mischief", "support.mischievous_recogniser:open_mischief")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    server = subprocess.Popen([sys.executable, str(SCRIPT)], stdout=subprocess.PIPE, text=True, env=environment)
    assert server.stdout
    with server.stdout:
        pid = int(server.stdout.readline())
    assert is_running(pid)
    server.kill()
    server.wait()
    wait_until_dead(pid)
