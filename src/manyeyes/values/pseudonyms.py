"""Names under which customers see people: the same one always, another one for each customer, nobody's own."""

import base64
import hmac

BYTES = 5  # eight letters of base 32: among a thousand people two alike are one chance in two million


class Pseudonyms:
    """Names people for customers, by a key of this installation that nobody else has (docs/decisions/0059)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def name(self, account_id: int, worker_id: int) -> str:
        """Return how this account sees this worker, such as ``w-7Q2MK4TA``; without the key it leads to nobody."""
        digest = hmac.digest(self._key, b"person\x00%d\x00%d" % (account_id, worker_id), "sha256")
        return f"w-{base64.b32encode(digest[:BYTES]).decode()}"
