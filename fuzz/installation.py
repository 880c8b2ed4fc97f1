"""The installation that is fuzzed: served as anybody serves it, with a customer, a worker, a reviewer and an app."""

import asyncio
import base64
import http.client
import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bench.people import invite
from bench.product import Product, serving
from bench.recognition import command
from fuzz import item_files
from fuzz.values import seed

DRAFTS = 40  # inputs end them; of so many some are left
LABELS = "0=normal,1=code,2=text"


class Signer(msgspec.Struct, frozen=True):
    """Signs calls of an app."""

    secret_id: str
    key: Any

    def triple(self) -> dict[str, str]:
        """Return the three texts that a signed call carries, fresh ones each time."""
        timestamp, nonce = str(int(time.time())), secrets.token_hex(8)  # Hypothesis seeds `random` again and again
        text = f"{self.secret_id},{timestamp},{nonce}".encode()
        signature = base64.b64encode(self.key.sign(text, padding.PKCS1v15(), SHA256())).decode()
        return {"timestamp": timestamp, "nonce": nonce, "signature": signature}


class Installation(msgspec.Struct, frozen=True):
    """Where it serves, and what inputs may name."""

    product: Product
    address: tuple[str, int]
    fixed: Mapping[str, str]
    signer: Signer
    drafts: Sequence[str]
    task: str

    def names(self) -> dict[str, str]:
        """Return what inputs name; a signature is good for one call."""
        return {**self.fixed, **self.signer.triple(), "draft": secrets.choice(self.drafts), "task": self.task}

    def log(self) -> str:
        """Return what the server has logged so far."""
        return (self.product.data.parent / "log").read_text("utf-8", "replace")

    def books(self) -> str:
        """Return what `manyeyes db check` says of the books, an empty text when they are in order."""
        try:
            command(self.product.data, "db", "check")
        except RuntimeError as error:
            return str(error)
        return ""


@contextmanager
def installed() -> Iterator[Installation]:
    """Serve a new installation on loopback; everything is stopped and removed at the end."""
    with serving() as product:
        people = asyncio.run(invite(product.dsn, 1, 1))
        reviewers = asyncio.run(invite(product.dsn, 0, 1, reviewers=True))
        account = str(people.first_account)
        app = command(product.data, "app", "create", "fuzz", "--account", account, "--rate", "1000000")
        command(product.data, "queue", "set", "1", "--capacity", "100000000")
        asked = ("--recogniser", "people", "--labels", LABELS, "--threshold", "0.9", "--review-queue")
        made = command(product.data, "recognition", "create", app["secret_id"], *asked)
        key = load_pem_private_key(app["private_key_pkcs8"].encode(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        fixed = {
            "client_key": people.keys[0],
            "worker_token": people.tokens[0],
            "reviewer_token": reviewers.tokens[0],
            "secret_id": app["secret_id"],
            "task_id": made["task_id"],
        }
        url = urlsplit(product.url)
        fixed["host"] = url.netloc
        link = command(product.data, "operator", "link")["login_url"]
        fixed["operator_cookie"] = _signed_in(url.netloc, urlsplit(link).path, {})
        for role in ("client_key", "worker_token", "reviewer_token"):
            fixed[f"{role}_cookie"] = _signed_in(url.netloc, "/login", {"key": fixed[role]})
        drafts = [_made(url.netloc, fixed["client_key"], "/v1/jobs", item_files.question()) for _ in range(DRAFTS)]
        task = _made(url.netloc, fixed["client_key"], "/v1/tasks", json.dumps({"picture": _picture()}).encode())
        signer = Signer(app["secret_id"], key)
        yield Installation(product, (url.hostname or "", url.port or 0), fixed, signer, drafts, task)


def _made(host: str, key: str, path: str, body: bytes) -> str:
    """Return the number of what a call of /v1 made."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {key}"}
    connection = http.client.HTTPConnection(host)
    connection.request("POST", path, body, {**headers, "idempotency-key": secrets.token_hex(8)})
    reply = connection.getresponse()
    said = json.loads(reply.read())
    connection.close()
    if reply.status != HTTPStatus.CREATED:
        raise RuntimeError(f"{path} made nothing: {said}")
    return str(said["id"])


def _picture() -> str:
    return base64.b64encode(seed("PNG", (64, 64))).decode()


def _signed_in(host: str, path: str, form: Mapping[str, str]) -> str:
    headers = {"content-type": "application/x-www-form-urlencoded", "origin": f"http://{host}"}
    connection = http.client.HTTPConnection(host)
    connection.request("POST", path, urlencode(form), headers)
    cookie = connection.getresponse().getheader("set-cookie")
    connection.close()
    if not cookie:
        raise RuntimeError(f"{path} signed nobody in")
    return cookie.split(";", 1)[0]
