"""A disk that fills up under a server: refused before anything breaks, and it goes on by itself when there is space.

The disk is a real one of a few hundred megabytes, in memory; a machine where nothing may be mounted skips this.
"""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from manyeyes.db.embedded import running_dsn
from support import factories
from support.embedded_owners import LONG_ENOUGH_SECONDS, wait_until
from support.made_pictures import jpeg
from support.real_server import ServeProcess, ask_json, copy_data, left_of
from support.small_disks import empty, fill, small_disk

pytestmark = pytest.mark.faults

DISK_MEGABYTES, FLOOR_MEGABYTES = 512, 120
LEFT_BYTES = 90_000_000  # below the floor, and far more than what is done there takes
PICTURE = jpeg()
TASK = {"type": "ImageToTextTask", "body": base64.b64encode(factories.picture_bytes()).decode()}
LINES = json.dumps({"picture": base64.b64encode(PICTURE).decode()}).encode() + b"\n"


@pytest.fixture
def disk(first_start: Path, tmp_path: Path) -> Iterator[Path]:
    """Return a data directory as after a first start, on a disk of its own."""
    with small_disk(tmp_path / "disk", DISK_MEGABYTES) as why:
        if why:
            pytest.skip(f"no file system may be mounted here: {why}")
        yield copy_data(first_start, tmp_path / "disk" / "data")


class House:
    """A customer with an app, a worker, and calls of all three contracts on a real server."""

    def __init__(self, data: Path, url: str) -> None:
        self.data = data
        account = ask_json(data, "account", "create", "Ann", "--balance", "1.00")
        self.key = account["client_key"]
        made = ask_json(data, "app", "create", "shop", "--account", str(account["account_id"]))
        self.secret_id = made["secret_id"]
        labels = ("--labels", "0=normal,1=qr code", "--review-queue", "1", "--recogniser", "people")
        ask_json(data, "recognition", "create", self.secret_id, *labels)
        token = ask_json(data, "worker", "create", "Wim")["token"]
        self.client = httpx.Client(base_url=url, timeout=60)
        self._customer, self._worker = ({"authorization": f"Bearer {each}"} for each in (self.key, token))
        assert self.client.post("/v1/worker/online", json={}, headers=self._worker).status_code == 200

    def method(self, name: str, **body: Any) -> Any:
        return self.client.post(f"/{name}", json={"clientKey": self.key, **body}).json()

    def own(self, verb: str, path: str, **given: Any) -> httpx.Response:
        given["headers"] = {**self._customer, **given.get("headers", {})}
        return self.client.request(verb, path, **given)

    def create(self) -> Any:
        return self.method("createTask", task=TASK)

    def recognise(self) -> httpx.Response:
        files, headers = {"image": ("picture.jpg", PICTURE)}, {"x-api-key": self.key}
        return self.client.post(f"/v3/recognition/{self.secret_id}", files=files, headers=headers)

    def draft(self) -> str:
        made = self.own("POST", "/v1/jobs", json={"name": "meters", "queue": 1, "question": {"kind": "text"}})
        assert made.status_code == 201, made.text
        return str(made.headers["location"])

    def add_items(self, job: str) -> httpx.Response:
        return self.own("POST", f"{job}/items", content=LINES, headers={"content-type": "application/jsonl"})

    def lease(self) -> str:
        reply = self.client.get("/v1/worker/next?wait=30", headers=self._worker)
        assert reply.status_code == 200, reply.text
        return str(reply.json()["lease"])

    def answer(self, lease: str) -> httpx.Response:
        body = {"lease": lease, "answer": {"text": "12345"}}
        return self.client.post("/v1/worker/answers", json=body, headers=self._worker)

    @property
    def balance(self) -> float:
        return float(self.method("getBalance")["balance"])


def test_below_the_floor_new_work_is_refused_and_what_is_under_way_is_taken(disk: Path) -> None:
    server = ServeProcess(disk, MANYEYES_DISK_FLOOR_MEGABYTES=str(FLOOR_MEGABYTES))
    try:
        house = House(disk, server.url)
        job = house.draft()
        assert house.add_items(job).status_code == 200
        other = house.draft()
        task_id = house.create()["taskId"]
        lease = house.lease()
        fill(disk, LEFT_BYTES)
        wait_until(lambda: house.create()["errorId"] == 2)
        before = house.balance

        assert house.create() == {
            "errorId": 2,
            "errorCode": "ERROR_NO_SLOT_AVAILABLE",
            "errorDescription": "There is no room for new tasks; come back later",
        }
        body = {"picture": TASK["body"], "question": {"kind": "text"}, "queue": 1}
        for refused in (
            house.own("POST", "/v1/tasks", json=body),
            house.add_items(other),
            house.own("POST", f"{job}/start"),
            house.own("POST", "/v1/jobs", json={"name": "more", "queue": 1, "question": {"kind": "text"}}),
        ):
            assert (refused.status_code, refused.json()["refusal"]) == (503, "no_room"), refused.text
            assert int(refused.headers["retry-after"]) > 0
        signed = house.recognise()
        assert (signed.status_code, json.loads(signed.json()["json"])["code"]) == (503, 100)
        assert int(signed.headers["retry-after"]) > 0
        assert house.balance == before, "nothing is held for what was refused"

        assert not readiness(server)["disk"]["ok"]
        assert f"the floor is {FLOOR_MEGABYTES} MB, nothing new is taken" in readiness(server)["disk"]["why"]
        assert house.answer(lease).status_code == 200
        assert house.method("getTaskResult", taskId=task_id)["status"] == "ready"
        assert house.method("reportIncorrectImageCaptcha", taskId=task_id)["errorId"] == 0

        empty(disk)
        wait_until(lambda: house.create()["errorId"] == 0)
        assert house.recognise().status_code == 200
        assert house.own("POST", f"{job}/start").status_code == 200
        check = ask_json(disk, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        assert server.stop() == 0
    assert left_of(disk) == {}
    log = log_of(disk)
    said = [log.count(f'"event": "{event}"') for event in ("no_room", "room_again")]
    assert said == [1, 1], "said once, and once that it is over"


async def test_a_database_that_panics_for_want_of_space_is_started_again_until_there_is_some(disk: Path) -> None:
    server = ServeProcess(disk, MANYEYES_DISK_FLOOR_MEGABYTES="0")
    try:
        house = House(disk, server.url)
        acknowledged = [house.create()["taskId"] for _ in range(3)]
        superuser = await asyncpg.connect(superusers_dsn(disk))  # a full disk has no room for new connections either
        fill(disk)
        assert use_up(house, acknowledged)["errorCode"] == "ERROR_NO_SLOT_AVAILABLE"
        with pytest.raises((asyncpg.PostgresError, OSError)):
            await end_files_of_the_journal(superuser)
        wait_until(lambda: "trying again in" in log_of(disk))
        wait_until(lambda: not readiness(server)["database"]["ok"])
        empty(disk)
        wait_until(lambda: house.create()["errorId"] == 0)
        wait_until(lambda: all(check["ok"] for check in readiness(server).values()))
        for task_id in acknowledged:
            assert house.method("getTaskResult", taskId=task_id)["status"] == "processing"
        check = ask_json(disk, "db", "check")
        assert (check["difference"], check["findings"]) == (0, [])
    finally:
        assert server.stop() == 0
    assert left_of(disk) == {}


def use_up(house: House, acknowledged: list[int]) -> Any:
    """Bring tasks until one is refused, and return the refusal: the database said that there is no room."""
    for _ in range(2_000):
        made = house.create()
        if made["errorId"]:
            return made
        acknowledged.append(made["taskId"])
    raise AssertionError("a full disk took everything")


async def end_files_of_the_journal(superuser: asyncpg.Connection) -> None:
    """End one file after the other, until there is no room for the next one, without which PostgreSQL cannot be."""
    for _ in range(DISK_MEGABYTES):
        await superuser.execute("SELECT pg_logical_emit_message(false, 'x', 'y'), pg_switch_wal()")


def superusers_dsn(data: Path) -> str:
    return str(running_dsn(data)).replace("//manyeyes@/", "//postgres@/")


def readiness(server: ServeProcess) -> Any:
    return httpx.get(f"{server.ops_url}/readyz", timeout=LONG_ENOUGH_SECONDS).json()["checks"]


def log_of(data: Path) -> str:
    return (data.parent / f"{data.name}.stderr").read_text()
