"""Processor time of a call over HTTP where the database has nothing to do, against uvicorn with nothing behind it.

Calls that are answered from memory (a wrong key or token, an unknown method) are HTTP and the edge alone; two that read
are beside them. Each is measured by turns with `plain_server`, which answers the same always, through uvicorn's own
protocol: the ratio is what counts, since on a shared machine a microsecond has no fixed length.
"""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import psutil
import uvloop

from bench.people import invite
from bench.product import clean_environment, serving
from bench.row import Row
from bench.wire import Refused, connect, request

LINKS, CALLS, ROUNDS = 16, 2_000, 8
PLAIN = "uvicorn with nothing behind it"


def measure(small: bool = False) -> list[Row]:
    """Return a row per call: microseconds of the serving process, and their ratio to uvicorn's in the same rounds."""
    rounds = 2 if small else ROUNDS
    with serving() as product, _plain() as (plain_url, plain_pid):
        people = asyncio.run(invite(product.dsn, 1, 1))
        pid = _serving_pid(product.pid)
        calls = _calls(product.url, people.keys[0], people.tokens[0])
        asked = {name: (product.url, pid, call) for name, call in calls.items()}
        asked[PLAIN] = (plain_url, plain_pid, _post(plain_url, "/getBalance", {"clientKey": "0" * 32}))
        took: dict[str, list[float]] = {name: [] for name in asked}
        for turn in range(rounds + 1):  # the first warms up
            for name, (url, of, call) in asked.items():
                before = _microseconds(of)
                uvloop.run(_ask(url, call))
                if turn:
                    took[name].append((_microseconds(of) - before) / CALLS)
    least = {name: min(times) for name, times in took.items()}
    rows = [Row(f"HTTP: {PLAIN}", least.pop(PLAIN), "us")]
    aims = {"a wrong key": "<= 1"}
    for name, microseconds in least.items():
        details = {"us": microseconds, "us, the slowest round": max(took[name])}
        rows.append(Row(f"HTTP: {name} : {PLAIN}", microseconds / rows[0].value, "", aims.get(name, ""), details))
    return rows


def _calls(url: str, key: str, token: str) -> dict[str, bytes]:
    answer: dict[str, object] = {"lease": "nonsense", "answer": {"text": "7"}}
    return {
        "an unknown method": _post(url, "/getNothing", {"clientKey": key}),
        "a wrong key": _post(url, "/getBalance", {"clientKey": "0" * 32}),
        "a wrong token": _post(url, "/v1/worker/answers", answer, "nonsense"),
        "a lease that is none": _post(url, "/v1/worker/answers", answer, token),
        "getBalance": _post(url, "/getBalance", {"clientKey": key}),
        "getTaskResult of an unknown task": _post(url, "/getTaskResult", {"clientKey": key, "taskId": 123_456}),
    }


def _post(url: str, path: str, body: dict[str, object], token: str = "") -> bytes:
    return request(url, "POST", path, msgspec.json.encode(body), token)


async def _ask(url: str, call: bytes) -> None:
    links = [await connect(url) for _ in range(LINKS)]

    async def ask_often(n: int) -> None:
        for _ in range(CALLS // LINKS):
            with contextlib.suppress(Refused):  # a refusal is what most of these calls are for
                await links[n].ask(call)

    await asyncio.gather(*map(ask_often, range(LINKS)))
    for link in links:
        link.close()


@contextlib.contextmanager
def _plain() -> Iterator[tuple[str, int]]:
    command = [sys.executable, "-m", "bench.plain_server"]
    with subprocess.Popen(command, env=clean_environment(), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}", process.pid
        finally:
            process.terminate()


def _serving_pid(pid: int) -> int:
    """Return the process that serves, below the one that started everything."""
    children = psutil.Process(pid).children()
    return next(int(child.pid) for child in children if "manyeyes.server.serving_process" in child.cmdline())


def _microseconds(pid: int) -> float:
    """Return the processor time that all threads of a process have had; the system counts it in nanoseconds."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((thread / "schedstat").read_text().split()[0]) for thread in threads) / 1000
