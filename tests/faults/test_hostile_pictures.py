"""Pictures that crash, hang or fatten the process that looks at them, and servers that are killed meanwhile."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from manyeyes.recognisers.interface import Failure, Finding
from manyeyes.recognisers.pool import RecogniserPool
from recognisers.asking import SECONDS, counted, detail, install, is_running, told, wait_until_dead

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
async def pool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path / "site", monkeypatch, "mischief", "recognisers.mischief:open_mischief")
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


async def test_the_server_goes_on_while_a_recogniser_hangs(pool: RecogniserPool):
    hanging = asyncio.create_task(told(pool, b"spin"))
    assert (await pool.recognise("people", "", {0: "a"}, []), await pool.unfold(b"<svg/>" * 20)) == (
        [],
        Failure("this is SVG, HTML or other XML, which is not read; send PNG, JPEG, WebP, TIFF, BMP or GIF"),
    )
    assert not hanging.done()
    assert isinstance((await hanging)[0], Failure)


async def test_a_child_killed_by_somebody_else_costs_no_picture(pool: RecogniserPool):
    pid = (await detail(pool, b"pid"))["pid"]
    os.kill(pid, 9)
    await asyncio.to_thread(wait_until_dead, pid)
    assert (await detail(pool, b"pid"))["pid"] != pid


def test_a_server_that_is_killed_leaves_no_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    install(tmp_path / "site", monkeypatch, "mischief", "recognisers.mischief:open_mischief")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)}
    server = subprocess.Popen([sys.executable, str(SCRIPT)], stdout=subprocess.PIPE, text=True, env=environment)
    assert server.stdout
    with server.stdout:
        pid = int(server.stdout.readline())
    assert is_running(pid)
    server.kill()
    server.wait()
    wait_until_dead(pid)
