"""Who lives in the demo: one customer, a crowd, two reviewers, the person in front of it. Made at the first start only.

Everything is created through the command line, as an operator would; what the demo must find again is in `demo.json`.
"""

from collections.abc import Callable
from pathlib import Path

import msgspec

from demo.listings import LABELS
from demo.server import command

CROWD = ("Ada", "Bao", "Chai")
TRIO = ("Fay", "Gus", "Hui", "Ivo", "Jo")  # of whom three look at each picture; the last one is careless
FLOORED = 9  # their queue, which has a floor
REVIEWERS = ("Rin", "Sam")  # two of the three votes; the third one may be yours
BALANCE = "10.00"  # USD: fourteen thousand pictures


class CrowdWorker(msgspec.Struct):
    """A simulated worker or reviewer and the token they work with."""

    name: str
    worker_id: int
    token: str


class Sent(msgspec.Struct, frozen=True):
    """A picture that the customer has sent and not yet seen answered; `digest` is the SHA-256 of its file."""

    kind: str
    number: int
    digest: str
    text: str
    task_id: int = 0  # 0: on its way


class MarketPlace(msgspec.Struct):
    """The customer's app of the signed contract, its key, and the recognition that looks at what sellers put up."""

    secret_id: str
    private_key: str
    task_id: str
    next_number: int = 1
    asked: list[Sent] = []  # what people still look at


class Household(msgspec.Struct):
    """What is kept between two starts."""

    account_id: int
    client_key: str
    person_id: int
    crowd: list[CrowdWorker]
    reviewers: list[CrowdWorker]
    market: MarketPlace
    trio: list[CrowdWorker]
    next_number: int = 1
    sent: list[Sent] = []
    job: int = 1  # counts the jobs and the expenses that were asked about
    expense: int = 1
    three: int = 1


def load(file: Path) -> Household | None:
    """Return what the first start wrote into `file`; None when there was none, or an older demo's."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=Household) if file.exists() else None
    except msgspec.ValidationError:
        return None


def save(file: Path, household: Household) -> None:
    """Write `household` so that a power cut leaves either the old file or the new one."""
    fresh = file.with_suffix(".new")
    fresh.write_bytes(msgspec.json.format(msgspec.json.encode(household)))
    fresh.chmod(0o600)  # it holds the customer's key
    fresh.replace(file)


def create(data: Path, say: Callable[[str], None]) -> Household:
    """Open the customer's account and register the people in the installation at `data`; `say` tells each step."""
    say(f"opening a customer account with {BALANCE} USD")
    account = command(data, "account", "create", "Demo customer", "--balance", BALANCE)
    crowd = []
    for name in CROWD:
        say(f"registering the simulated worker {name}")
        crowd.append(_register(data, name))
    say("registering you as a worker who may also review, and two simulated reviewers")
    person = _register(data, "You", "--reviewer")
    reviewers = [_register(data, name, "--reviewer") for name in REVIEWERS]
    say("opening the customer's market place: a recogniser looks at it first, people at what it is unsure about")
    market = _market_place(data, str(account["account_id"]))
    say("opening a queue with a floor, where three people look at each picture; one of its workers is careless")
    trio = _floored_queue(data)
    return Household(account["account_id"], account["client_key"], person.worker_id, crowd, reviewers, market, trio)


def _floored_queue(data: Path) -> list[CrowdWorker]:
    """Open the queue unless an earlier demo did, and register its workers; much gold, so that nobody waits long."""
    if FLOORED not in [queue["queue_id"] for queue in command(data, "queue", "list")["queues"]]:
        command(data, "queue", "add", str(FLOORED), "Three people each", "--language", "en", "--answers", "3")
    command(data, "queue", "set", str(FLOORED), "--gold-share", "0.5")
    return [_register(data, name, queue=FLOORED) for name in TRIO]


def _market_place(data: Path, account: str) -> MarketPlace:
    app = command(data, "app", "create", "Market place", "--account", account)
    labels = ",".join(f"{number}={name}" for number, name in LABELS.items())
    made = command(
        *(data, "recognition", "create", app["secret_id"], "--recogniser", "advertising", "--labels", labels),
        *("--threshold", "0.97", "--sample", "0.1", "--review-queue"),
    )
    return MarketPlace(app["secret_id"], app["private_key_pkcs8"], made["task_id"])


def _register(data: Path, name: str, *more: str, queue: int = 1) -> CrowdWorker:
    made = command(data, "worker", "create", name, "--language", "en", "--queue", str(queue), *more)
    return CrowdWorker(name, made["worker_id"], made["token"])


def worker_link(data: Path, worker_id: int) -> str:
    """Return the path of a fresh one-time link that signs a worker in."""
    return _path(command(data, "worker", "link", str(worker_id))["login_url"])


def customer_link(data: Path, account_id: int) -> str:
    """Return the path of a fresh one-time link that signs the customer in."""
    return _path(command(data, "account", "link", str(account_id))["login_url"])


def operator_link(data: Path) -> str:
    """Return the path of a fresh one-time link that signs the operator in."""
    return _path(command(data, "operator", "link")["login_url"])


def top_up(data: Path, account_id: int) -> None:
    """Pay the customer's account up again."""
    command(data, "account", "top-up", str(account_id), BALANCE)


def _path(url: str) -> str:
    """Return the part after the host: which port the demo found free is not the command's to know."""
    return "/" + url.split("://", 1)[-1].split("/", 1)[1]
