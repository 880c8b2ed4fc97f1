"""manyeyes simulate: what the shipping rules do to a crowd; needs no installation, no database, no server."""

import json as json_text
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeVar

import msgspec
from cyclopts import App, Parameter

from manyeyes.cli.command import CommandFailed, say
from manyeyes.consensus.rehearsal import KnownCrowd, Rehearsal, rehearse
from manyeyes.consensus.rules import HowMany
from manyeyes.recognitions.calibration import CONFIDENCE, TARGET
from manyeyes.simulator import allow_list_study, calibration, certainty, review, tables
from manyeyes.simulator.allow_list import Reporting
from manyeyes.simulator.allow_list_study import StudyQuestion
from manyeyes.simulator.certainty import CertaintyQuestion
from manyeyes.simulator.closed_form import beta_shape
from manyeyes.simulator.crowd import CrowdWorld
from manyeyes.simulator.review import Bench
from manyeyes.simulator.world import World
from manyeyes.values.decimals import is_decimal

try:
    from manyeyes.simulator import allow_list_picture, calibration_picture, certainty_picture, review_picture
except ModuleNotFoundError:  # the extra `plots` is not installed: everything but the pictures works
    allow_list_picture = calibration_picture = certainty_picture = review_picture = None  # type: ignore[assignment]

DEFAULT = World()
MOST_ANSWERS = 15
Asked = TypeVar("Asked")
Found = TypeVar("Found")
Number = TypeVar("Number", int, float)
Json = Annotated[bool, Parameter(help="Print one JSON object on stdout.", negative="")]
OutPicture = Annotated[Path | None, Parameter(help="Write the picture to this file, which ends with .png or .svg.")]
Seeds = Annotated[int, Parameter(help="Independent runs of each case, at least two.")]

app = App(name="simulate", help="What the rules do to a simulated crowd; needs no installation.")


@app.command
def allow_list(
    *,
    rates: Annotated[str, Parameter(help="The customer's tasks per minute.")] = "1,3,10,30,100",
    pools: Annotated[str, Parameter(help="Workers of the installation, on all its queues.")] = "10,30,100,300",
    seeds: Seeds = 30,
    load: Annotated[float, Parameter(help="Share of the workers' time that others' tasks take.")] = DEFAULT.load,
    here: Annotated[float, Parameter(help="Share of their time a worker is on the customer's queue.")] = DEFAULT.here,
    accuracy: Annotated[float, Parameter(help="Mean accuracy of the workers.")] = DEFAULT.accuracy,
    spread: Annotated[float, Parameter(help="Its standard deviation between workers.")] = DEFAULT.spread,
    variations: Annotated[bool, Parameter(help="Also change one thing at a time.")] = True,
    out: OutPicture = None,
    json: Json = False,
) -> None:
    """Does reporting answers bring a customer more correct ones? What praise and the allow-list are worth, tried."""
    with _ending_well():
        base = World(load=load, here=here, accuracy=accuracy, spread=spread)
        _check(base, seeds, out)
        grid = allow_list_study.grid(_numbers("--pools", pools, int), _numbers("--rates", rates, float), base)
        if not grid:
            raise CommandFailed(
                "the tasks are more than the workers can do, at every rate; give more workers by --pools"
            )
        varied = list(allow_list_study.variations(base)) if variations else []
        ways = dict.fromkeys(varied, allow_list_study.CONTRAST) | dict.fromkeys(grid, tuple(Reporting))
        done = _one_by_one([*grid, *varied], _told, lambda q: allow_list_study.study(q, seeds, ways[q]))
        _show(json, done, tables.allow_list)
        if out:
            allow_list_picture.draw([done[q] for q in grid], [done[q] for q in varied], out)


@app.command(name="review")
def judge(
    *,
    accuracies: Annotated[str, Parameter(help="Accuracies of a reviewer.")] = "0.99,0.95,0.9,0.85,0.8,0.75,0.7",
    justified: Annotated[str, Parameter(help="Shares of complaints whose answer is wrong.")] = "0.9,0.7,0.5,0.2",
    likenesses: Annotated[str, Parameter(help="Correlations of two reviewers' errors on a picture.")] = "0,0.3",
    seeds: Seeds = 30,
    complaints: Annotated[int, Parameter(help="Complaints per run.")] = 2_000,
    out: OutPicture = None,
    json: Json = False,
) -> None:
    """Wrong refunds, missed refunds and votes: two of three reviewers, against one and three of five."""
    with _ending_well():
        if seeds < 2 or complaints < 1:
            raise CommandFailed("at least two seeds and one complaint are needed")
        _check_out(out)
        benches = [
            Bench(accuracy, share, likeness)
            for likeness in _numbers("--likenesses", likenesses, float)
            for share in _numbers("--justified", justified, float)
            for accuracy in _numbers("--accuracies", accuracies, float)
        ]
        if not all(0.5 <= b.accuracy < 1 and 0 <= b.justified <= 1 and 0 <= b.likeness < 1 for b in benches):
            raise CommandFailed("accuracies lie from 0.5 to below 1, shares from 0 to 1, likenesses from 0 to below 1")
        done = _one_by_one(benches, _judged, lambda bench: review.study(bench, seeds, complaints))
        _show(json, done, tables.review)
        if out:
            review_picture.draw([verdicts for found in done.values() for verdicts in found], out)


@app.command(name="calibration")
def calibrate(
    *,
    trials: Annotated[int, Parameter(help="Recognisers whose true error is known.")] = 2_000,
    target: Annotated[float, Parameter(help="Most of the certain results that may be wrong, as a share.")] = TARGET,
    confidence: Annotated[float, Parameter(help="How sure that is to be, as a share.")] = CONFIDENCE,
    out: OutPicture = None,
    json: Json = False,
) -> None:
    """How often a calibrated threshold breaks its promise, and what it makes certain, for recognisers of many kinds."""
    with _ending_well():
        if trials < len(calibration.KINDS):
            raise CommandFailed(f"at least {len(calibration.KINDS)} trials are needed, one of each kind of recogniser")
        _check_out(out)
        done = calibration.study(trials, target, confidence)
        summed = calibration.summed(done, target)
        _show(json, {kept.kind: kept for kept in summed}, tables.calibration)
        if out:
            calibration_picture.draw(done, target, 1 - confidence, out)


@app.command(name="certainty")
def be_certain(
    *,
    answers: Annotated[int, Parameter(help="People who are asked at once.")] = 1,
    answers_at_most: Annotated[int, Parameter(help="People who are asked at most.")] = 7,
    wrong_at_most: Annotated[
        float, Parameter(help="Share of the certain results that may be wrong; 0: a fixed number of people is asked.")
    ] = 0.05,
    accuracy: Annotated[float, Parameter(help="Mean accuracy of the people who look.")] = 0.9,
    labels: Annotated[int, Parameter(help="Labels to choose from; 0: answers are typed.")] = 4,
    difficulty: Annotated[float, Parameter(help="Correlation of two people's errors on a picture.")] = 0.2,
    careless: Annotated[float, Parameter(help="Share of the people who do not look and were not found yet.")] = 0.0,
    seed: Annotated[int, Parameter(help="The same number draws the same crowds and pictures.")] = 0,
    out: OutPicture = None,
    json: Json = False,
) -> None:
    """Show what terms for several answers cost and how often the results are wrong; crowds err together."""
    with _ending_well():
        if not (1 <= answers <= answers_at_most <= MOST_ANSWERS and 0 <= wrong_at_most < 1):
            raise CommandFailed(
                f"--answers lie from 1 to --answers-at-most, these up to {MOST_ANSWERS}; "
                "--wrong-at-most lies from 0 to below 1"
            )
        if labels == 1 or not (0 <= labels <= 20 and 0.5 <= accuracy <= 0.99):
            raise CommandFailed("--labels are 0 or 2 to 20, --accuracy lies from 0.5 to 0.99")
        if not (0 <= difficulty <= 0.8 and 0 <= careless <= 0.5):
            raise CommandFailed("--difficulty lies from 0 to 0.8, --careless from 0 to 0.5")
        _check_out(out)
        world = CrowdWorld(
            options=labels or None,
            accuracy=accuracy,
            spread=min(0.04, (1 - accuracy) / 2),
            difficulty=difficulty,
            careless=careless,
        )
        asked = HowMany(first=answers, at_most=answers_at_most, wrong_at_most=wrong_at_most or None)
        questions = [CertaintyQuestion(world, how_many) for how_many in certainty.terms_around(asked)]
        done = _one_by_one(questions, lambda q: tables.terms(q.how_many), lambda q: certainty.study(q, seed))
        _show(json, done, tables.certainty)
        expected = _rehearsed(world, asked)
        if not json:
            print("\n" + tables.rehearsal(expected), flush=True)
        if out:
            certainty_picture.draw(list(done.values()), expected, out)


def _rehearsed(world: CrowdWorld, asked: HowMany) -> Rehearsal:
    """Return what a page would tell of such a crowd beforehand; who does not look counts in the mean."""
    guessing = 1 / world.options if world.options else 0.0
    mean = world.accuracy * (1 - world.careless) + guessing * world.careless
    crowd = KnownCrowd(accuracy=mean, checked=certainty.GOLD_EACH, difficulty=world.difficulty)
    return rehearse(crowd, certainty.shape_of(world), asked, certainty.PICTURES, 1)


@contextmanager
def _ending_well() -> Iterator[None]:
    """Let expected failures go to stderr with exit 1, and Ctrl-C end without a traceback."""
    try:
        yield
    except (CommandFailed, OSError, ValueError) as error:
        print(f"manyeyes: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


def _check(base: World, seeds: int, out: Path | None) -> None:
    if seeds < 2:
        raise CommandFailed("at least two seeds are needed")
    if not (0 <= base.load <= allow_list_study.LARGEST_LOAD and 0 < base.here <= 1):
        raise CommandFailed(f"--load lies from 0 to {allow_list_study.LARGEST_LOAD}, --here from above 0 to 1")
    beta_shape(base.accuracy, base.spread)
    _check_out(out)


def _check_out(out: Path | None) -> None:
    """Raise `CommandFailed` for a picture that could not be written, before minutes are spent on it."""
    if out is None:
        return
    if allow_list_picture is None:
        raise CommandFailed("pictures need matplotlib: pip install 'manyeyes[plots]'; without --out there is the table")
    if out.suffix not in (".png", ".svg"):
        raise CommandFailed("--out must end with .png or .svg")
    if not out.absolute().parent.is_dir():
        raise CommandFailed(f"there is no directory {out.absolute().parent}")


def _numbers(option: str, text: str, kind: Callable[[str], Number]) -> list[Number]:
    parts = [part.strip() for part in text.split(",")]
    try:
        if not all(map(is_decimal, parts)):
            raise ValueError(text)
        found = sorted({kind(part) for part in parts})
    except ValueError:
        raise CommandFailed(f"{option} takes numbers with commas between them, not {text!r}") from None
    least = {"--rates": allow_list_study.SMALLEST_RATE, "--pools": 1}.get(option, 0)
    if not all(least <= number <= 10_000 for number in found):
        raise CommandFailed(f"{option} takes numbers from {least} to 10000, not {text!r}")
    return found


def _one_by_one(
    asked: Sequence[Asked], told: Callable[[Asked], str], find: Callable[[Asked], Found]
) -> dict[Asked, Found]:
    """Answer each different question once, telling what is being done and how long the rest may take."""
    done: dict[Asked, Found] = {}
    different = list(dict.fromkeys(asked))
    begin = time.monotonic()
    for n, question in enumerate(different):
        say(f"{n + 1:>3} of {len(different)}, {time.monotonic() - begin:4.0f} s so far: {told(question)}")
        done[question] = find(question)
    return done


def _told(question: StudyQuestion) -> str:
    world = question.world
    return f"{world.workers} workers, {world.rate:g} tasks a minute, {question.name}"


def _judged(bench: Bench) -> str:
    return f"accuracy {bench.accuracy:g}, {bench.justified:.0%} justified, alike {bench.likeness:g}"


def _show(json: bool, done: dict[Asked, Found], table: Callable[[list[Found]], str]) -> None:
    found = list(done.values())
    if json:
        print(json_text.dumps({"findings": msgspec.to_builtins(found)}, ensure_ascii=False), flush=True)
    else:
        print(table(found), flush=True)
