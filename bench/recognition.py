"""The signed contract: calls per second that only cost the contract, what RSA takes of them, a round trip, and a model.

`people` recognises nothing, so a call is its signature, its picture, its rows and the answer's signature; every picture
becomes a review task. `advertising` reads codes and words on drawn listings. Calls are signed before they are counted:
a customer signs on their own machine.
"""

import base64
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from bench.people import invite
from bench.product import Product, clean_environment, serving
from bench.row import Row
from bench.signed_load import Order, Report
from bench.wire import picture
from demo.pictures import draw
from manyeyes.values.response_signing import ResponseSigner, new_private_key

CUSTOMERS = (1, 8, 32)
SECONDS, SMALL_SECONDS, WARM_SECONDS = 10.0, 3.0, 2.0
CALLS_PER_SECOND = 1_500  # signed beforehand for each second of load; a customer who has used theirs up ends the run
LABELS = "0=normal,1=QR or bar code,2=text"
LISTINGS = 24
SIGNATURES = 300


class Made(msgspec.Struct, frozen=True):
    """An app with a recognition, as the command line makes them."""

    secret_id: str
    private_key: str
    task_id: str


def measure(small: bool = False) -> list[Row]:
    """Return calls per second by customers, the round trip, RSA's share, and pictures per second of a model."""
    seconds = SMALL_SECONDS if small else SECONDS
    rows: list[Row] = []
    with serving() as product:
        made = _make(product, "people", "--review-queue")
        reports = {count: _load(product, made, count, [picture()], seconds) for count in CUSTOMERS}
        rows += [_calls(count, report) for count, report in reports.items()]
        rows.append(Row("signed round trip, one customer, p50", reports[1].p50, "ms", "", {"p99": reports[1].p99}))
        rows += [_share(reports[CUSTOMERS[-1]]), _two_threads()]
        model = _make(product, "advertising")
        listings = [draw("listing", number).data for number in range(LISTINGS)]
        _load(product, model, 1, listings, 3.0, warm=5.0)  # the recogniser's process starts
        report = _load(product, model, 8, listings, seconds)
        details = {"p50 ms": report.p50, "recogniser's processor ms": 1000 * report.below_cpu / report.calls}
        rows.append(Row("advertising, 8 customers, listings of 640 x 480", report.rate, "pictures/s", "", details))
        _prove(product)
    return rows


def _make(product: Product, recogniser: str, *more: str) -> Made:
    """Open an account, an app and a recognition; nobody is to be refused for money, pace or a full queue."""
    account = _invited(product)
    app = command(product.data, "app", "create", f"bench {recogniser}", "--account", str(account), "--rate", "1000000")
    command(product.data, "queue", "set", "1", "--capacity", "100000000")
    asked = ("--recogniser", recogniser, "--labels", LABELS, "--threshold", "0.9", *more)
    made = command(product.data, "recognition", "create", app["secret_id"], *asked)
    return Made(app["secret_id"], app["private_key_pkcs8"], made["task_id"])


def _invited(product: Product) -> int:
    return uvloop.run(invite(product.dsn, 1, 0)).first_account


def _load(
    product: Product, made: Made, customers: int, pictures: Sequence[bytes], seconds: float, warm: float = WARM_SECONDS
) -> Report:
    """Run the load generator, which signs its calls first, and return what it saw."""
    order = Order(
        url=product.url,
        pid=product.pid,
        secret_id=made.secret_id,
        private_key=made.private_key,
        task_id=made.task_id,
        pictures=[base64.b64encode(each).decode() for each in pictures],
        customers=customers,
        signed=int((seconds + warm) * CALLS_PER_SECOND),
        warm_seconds=warm,
        seconds=seconds,
    )
    done = subprocess.run(
        [sys.executable, "-m", "bench.signed_load"],
        input=msgspec.json.encode(order),
        stdout=subprocess.PIPE,
        check=True,
    )
    return msgspec.json.decode(done.stdout, type=Report)


def _calls(customers: int, report: Report) -> Row:
    details = {
        "p50 ms": report.p50,
        "p99 ms": report.p99,
        "server ms": 1000 * report.server_cpu / report.calls,
        "PostgreSQL ms": 1000 * report.postgres_cpu / report.calls,
    }
    return Row(f"recognitions of `people`, {customers} customers", report.rate, "/s", "", details)


def _share(report: Report) -> Row:
    """Return how much of the server's processor time of a call its two signatures are, measured apart."""
    verify, sign = rsa_seconds()
    each = report.server_cpu / report.calls
    details = {
        "verify ms": 1000 * verify,
        "sign ms": 1000 * sign,
        "server ms a call": 1000 * each,
        "of that in children that decode": 1000 * report.below_cpu / report.calls,
    }
    return Row("RSA's share of the server's time", 100 * (verify + sign) / each, "%", ">= 60", details)


def _two_threads() -> Row:
    """Return how much more two threads sign than one: 2 where the binding lets go of the interpreter's lock."""
    signer, both = ResponseSigner(new_private_key(2048)), []
    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:
            began, own = time.perf_counter(), time.process_time()
            list(pool.map(lambda _: signer.signed('{"code":0}'), range(threads * SIGNATURES)))
            both.append((time.perf_counter() - began, time.process_time() - own))
    (one, one_cpu), (two, two_cpu) = both
    details = {"cores used by one": one_cpu / one, "by two": two_cpu / two}
    return Row("signing, two threads : one", 2 * one / two, "", "", details)


def rsa_seconds() -> tuple[float, float]:
    """Return the seconds of verifying and of signing with keys of 2,048 bits."""
    customer = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text, signer = b"0" * 24 + b",1795327089,0.387212879582294", ResponseSigner(new_private_key(2048))
    signature, public = customer.sign(text, padding.PKCS1v15(), SHA256()), customer.public_key()
    began = time.process_time()
    for _ in range(SIGNATURES):
        public.verify(signature, text, padding.PKCS1v15(), SHA256())
    verified = time.process_time()
    for _ in range(SIGNATURES):
        signer.signed('{"code":0}')
    return (verified - began) / SIGNATURES, (time.process_time() - verified) / SIGNATURES


def _prove(product: Product) -> None:
    """Raise RuntimeError unless every count and every amount adds up after the load."""
    books = command(product.data, "db", "check")
    if any(cell["findings"] for cell in books.get("cells", [books])):
        raise RuntimeError(f"the books do not balance: {books}")


def command(data: Path, *words: str) -> dict[str, Any]:
    """Run one `manyeyes` command and return its JSON object."""
    argv = [sys.executable, "-m", "manyeyes", *words, "--json", "--data", str(data)]
    done = subprocess.run(argv, capture_output=True, text=True, env=clean_environment())
    if done.returncode:
        raise RuntimeError(f"{' '.join(words[:2])}: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
