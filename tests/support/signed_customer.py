"""A customer's end of TUPU's contract, written from its description: signs calls, checks and opens answers."""

import base64
import json
import random
import time
from typing import Any

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from manyeyes.accounts import store as accounts
from manyeyes.apps import store as apps
from manyeyes.apps.rules import App, new_id
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Label, Recognition, labels
from manyeyes.runtime.context import Context
from support import factories

LABELS = "0=normal,1=qr code,2=text"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
OTHER_KEY = rsa.generate_private_key(public_exponent=65537, key_size=1024)
Pairs = list[tuple[str, str]]


def pem(key: rsa.RSAPrivateKey, form: PublicFormat = PublicFormat.SubjectPublicKeyInfo) -> str:
    """Return the public half of a key as PEM."""
    return key.public_key().public_bytes(Encoding.PEM, form).decode()


def signature_of(text: str, key: rsa.RSAPrivateKey = KEY) -> str:
    """Return the base64 signature over a text (RSA, SHA-256, PKCS#1 v1.5)."""
    return base64.b64encode(key.sign(text.encode(), padding.PKCS1v15(), SHA256())).decode()


class Shop(msgspec.Struct):
    """A customer with an app and one recognition."""

    context: Context
    client: httpx.AsyncClient
    customer: factories.Customer
    app: App
    recognition: Recognition

    @property
    def sid(self) -> str:
        """Return the app's secretId."""
        return self.app.secret_id

    @property
    def task_id(self) -> str:
        """Return the recognition's taskId."""
        return self.recognition.task_id

    def triple(self, timestamp: str = "", nonce: str = "", key: rsa.RSAPrivateKey = KEY) -> dict[str, str]:
        """Return the three texts that a call carries."""
        timestamp, nonce = timestamp or str(int(time.time())), nonce or repr(random.random())
        text = f"{self.sid},{timestamp},{nonce}"
        return {"timestamp": timestamp, "nonce": nonce, "signature": signature_of(text, key)}

    async def recognise(self, *images: Any, **more: Any) -> "Answer":
        """Send bytes as files or texts as addresses, signed unless ``more`` brings its own triple."""
        fields = {**({} if "signature" in more or "headers" in more else self.triple()), **more}
        headers, status = fields.pop("headers", {}), fields.pop("status", 200)
        files = [
            ("image", image if isinstance(image, tuple) else ("a.png", image)) for image in images if is_file(image)
        ]
        urls = [image for image in images if not is_file(image)]
        data = {**fields, **({"image": urls} if urls else {})}
        url = f"/v3/recognition/{self.sid}"
        return opened(self, await self.client.post(url, data=data, files=files or None, headers=headers), status)

    async def base64(self, *images: str, **more: Any) -> "Answer":
        """Send pictures in base64."""
        body = {**self.triple(), "images": list(images), **more}
        return opened(self, await self.client.post(f"/v3/recognition/image/sync/base64/{self.sid}", json=body))

    async def statistics(self, start: str, end: str, **more: Any) -> "Answer":
        """Ask for the days from ``start`` to ``end``, both included."""
        body = {**self.triple(), "startDate": start, "endDate": end, "taskId": self.task_id, **more}
        path = f"/v3/management/statistics/secret-task/{self.sid}"
        return opened(self, await self.client.post(path, json={k: v for k, v in body.items() if v is not None}))

    async def rows(self, table: str, columns: str = "*") -> list[dict[str, Any]]:
        """Return this customer's cell's rows of a table."""
        pool = self.context.cells.pool(self.app.cell)
        return [dict(row) for row in await pool.fetch(f"SELECT {columns} FROM {table} WHERE cell = {self.app.cell}")]

    async def another(self, **terms: Any) -> Recognition:
        """Open one more recognition of the app."""
        found = await recognition(self.context, self.sid, **terms)
        self.context.lookups.forget()
        return found


class Answer(msgspec.Struct):
    """``inner`` is what was signed, ``said`` what it says, ``reply`` all that came."""

    inner: str
    said: dict[str, Any]
    reply: httpx.Response

    @property
    def code(self) -> int:
        """Return the answer's code."""
        return int(self.said["code"])

    def files(self, task_id: str) -> list[dict[str, Any]]:
        """Return the entries of a recognition's `fileList`."""
        found: list[dict[str, Any]] = self.said[task_id]["fileList"]
        return found


def is_file(image: Any) -> bool:
    """Tell whether the image is sent as a file, not as an address."""
    return not isinstance(image, str)


def opened(shop: Shop, reply: httpx.Response, status: int = 200) -> Answer:
    """Return the answer, whose bytes and signature are as every official client wants them."""
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/json"
    inner = check_envelope(reply.content, shop.context.signer.public_key)
    return Answer(inner, json.loads(inner), reply)


def check_envelope(body: bytes, public_pem: str) -> str:
    """Return the inner text of an envelope that keeps the contract's rules, and whose signature holds.

    The rules: docs/contracts/tupu.md#exact-bytes.
    """
    text = body.decode("ascii")
    outer = json.loads(text)
    assert list(outer) == ["json", "signature"]
    assert all(isinstance(value, str) for value in outer.values())
    inner: str = outer["json"]
    assert text == json.dumps(outer, separators=(",", ":"))
    assert inner == json.dumps(json.loads(inner), separators=(",", ":"))
    assert "\\/" not in text
    assert inner.isascii()
    assert inner.isprintable()
    key = load_pem_public_key(public_pem.encode())
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(base64.b64decode(outer["signature"], validate=True), inner.encode(), padding.PKCS1v15(), SHA256())
    return inner


async def open_shop(context: Context, client: httpx.AsyncClient, balance: str = "10.00", **terms: Any) -> Shop:
    """Open an account, an app of it with `KEY`, and a recognition by people; ``terms``: of the app."""
    customer = await factories.customer(context, balance)
    values: dict[str, Any] = {"name": "shop", "medium": "image", "time_zone": "Asia/Shanghai", "public_key": pem(KEY)}
    values |= {"calls_per_second": 1_000, "suspended": False, "secret_id": new_id()}
    app = App(**(values | terms), cell=customer.cell, account_id=customer.account_id)
    async with context.cells.directory.acquire() as db:
        await apps.insert_app(db, app)
    shop = Shop(context, client, customer, app, await recognition(context, app.secret_id))
    context.lookups.forget()
    return shop


async def recognition(context: Context, secret_id: str, **terms: Any) -> Recognition:
    """Open a recognition: by people, who are asked in queue 1, unless ``terms`` say otherwise."""
    chosen = terms.pop("labels", LABELS)
    values: dict[str, Any] = {
        "name": "advertising",
        "recogniser": "people",
        "model": "",
        "threshold": 0.9,
        "queue_id": 1,
    }
    values |= {"sample_share": 0.0, "review_seconds": 3_600, "review_url": "", "price_micros": 100, "closed": False}
    async with context.cells.directory.acquire() as db:
        new = Recognition(
            **(values | terms),
            task_id=new_id(),
            recognition_id=await accounts.take_numbers(db, "recognition", 1),
            secret_id=secret_id,
            labels=labels(chosen) if isinstance(chosen, str) else tuple(Label(*label) for label in chosen),
        )
        await recognitions.insert_recognition(db, new)
    return new
