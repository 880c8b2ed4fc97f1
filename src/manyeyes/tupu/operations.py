"""The contract on one screen: what exists, by its path. One file, one docs page, one test file each."""

from collections.abc import Awaitable, Callable, Sequence

import msgspec

from manyeyes.tupu.call import SignedCall
from manyeyes.tupu.image_sync_base64 import image_sync_base64
from manyeyes.tupu.recognition import recognition
from manyeyes.tupu.statistics_secret_task import statistics_secret_task
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import without_outer_blanks

SignedOperation = Callable[[SignedCall], Awaitable[str | Refusal]]
VERSIONS = ("v3", "v3.1")
OPERATIONS: dict[str, SignedOperation] = {
    "/v3/recognition/": recognition,
    "/v3/recognition/image/sync/base64/": image_sync_base64,
    "/v3/management/statistics/secret-task/": statistics_secret_task,
}


class Target(msgspec.Struct, frozen=True):
    """Where a path leads: to an operation, with the secretId at its end (empty: it is missing)."""

    operation: SignedOperation
    secret_id: str


def parts_of(path: str) -> list[str]:
    """Return the parts of a path; slashes too many and blanks, where clients join two texts, are skipped."""
    return [part for part in map(without_outer_blanks, path.split("/")) if part]


def target_of(parts: Sequence[str]) -> Target | None:
    """Return where a path leads, None when no operation is there."""
    for head, secret_id in ((parts, ""), (parts[:-1], parts[-1] if parts else "")):
        operation = OPERATIONS.get(f"/{'/'.join(head)}/")
        if operation:
            return Target(operation, secret_id)
    return None
