"""Whoever writes into the log, it is one JSON line: libraries, the event loop, threads, warnings, children."""

import json
import subprocess
import sys

import pytest

from manyeyes.logs.unsaid import HIDDEN, said
from manyeyes.recognisers.said_lines import SaidLines
from support.real_server import environment

PROGRAM = """
import asyncio, logging, threading, warnings
from manyeyes.logs.lines import set_up_logs, tell_unheard

async def fails():
    raise RuntimeError("over two\\nlines")

async def main():
    asyncio.get_running_loop().set_exception_handler(tell_unheard)
    task = asyncio.create_task(fails())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    del task

class Stubborn:
    def __del__(self):
        raise RuntimeError("not even that")

set_up_logs()
asyncio.run(main())
try:
    1 / 0
except ZeroDivisionError:
    logging.getLogger("asyncpg.pool").exception("a driver's own words")
logging.getLogger("mcp").info("nobody asked")
warnings.warn("old ways", DeprecationWarning, stacklevel=1)
thread = threading.Thread(target=lambda: [][1])
thread.start()
thread.join()
Stubborn()
raise ValueError("nobody caught it")
"""


def test_what_others_write_is_one_line_each():
    done = subprocess.run(
        [sys.executable, "-W", "always", "-c", PROGRAM], capture_output=True, text=True, env=environment()
    )
    assert done.returncode == 1
    found = [json.loads(line) for line in done.stderr.splitlines()]
    words = [(each["event"].splitlines()[0].rpartition(": ")[2], each["level"]) for each in found]
    assert words == [
        ("fault_unheard", "error"),
        ("a driver's own words", "error"),
        ("old ways", "warning"),
        ("thread_failed", "error"),
        ("fault_unraisable", "error"),
        ("process_failed", "critical"),
    ]
    assert found[0]["said"] == "Task exception was never retrieved"
    assert "over two\nlines" in found[0]["exception"]
    assert found[1]["logger"] == "asyncpg.pool"
    assert "ZeroDivisionError" in found[1]["exception"]


TRACE = b"""Traceback (most recent call last):
  File "<string>", line 1, in <module>
ZeroDivisionError: division by zero

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "<string>", line 3, in <module>
    raise ValueError("x")
ValueError: x
"""


@pytest.mark.parametrize("size", [1, 7, 60, 1000])
def test_a_childs_traceback_is_one_line(size: int):
    came, heard = b"a word before\n" + TRACE + b"and after\n\nthe end", SaidLines()
    found = [line for at in range(0, len(came), size) for line in heard.take(came[at : at + size])]
    found += heard.end()
    whole = "\n".join(line for line in TRACE.decode().splitlines() if line)
    assert found == ["a word before", whole, "and after", "the end"]


def test_two_tracebacks_are_two_lines_and_one_that_stays_is_given_when_asked():
    heard = SaidLines()
    assert len(heard.take(b"Traceback (most recent call last):\n  File\nError\n" * 2)) == 1
    assert heard.holds_trace
    assert heard.end_trace() == ["Traceback (most recent call last):\n  File\nError"]
    assert not heard.holds_trace


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("get 0f1e2d3c4b5a69788796a5b4c3d2e1f0!", f"get {HIDDEN}!"),
        ("token cQ3sVw8yRt1Zx7Kp0LmN2vB5tYs8hJd4", f"token {HIDDEN}"),
        ("postgres://manyeyes:hunter2@db/x", f"postgres://{HIDDEN}@db/x"),
        ("at https://a.test/b?key=hunter2 now", f"at https://a.test/b?{HIDDEN} now"),
        ("invalid input for query argument $1: 'hunter2' (text)", f"invalid input for query argument $1: {HIDDEN}"),
        ("DETAIL:  Key (email)=(ann@a.test) already exists.", f"DETAIL:  Key (email)=({HIDDEN}) already exists."),
        ("IdleInTransactionSessionTimeoutError", "IdleInTransactionSessionTimeoutError"),
        ("return_lapsed_judgements of 1234567890123456789012", "return_lapsed_judgements of 1234567890123456789012"),
        (
            'relation "public.recognition_quarter" does not exist',
            'relation "public.recognition_quarter" does not exist',
        ),
    ],
)
def test_what_looks_drawn_by_chance_is_left_out_and_names_stay(text: str, shown: str):
    assert said(text) == shown
