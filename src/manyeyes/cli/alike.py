"""Who answers as somebody else does, on the command line, for a human to judge (docs/decisions/0066)."""

from typing import Any

from manyeyes.roles.alike_people import AlikeSeen, queue_alike, worker_alike
from manyeyes.runtime.context import Context
from manyeyes.skills.alike import AlikeKind

_SAID = {
    AlikeKind.PAIR: "pictures that not both had right: both wrong alike",
    AlikeKind.MODEL: "pictures that not both had right: wrong as the recogniser",
    AlikeKind.HASTE: "timed answers: too quick to have looked",
}


async def alike_rows(context: Context, queue_id: int) -> list[dict[str, Any]]:
    """Return what nights found of a queue's people, for a program."""
    return [_row(each) for each in await queue_alike(context, queue_id)]


async def alike_rows_of(context: Context, worker_id: int) -> list[dict[str, Any]]:
    """Return what nights found of a worker, for a program."""
    return [_row(each) for each in await worker_alike(context, worker_id)]


def _row(seen: AlikeSeen) -> dict[str, Any]:
    found = seen.found
    return {
        "cell": seen.cell,
        "queue_id": found.queue_id,
        "kind": str(found.kind),
        "worker_id": found.worker_id,
        "other_id": found.other_id or None,
        "tasks": found.tasks,
        "alike": found.alike,
        "expected_at_most": round(found.expected, 2),
        "first_at": found.first_at and found.first_at.isoformat(),
        "found_at": found.found_at.isoformat(),
    }


def alike_table(found: dict[str, Any]) -> str:
    """Return the same for people, a line each."""
    lines = [f"{'queue':>6}  {'kind':5}  {'worker':>8}  {'with':>8}  {'found':10}  what"]
    for a in found["alike"]:
        said = f"{a['alike']} of {a['tasks']} {_SAID[AlikeKind(a['kind'])]}"
        said += f"; chance gives {a['expected_at_most']:g} at most"
        with_whom = a["other_id"] or "-"
        lines.append(
            f"{a['queue_id']:>6}  {a['kind']:5}  {a['worker_id']:>8}  {with_whom:>8}  {a['found_at'][:10]}  {said}"
        )
    return "\n".join(lines) if found["alike"] else "nobody answers as somebody else does, as far as is known"
