"""manyeyes queue calibrate: what audits prove of the results of a queue's people, question by question."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from manyeyes.certainty.promises import Promise, promises
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run, say
from manyeyes.cli.lookup import find_account, find_queue
from manyeyes.roles.promises import begin_anew
from manyeyes.runtime.context import Context
from manyeyes.values.refusals import Refusal

try:
    from manyeyes.cli import promise_picture
except ModuleNotFoundError:  # the extra `plots` is not installed: everything but the picture works
    promise_picture = None  # type: ignore[assignment]

REVIEWERS = "What reviewers say counts as right. They err too."


def calibrate_queue(
    queue: str,
    *,
    account: Annotated[str | None, Parameter(help="Only this account's promises, by its number or name.")] = None,
    question: Annotated[int | None, Parameter(help="Only this question's, by its number.")] = None,
    target: Annotated[float | None, Parameter(help="Only those of this share of wrong results.")] = None,
    out: Annotated[
        Path | None, Parameter(help="Write the curve of the one promise to this file, .png or .svg.")
    ] = None,
    anew: Annotated[
        bool, Parameter(help="Begin the one refused promise anew, all that was counted put aside.", negative="")
    ] = False,
    common: Common | None = None,
) -> None:
    """Tell what audits prove of the results of a queue's people: per account, question and share that may be wrong."""

    async def work(context: Context) -> dict[str, Any]:
        _check(out)
        terms = await find_queue(context, queue)
        place = await find_account(context, account) if account else None
        cells = [place.cell] if place else context.cells.numbers

        async def named() -> list[Promise]:
            found: list[Promise] = []
            for cell in cells:
                async with context.cells.pool(cell).acquire() as db:
                    found += await promises(db, cell, place.account_id if place else None, terms.queue_id)
            return [p for p in found if question in (None, p.known.question_id) and target in (None, p.known.scope[3])]

        wanted = await named()
        if anew:
            await _begin_anew(context, wanted)
            wanted = await named()
        if out:
            _draw(wanted, terms.name, out)
        return {
            "queue_id": terms.queue_id,
            "queue": terms.name,
            "audit_share": terms.audit_share,
            "promises": [_row(promise) for promise in wanted],
        }

    run(common, work, _sheet)


def _check(out: Path | None) -> None:
    if out is None:
        return
    if promise_picture is None:
        raise CommandFailed("the picture needs matplotlib: pip install 'manyeyes[plots]'; without --out it works")
    if out.suffix not in (".png", ".svg"):
        raise CommandFailed("--out must end with .png or .svg")
    if not out.absolute().parent.is_dir():
        raise CommandFailed(f"there is no directory {out.absolute().parent}")


def _draw(found: Sequence[Promise], queue: str, out: Path) -> None:
    if len(found) != 1:
        raise CommandFailed(
            f"a picture is of one promise, and these are {len(found)}: name it by --account, --question and --target"
        )
    if not found[0].points:
        raise CommandFailed("there is no audit yet to draw")
    promise_picture.draw(found[0], queue, out)
    say(f"the curve is drawn in {out}")


async def _begin_anew(context: Context, found: Sequence[Promise]) -> None:
    if len(found) != 1:
        raise CommandFailed(
            f"one promise is begun anew at a time, and these are {len(found)}: name it by --account, --question and "
            "--target"
        )
    outcome = await begin_anew(context, *found[0].known.scope, actor=who_types())
    if isinstance(outcome, Refusal):
        raise CommandFailed(outcome.detail)


def _row(promise: Promise) -> dict[str, Any]:
    known = promise.known
    return {
        "account_id": known.account_id,
        "question_id": known.question_id,
        "target": known.scope[3],
        "accepted": known.accepted,
        "audited": known.audits,
        "wrong": known.wrong,
        "since": known.since.isoformat(),
        "threshold": known.threshold,
        "refused": known.is_refused,
        "needed": known.needed,
        "most_wrong": promise.most_wrong,
        "least_wrong": promise.least_wrong,
        "curve": [
            {"threshold": p.threshold, "audited": p.accepted, "wrong": p.wrong, "at_most": p.most_wrong}
            for p in promise.points
        ],
    }


def _sheet(r: dict[str, Any]) -> str:
    lines = [
        f"Queue {r['queue_id']}, {r['queue']}: {r['audit_share']:.1%} of what sure terms decide is audited by lot."
    ]
    if not r["audit_share"]:
        lines += ["Without audits nothing can be proven: `manyeyes queue set QUEUE --audit-share 0.05` draws some."]
    if not r["promises"]:
        return "\n".join([*lines, "Nobody has asked for results of which at most a share is wrong."])
    for row in r["promises"]:
        lines += ["", *_lines(row)]
    return "\n".join([*lines, "", REVIEWERS])


def _lines(row: dict[str, Any]) -> list[str]:
    asked = f"question {row['question_id']}" if row["question_id"] else "tasks without a question of their own"
    lines = [f"Account {row['account_id']}, {asked}, at most {row['target']:.2%} wrong:"]
    lines += [f"  accepted {row['accepted']:,}, audited {row['audited']:,}, wrong {row['wrong']:,}"]
    lines += [f"  {_state(row)}"]
    if row["most_wrong"] is not None:
        lines += [
            f"  Of what was accepted since {row['since'][:10]} at most {row['most_wrong']:.1%} is wrong "
            f"({row['audited']:,} audited, {row['wrong']:,} wrong)."
        ]
    if row["curve"]:
        lines += [f"  {'threshold':>9}  {'wrong of':>14}  {'at most':>8}"]
        lines += [_point(point, row["threshold"]) for point in row["curve"]]
    return lines


def _state(row: dict[str, Any]) -> str:
    if row["refused"]:
        return (
            "refused: people do not know these; nothing is accepted, reviewers decide or it is called uncertain.\n"
            "  Other people, or other instructions? `--anew` begins it anew"
        )
    if row["threshold"] is None:
        return f"not proven yet: {row['needed']:,} more audits are needed"
    return f"proven from a score of {row['threshold']:g} on; {row['needed']:,} audits to the next look"


def _point(point: dict[str, Any], proven: float | None) -> str:
    wrong = f"{point['wrong']:,} / {point['audited']:,}"
    mark = " <- proven" if proven is not None and abs(point["threshold"] - proven) < 1e-9 else ""
    return f"  {point['threshold']:>9.4g}  {wrong:>14}  {point['at_most']:>8.2%}{mark}"
