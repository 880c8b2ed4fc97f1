"""What another customer feels while one attacker does their worst: getBalance's p99, attacked against idle, as a ratio.

Each attack is one process with one connection (the silent ones have many), for ten seconds. The aim is that every
ratio stays under five.
"""

import asyncio
import contextlib
import subprocess
import sys
import time

import msgspec
import uvloop

from bench.assaults import ASSAULTS, Target
from bench.people import invite
from bench.product import Product, serving
from bench.row import Row, percentile
from bench.wire import connect, maker

SECONDS, SMALL_SECONDS = 10.0, 2.0
PAUSE_SECONDS = 0.005  # between two questions, so that the customer is no load
REST_SECONDS = 1.0  # after an attack, for the server to be done with it
AIM = "< 5"


def measure(small: bool = False) -> list[Row]:
    """Return p99 in milliseconds for an idle server, and a ratio to it for each attack."""
    seconds = SMALL_SECONDS if small else SECONDS
    with serving(MANYEYES_ALLOWED_PRIVATE_NETWORKS="127.0.0.0/8") as product:  # an attacker's receiver is called
        people = uvloop.run(invite(product.dsn, 2, 1))
        customer, attacker = people.keys
        idle = _asked(product, customer, 2 * seconds)
        rows = [Row("getBalance, idle, p99", percentile(idle, 99), "ms", "", {"p50 ms": percentile(idle, 50)})]
        target = Target(product.url, attacker, people.tokens[0])
        for name in ASSAULTS:
            attacked = _attacked(product, customer, target, name, seconds)
            p99, calm = percentile(attacked, 99), percentile(idle, 99)
            details = {"p99 ms": p99, "worst ms": max(attacked), "asked": len(attacked)}
            rows.append(Row(f"attacked by {name}", p99 / calm, "x", AIM, details))
    return rows


def _attacked(product: Product, key: str, target: Target, name: str, seconds: float) -> list[float]:
    attacker = subprocess.Popen(
        [sys.executable, "-m", "bench.assaults", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert attacker.stdin
    assert attacker.stdout
    try:
        attacker.stdin.write(msgspec.json.encode(target) + b"\n")
        attacker.stdin.flush()
        attacker.stdout.readline()  # it is at work
        return _asked(product, key, seconds)
    finally:
        attacker.kill()
        attacker.wait()
        time.sleep(REST_SECONDS)


def _asked(product: Product, key: str, seconds: float) -> list[float]:
    return uvloop.run(_ask(product, key, seconds))


async def _ask(product: Product, key: str, seconds: float) -> list[float]:
    """Ask for the balance again and again; return how long each took, in milliseconds."""
    link, ask = await connect(product.url), maker(product.url, "POST", "/getBalance")
    request = ask(msgspec.json.encode({"clientKey": key}))
    found, until = [], time.perf_counter() + seconds
    while time.perf_counter() < until:
        began = time.perf_counter()
        reply = await link.ask(request)
        found.append(1000 * (time.perf_counter() - began))
        if b'"errorId":0' not in reply:
            raise RuntimeError(f"the customer reads {reply!r}")
        await asyncio.sleep(PAUSE_SECONDS)
    link.close()
    with contextlib.suppress(IndexError):
        del found[0]  # the first one warms up what was idle
    return found
