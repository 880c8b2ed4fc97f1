"""manyeyes recognition calibrate: from people's verdicts to the threshold from which a recogniser is believed."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import Parameter

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run, say
from manyeyes.cli.lookup import find_recognition
from manyeyes.recognitions import reviews
from manyeyes.recognitions.calibration import NOTHING_CERTAIN, Calibration, CalibrationPoint, ReviewVerdict, calibrate
from manyeyes.recognitions.rules import Recognition
from manyeyes.roles.house import recognitions as house
from manyeyes.roles.house.recognitions import RecognitionTerms
from manyeyes.runtime.context import Context

try:
    from manyeyes.cli import calibration_picture
except ModuleNotFoundError:  # the extra `plots` is not installed: everything but the picture works
    calibration_picture = None  # type: ignore[assignment]

LONGEST_DAYS = 3_650
SHOWN_STEP = 0.03  # of all results: how much more a threshold must make certain to have a line of the table
PERSON = "What people say counts as right. They err too: see docs/why/certain.md."


def calibrate_recognition(
    task_id: str,
    *,
    target: Annotated[float, Parameter(help="Most of the certain results that may be wrong, as a share.")] = 0.02,
    confidence: Annotated[float, Parameter(help="How sure that is to be, as a share.")] = 0.95,
    days: Annotated[int, Parameter(help="How far back verdicts count.")] = 90,
    picture: Annotated[Path | None, Parameter(help="Write the curve to this file, .png or .svg.")] = None,
    apply: Annotated[bool, Parameter(help="Set the threshold that was found.", negative="")] = False,
    common: Common | None = None,
) -> None:
    """Find the lowest threshold whose error among certain results stays under a target, from people's verdicts."""

    async def work(context: Context) -> dict[str, Any]:
        _check(target, confidence, days, picture)
        recognition = await find_recognition(context, task_id)
        found = calibrate(await _verdicts(context, recognition, days), target, confidence)
        if picture and not found.points:
            raise CommandFailed("there is no verdict yet to draw")
        if picture and calibration_picture:
            calibration_picture.draw(found, recognition, target, picture)
            say(f"the curve is drawn in {picture}")
        is_applied = apply and not found.missing
        if is_applied:
            await _apply(context, recognition, found.threshold)
        return _result(recognition, found, target, confidence, is_applied)

    run(common, work, _sheet)


def _check(target: float, confidence: float, days: int, picture: Path | None) -> None:
    if not (0 < target < 1 and 0 < confidence < 1):
        raise CommandFailed("--target and --confidence are shares between 0 and 1")
    if not 0 < days <= LONGEST_DAYS:
        raise CommandFailed(f"--days lies from 1 to {LONGEST_DAYS}")
    if picture is None:
        return
    if calibration_picture is None:
        raise CommandFailed("the picture needs matplotlib: pip install 'manyeyes[plots]'; without --picture it works")
    if picture.suffix not in (".png", ".svg"):
        raise CommandFailed("--picture must end with .png or .svg")
    if not picture.absolute().parent.is_dir():
        raise CommandFailed(f"there is no directory {picture.absolute().parent}")


async def _verdicts(context: Context, recognition: Recognition, days: int) -> list[ReviewVerdict]:
    app = await context.lookups.app(recognition.secret_id)
    assert app is not None  # a recognition is made under one, and none is ever deleted
    async with context.cells.pool(app.cell).acquire() as db:
        since = await db.fetchval("SELECT now()") - timedelta(days=days)
        return await reviews.verdicts(db, app.cell, recognition.recognition_id, since)


async def _apply(context: Context, recognition: Recognition, threshold: float) -> None:
    await house.change_recognition(context, recognition, RecognitionTerms(threshold=threshold), who_types())


def _result(
    recognition: Recognition, found: Calibration, target: float, confidence: float, is_applied: bool
) -> dict[str, Any]:
    return {
        "task_id": recognition.task_id,
        "target": target,
        "confidence": confidence,
        "verdicts": found.verdicts,
        "missing": found.missing,
        "threshold_before": recognition.threshold,
        "threshold": None if found.missing else found.threshold,
        "certain_share": next((p.certain_share for p in found.points if p.threshold == found.threshold), 0.0),
        "applied": is_applied,
        "curve": msgspec.to_builtins(found.points),
    }


def _sheet(r: dict[str, Any]) -> str:
    lines = [f"Of all results {r['verdicts']:,} with a verdict make up the random sample.", ""]
    points = [msgspec.convert(point, CalibrationPoint) for point in r["curve"]]
    if points:
        lines += [f"{'threshold':>9}  {'certain':>8}  {'wrong of':>14}  {'at most':>8}"]
        lines += [_line(point, point.threshold == r["threshold"]) for point in _worth_reading(points, r["threshold"])]
        lines += [""]
    return "\n".join([*lines, *_verdict(r), PERSON])


def _worth_reading(points: list[CalibrationPoint], chosen: float | None) -> list[CalibrationPoint]:
    """Leave out thresholds that make hardly more certain than the one shown before, but for those at the choice."""
    kept: list[CalibrationPoint] = []
    for point in points:
        is_at_choice = chosen in (point.threshold, kept[-1].threshold if kept else None)
        is_step = not kept or point.certain_share - kept[-1].certain_share >= SHOWN_STEP
        if is_at_choice or is_step or point is points[-1]:
            kept.append(point)
    return kept


def _line(point: CalibrationPoint, is_chosen: bool) -> str:
    wrong = f"{point.errors:,} / {point.verdicts:,}"
    mark = " <- lowest that is proven" if is_chosen else ""
    return f"{point.threshold:>9g}  {point.certain_share:>8.1%}  {wrong:>14}  {point.upper_bound:>8.2%}{mark}"


def _verdict(r: dict[str, Any]) -> list[str]:
    """Return in words what was found and done."""
    promise = f"at most {r['target']:.2%} of the certain results are wrong, with {r['confidence']:.0%} confidence"
    if r["missing"]:
        return [
            f"At least {r['missing']} more verdicts are needed before anything can be proven, all of them right;",
            "a larger --sample of the certain ones brings them sooner. Nothing was changed.",
        ]
    if r["threshold"] == NOTHING_CERTAIN:
        said = [f"No threshold proves that {promise}."]
        if not r["applied"]:
            return [*said, f"It stays at {r['threshold_before']:g}; --apply would make nothing certain (threshold 2)."]
        return [*said, f"The threshold went from {r['threshold_before']:g} to 2: nothing is certain, people see all."]
    said = [f"From {r['threshold']:g} on {promise}; {r['certain_share']:.1%} of all results would be certain."]
    if r["applied"]:
        return [*said, f"The threshold went from {r['threshold_before']:g} to {r['threshold']:g}."]
    return [*said, f"It stays at {r['threshold_before']:g}; --apply sets it."]
