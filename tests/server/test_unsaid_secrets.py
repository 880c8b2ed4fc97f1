"""No secret is in the log: each kind is sent into every contract, refused, with the schema broken, with no database."""

import asyncio
import base64
from pathlib import Path
from typing import Any

import httpx
import msgspec

from manyeyes.db.embedded import running_dsn
from support.embedded_owners import ask
from support.log_lines import REQUESTS, lines, written
from support.real_server import ServeProcess, ask_json, run

METHODS = ["getBalance", "createTask", "getTaskResult", "reportIncorrectImageCaptcha", "getSpendingStats"]
OWN = [("POST", "/v1/tasks"), ("PUT", "/v1/buckets/receipts"), ("GET", "/v1/balance"), ("POST", "/v1/jobs")]
LOOKED_UP_FIRST = ("api_key", "credential", "app")  # by one contract or another
WRONG_KEY = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PASSWORD = "Zr7.kE-wq_P0x/9+LmN2vB5tYs8h"
COOKIE = "cQ3sVw8yRt1Zx7Kp0LmN2vB5tYs8hJd4"
SLIP = "pXq9Lm2Vb7Nc4Rt8Ks1Wz6Yd3Fh0Gj5A"  # whatever else a caller would not want to be read
SIGNATURE = base64.b64encode(bytes(range(128))).decode()
Asked = tuple[str, str, dict[str, Any]]


class Given(msgspec.Struct):
    """What somebody was really given: a client key, a worker's token, a sign-in link, an app."""

    key: str
    token: str
    link: str
    app: str


def given(data: Path) -> Given:
    ann = ask_json(data, "account", "create", "Ann", "--balance", "1")
    app = ask_json(data, "app", "create", "Shop", "--account", "Ann", "--bits", "1024")
    link = run(data, "operator", "link").stdout.strip().rpartition("/")[2]
    return Given(ann["client_key"], ask_json(data, "worker", "create", "Ada")["token"], link, app["secret_id"])


def with_key(key: str) -> list[Asked]:
    headers = {"authorization": f"Bearer {key}", "cookie": f"manyeyes_session={COOKIE}", "idempotency-key": SLIP}
    bucket = {"access_key": "AKID", "secret": PASSWORD, "region": "eu-1", "endpoint": f"https://u:{PASSWORD}@x.test"}
    own = {"queue_id": 1, "picture": f"https://a.test/a.png?token={SLIP}", "callback_url": f"https://c.test/{SLIP}"}
    task = {"type": "ImageToTextTask", "body": SLIP}
    return [
        *(("POST", f"/{name}", {"json": {"clientKey": key, "taskId": SLIP, "task": task}}) for name in METHODS),
        ("POST", f"/{key}", {"json": {"clientKey": key}}),
        ("POST", "/getBalance", {"content": f'{{"clientKey": "{key}\\u0000{SLIP}"}}'.encode()}),
        ("GET", f"/getBalance?clientKey={key}", {}),
        *((method, path, {"headers": headers, "json": bucket | own}) for method, path in OWN),
        ("GET", f"/v1/tasks/{SLIP}", {"headers": headers}),
        ("POST", f"/v1/{SLIP}", {"headers": headers}),
        ("POST", "/mcp", {"headers": headers, "json": {"params": SLIP}}),
    ]


def signed(key: str, app: str) -> list[Asked]:
    body = {"timestamp": "1", "nonce": SLIP, "signature": SIGNATURE}
    return [
        ("POST", f"/v3/recognition/{app}", {"json": body}),
        ("POST", f"/v3/recognition/{app}", {"headers": {"x-api-key": key}, "data": body}),
        ("POST", f"/v3/recognition/{SLIP}", {"json": body}),
    ]


def of_people(key: str, token: str, link: str, origin: str) -> list[Asked]:
    own = {"origin": origin}
    return [
        *(("GET", "/v1/worker/earnings", {"headers": {"authorization": f"Bearer {each}"}}) for each in (token, SLIP)),
        ("GET", f"/login/{link}", {}),
        ("POST", f"/login/{link}x", {"headers": own}),
        ("POST", "/login", {"data": {"key": key}, "headers": own}),
        ("POST", "/login", {"data": {"key": f"\x00{SLIP}"}, "headers": own}),
        *(("GET", f"/{path}/{SLIP}", {}) for path in ("pictures", "notices", "operator", "%zz")),
        ("GET", "/operator", {"headers": {"cookie": f"manyeyes_session={COOKIE}"}}),
    ]


async def send_all(url: str, one: Given) -> None:
    async with httpx.AsyncClient(base_url=url, timeout=90) as client:
        for key in (one.key, WRONG_KEY):
            calls = with_key(key) + signed(key, one.app) + of_people(key, one.token, one.link, url)
            await asyncio.gather(*(client.request(method, path, **more) for method, path, more in calls))


async def test_no_secret_is_in_the_log_whatever_fails(data: Path):
    server = await asyncio.to_thread(ServeProcess, data)
    try:
        one, dsn = await asyncio.to_thread(given, data), running_dsn(data)
        assert dsn
        await send_all(server.url, one)
        away = [f"ALTER TABLE {name} RENAME TO {name}_away" for name in LOOKED_UP_FIRST]
        await asyncio.to_thread(ask, dsn, *away, "SELECT 1")
        await asyncio.sleep(2.5)  # what is looked up is kept for two seconds
        await send_all(server.url, one)
        back = [f"ALTER TABLE {name}_away RENAME TO {name}" for name in LOOKED_UP_FIRST]
        await asyncio.to_thread(ask, dsn, *back, "SELECT 1")
        await asyncio.to_thread(server.kill, "postmaster")
        await send_all(server.url, one)
    finally:
        assert await asyncio.to_thread(server.stop) == 0
    log = written(data)
    assert {line["event"] for line in lines(data)} >= {*REQUESTS, "lines_left_out"}
    assert "UndefinedTableError" in log
    for secret in (one.key, one.token, one.link, WRONG_KEY, PASSWORD, COOKIE, SLIP, SIGNATURE):
        assert len(secret) >= 20
        assert secret[:16] not in log
        assert secret[-16:] not in log
