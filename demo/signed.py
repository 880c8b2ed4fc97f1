"""A customer of TUPU's contract : signs what it sends, verifies what it gets (docs/reference/tupu/)."""

import base64
import json
import secrets
import time
from typing import Any, cast

import requests
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key


class SignedClient:
    """Calls one app at one address. Raises InvalidSignature when an answer is not the installation's own."""

    def __init__(self, address: str, secret_id: str, private_key: str) -> None:
        self.address, self.secret_id = address, secret_id
        self._private = cast(rsa.RSAPrivateKey, load_pem_private_key(private_key.encode(), None))
        published = requests.get(f"{address}/v3/public-key", timeout=30)
        published.raise_for_status()
        self._public = cast(rsa.RSAPublicKey, load_pem_public_key(published.content))

    def recognise(self, name: str, picture: bytes) -> dict[str, Any]:
        """Send one picture and return the whole answer."""
        files = {"image": (name, picture, "application/octet-stream")}
        reply = requests.post(
            f"{self.address}/v3/recognition/{self.secret_id}", self._signed(), files=files, timeout=60
        )
        return self._opened(reply)

    def statistics(self, task_id: str, first: str, last: str) -> dict[str, Any]:
        """Return the days from `first` to `last` (yyyy-MM-dd) of a recognition."""
        asked = self._signed() | {"taskId": task_id, "startDate": first, "endDate": last}
        path = f"/v3/management/statistics/secret-task/{self.secret_id}"
        return self._opened(requests.post(self.address + path, json=asked, timeout=60))

    def _signed(self) -> dict[str, str]:
        timestamp, nonce = str(int(time.time())), str(secrets.randbelow(10**9))
        text = f"{self.secret_id},{timestamp},{nonce}".encode()
        signature = base64.b64encode(self._private.sign(text, padding.PKCS1v15(), SHA256())).decode()
        return {"timestamp": timestamp, "nonce": nonce, "signature": signature}

    def _opened(self, reply: requests.Response) -> dict[str, Any]:
        envelope = reply.json()
        signature = base64.b64decode(envelope["signature"])
        self._public.verify(signature, envelope["json"].encode(), padding.PKCS1v15(), SHA256())
        return cast(dict[str, Any], json.loads(envelope["json"]))
