"""How a file is told from another one by its items alone, however it was sent (docs/decisions/0049). Pure."""

import hashlib

MOST_ITEMS = 50_000  # of one file
MOST_FILES = 1_000  # of one job: all of them are read with each part that comes, and shown with the job
BEGINNING = hashlib.sha256(b"").digest()  # of a file without an item
DROPPING = b""  # instead of it: the file's items are being deleted, and it cannot go on


def chained(digest: bytes, external_id: str, picture: bytes, *texts: str) -> bytes:
    """Return the digest of a file whose items so far have ``digest`` when one more follows.

    It is a chain, so that a file that broke off goes on with nothing but its last link; parts and line breaks, and how
    a form or an archive is written, do not change it.
    """
    of_item = hashlib.sha256(digest)
    for part in (external_id.encode(), hashlib.sha256(picture).digest(), *(text.encode() for text in texts)):
        of_item.update(len(part).to_bytes(4, "big") + part)
    return of_item.digest()
