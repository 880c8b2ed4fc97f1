"""A device with passkeys, in software: it makes and signs what a browser would send (Web Authentication, section 6)."""

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

PRESENT, VERIFIED, ATTESTED = 1, 4, 64  # flags of authenticator data (section 6.1)


def as_text(raw: bytes) -> str:
    """Return bytes in URL-safe base64 without its padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class SoftAuthenticator:
    """One passkey of one person; ``origin``: of the pages that it believes itself on; ``counts``: whether it counts."""

    def __init__(self, origin: str, *, counts: bool = True, verifies: bool = True) -> None:
        self.origin, self.counts = origin, counts
        self.flags = PRESENT | (VERIFIED if verifies else 0)
        self.credential_id, self.key = secrets.token_bytes(32), ec.generate_private_key(ec.SECP256R1())
        self.count, self.handle = 0, b""

    def make(self, options: dict[str, Any]) -> str:
        """Return the JSON of a passkey made for the server's options."""
        self.handle = base64.urlsafe_b64decode(options["user"]["id"] + "==")
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        length = len(self.credential_id).to_bytes(2, "big")
        attested = bytes(16) + length + self.credential_id + cbor2.dumps(cose)
        data = self._data(options["rp"]["id"], ATTESTED) + attested
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._sent({"clientDataJSON": as_text(client), "attestationObject": as_text(made)})

    def sign(self, options: dict[str, Any], *, handle: bytes | None = None) -> str:
        """Return the JSON of a signature for the server's options."""
        self.count += self.counts
        data = self._data(options["rpId"], 0)
        client = self._client("webauthn.get", options["challenge"])
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        sent = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        sent["userHandle"] = self.handle if handle is None else handle
        return self._sent({name: as_text(raw) for name, raw in sent.items()})

    def _data(self, host: str, more: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([self.flags | more]) + self.count.to_bytes(4, "big")

    def _client(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _sent(self, response: dict[str, str]) -> str:
        name = as_text(self.credential_id)
        found = {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
        return json.dumps(found)
