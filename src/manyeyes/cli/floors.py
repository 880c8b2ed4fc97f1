"""What is known of a queue's people, on the command line."""

from typing import Any

from manyeyes.roles.accuracy import PersonStanding, person_standings, queue_people
from manyeyes.runtime.context import Context


async def skill_rows_of(context: Context, worker_id: int) -> list[dict[str, Any]]:
    """Return where somebody stands in each of their queues, for a program."""
    return [{"queue_id": each.queue_id, **_row(each)} for each in await person_standings(context, worker_id)]


async def skill_rows(context: Context, queue_id: int) -> list[dict[str, Any]]:
    """Return what is known of each person in a queue, for a program."""
    return [_row(each) for each in await queue_people(context, queue_id)]


def _row(each: PersonStanding) -> dict[str, Any]:
    return {
        "worker_id": each.worker_id,
        "right": each.right,
        "checked": each.checked,
        "accuracy": round(each.accuracy, 4),
        "least": round(each.least, 4),
        "most": round(each.most, 4),
        "gold_asked": each.gold_asked,
        "gold_wrong": each.gold_wrong,
        "agreement": each.agreement and round(each.agreement, 4),
        "suspicion": round(each.suspicion, 4),
        "stopped_at": each.barred_at and each.barred_at.isoformat(),
        "why": each.barred_why,
        "has_appealed": each.is_appealing,
    }


def skill_table(found: dict[str, Any]) -> str:
    """Return the same for people, one line each."""
    lines = [f"{'worker':>8}  {'right':>11}  {'at least':>8}  {'at most':>8}  {'gold wrong':>10}  {'doubt':>5}"]
    for p in found["people"]:
        right, gold = f"{p['right']}/{p['checked']}", f"{p['gold_wrong']}/{p['gold_asked']}"
        said = f"  stopped {p['stopped_at'][:10]} ({p['why']})" if p["stopped_at"] else ""
        lines.append(
            f"{p['worker_id']:>8}  {right:>11}  {p['least']:>8.1%}  {p['most']:>8.1%}  {gold:>10}  "
            f"{p['suspicion']:>5.0%}{said}{', appeals' if p['has_appealed'] else ''}"
        )
    return "\n".join(lines) if found["people"] else "nobody's answers in this queue were checked yet"
