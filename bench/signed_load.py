"""The load generator of the signed contract, a process of its own. ``python -m bench.signed_load < order``.

Every call has a nonce of its own and is signed before the load begins. Each customer sends the next call when the last
one is answered; an answer that is not code 0 ends the run.
"""

import asyncio
import base64
import os
import sys
import time
from collections.abc import Iterator
from typing import Any, cast

import msgspec
import psutil
import uvloop
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench.cpu import Cpu, spent
from bench.row import percentile
from bench.wire import connect, request


class Order(msgspec.Struct, frozen=True):
    """``pictures`` in base64, sent in turn; ``signed``: how many calls are signed beforehand."""

    url: str
    pid: int
    secret_id: str
    private_key: str
    task_id: str
    pictures: list[str]
    customers: int
    signed: int
    warm_seconds: float
    seconds: float


class Report(msgspec.Struct, frozen=True):
    """What happened in ``seconds``: calls, their milliseconds, and CPU seconds.

    ``below_cpu``: of recognisers' processes; ``server_cpu`` holds them too.
    """

    seconds: float
    calls: int
    rate: float
    p50: float
    p99: float
    server_cpu: float
    postgres_cpu: float
    below_cpu: float


class Load:
    """Shared by all customers: the calls that are left, and what was seen since the measurement began."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.calls = iter(list(_signed(order)))
        self.waits: list[float] = []
        self.stopping = False

    async def customer(self) -> None:
        """Send one signed call after the other until told to stop.

        Raises RuntimeError for a refused call and when the calls are used up.
        """
        link = await connect(self.order.url)
        while not self.stopping and (call := next(self.calls, None)):
            began = time.perf_counter()
            reply = await link.ask(call)
            self.waits.append(1000 * (time.perf_counter() - began))
            if b'\\"code\\":0,' not in reply:
                raise RuntimeError(f"a call was refused: {reply[:300]!r}")
        link.close()
        if not self.stopping:
            raise RuntimeError("all calls that were signed beforehand are used up")


def _signed(order: Order) -> Iterator[bytes]:
    path = f"/v3/recognition/image/sync/base64/{order.secret_id}"
    key = load_key(order.private_key)
    for number in range(order.signed):
        asked = {"images": [order.pictures[number % len(order.pictures)]], "tasks": [order.task_id]}
        yield request(order.url, "POST", path, signed_body(key, order.secret_id, f"{os.getpid()}{number:07}", asked))


def load_key(pem: str) -> rsa.RSAPrivateKey:
    """Return the RSA key in a PEM."""
    return cast(rsa.RSAPrivateKey, load_pem_private_key(pem.encode(), None))


def signed_body(key: rsa.RSAPrivateKey, secret_id: str, nonce: str, asked: dict[str, Any]) -> bytes:
    """Return the JSON body of a call that asks for this."""
    now = int(time.time())
    signature = key.sign(f"{secret_id},{now},{nonce}".encode(), padding.PKCS1v15(), SHA256())
    members = {"timestamp": now, "nonce": nonce, "signature": base64.b64encode(signature).decode()}
    return msgspec.json.encode(members | asked)


async def run(order: Order) -> Report:
    """Run all customers; return what was seen in the measured window, or raise the first failure."""
    load = Load(order)
    customers = [asyncio.create_task(load.customer()) for _ in range(order.customers)]
    watch = asyncio.create_task(_window(load))
    done, _ = await asyncio.wait([watch, *customers], return_when=asyncio.FIRST_EXCEPTION)
    for each in done:
        each.result()
    return watch.result()


async def _window(load: Load) -> Report:
    await asyncio.sleep(load.order.warm_seconds)
    load.waits.clear()
    before, began = spent(load.order.pid), time.perf_counter()
    below = _recognisers(load.order.pid)
    await asyncio.sleep(load.order.seconds)
    waits, seconds = list(load.waits), time.perf_counter() - began
    used: Cpu = spent(load.order.pid).since(before)
    load.stopping = True
    return Report(
        seconds=seconds,
        calls=len(waits),
        rate=len(waits) / seconds,
        p50=percentile(waits, 50),
        p99=percentile(waits, 99),
        server_cpu=used.server,
        postgres_cpu=used.postgres,
        below_cpu=_recognisers(load.order.pid) - below,
    )


def _recognisers(pid: int) -> float:
    """Return the CPU seconds of the recognisers' processes below the product."""
    times = [
        p.cpu_times() for p in psutil.Process(pid).children(recursive=True) if "recognisers" in " ".join(p.cmdline())
    ]
    return float(sum(t.user + t.system for t in times))


if __name__ == "__main__":
    os.write(1, msgspec.json.encode(uvloop.run(run(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)))))
