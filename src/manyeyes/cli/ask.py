"""manyeyes ask: a folder or a file of pictures in, a file of answers out."""

import json as json_text
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Parameter
from rich.console import Console

from manyeyes.cli.asking.answers import DONE, AnswerCells, AnswerFile, Find, finder, nothing
from manyeyes.cli.asking.conversation import Conversation
from manyeyes.cli.asking.endings import AskEnding, Stopped, goes_on_with, stopped_by
from manyeyes.cli.asking.plan import AskPlan
from manyeyes.cli.asking.progress import AskProgress
from manyeyes.cli.asking.question_options import QuestionOptions, question_of
from manyeyes.cli.asking.run import Wishes, find_job, prepare, rows_of, run
from manyeyes.cli.command import say, tell
from manyeyes.values import money
from manyeyes.values.integers import integer
from manyeyes_client import Client, Job, ManyeyesError


@Parameter(name="*")
@dataclass(kw_only=True)
class AskTerms:
    """What it may cost, and until when."""

    answers: Annotated[
        int | None,
        Parameter(help="How many people answer each picture at once (default: as the queue says, else one)."),
    ] = None
    answers_at_most: Annotated[
        int | None, Parameter(help="How many in all, one more at a time: where it is a tie, or not yet sure.")
    ] = None
    wrong_at_most: Annotated[
        float | None,
        Parameter(help="Ask until it is sure: the share of accepted answers that may be wrong, like 0.05."),
    ] = None
    uncertain: Annotated[
        Literal["return", "review"] | None,
        Parameter(help="What is never sure: returned as uncertain, or decided by a reviewer."),
    ] = None
    queue: Annotated[str | None, Parameter(help="Name or number of the queue (default: the server's first).")] = None
    budget: Annotated[str | None, Parameter(help="The most that all of it may cost, in USD.")] = None
    price_at_most: Annotated[
        str | None, Parameter(help="The most that one picture may cost with all its answers, in USD.")
    ] = None
    deadline: Annotated[str | None, Parameter(help="When it must be done, such as 2026-12-01T18:00.")] = None
    life: Annotated[int | None, Parameter(help="How many seconds each picture may wait for its answer.")] = None


@Parameter(name="*")
@dataclass(kw_only=True)
class AskWay:
    """Where the answers go, what is asked back, and which server."""

    out: Annotated[Path, Parameter(help="The file of answers: .csv, .jsonl or .parquet.")] = Path("answers.csv")
    answers_from: Annotated[Path | None, Parameter(help="Take answers out of this file of another run.")] = None
    run: Annotated[str, Parameter(help="A name for another run: the same is asked, and paid, anew.")] = ""
    shrink: Annotated[bool, Parameter(help="Send smaller JPEG copies of pictures that are not taken.", negative="")] = (
        False
    )
    dry_run: Annotated[bool, Parameter(help="Upload nothing; tell items, price and balance.", negative="")] = False
    yes: Annotated[bool, Parameter(help="Start without asking back.", negative="")] = False
    quiet: Annotated[bool, Parameter(help="No progress.", negative="")] = False
    json: Annotated[bool, Parameter(help="Print one JSON object on stdout.", negative="")] = False
    cancel: Annotated[int | None, Parameter(help="End the job with this number instead; what is answered stays.")] = (
        None
    )
    url: Annotated[str | None, Parameter(help="The server (MANYEYES_URL).")] = None
    patience: Annotated[float, Parameter(help="Seconds to go on trying while the server is away.")] = 120.0
    key_file: Annotated[Path | None, Parameter(help="A file with the client key (or MANYEYES_KEY).")] = None


@dataclass
class _Ended:
    """How a command ended, and what is known of it by then."""

    job: Job | None = None
    counted: dict[str, int] = field(default_factory=lambda: {"answered": 0, "not_answered": 0})
    out: str = ""


def ask(
    source: Path | None = None,
    /,
    *,
    asked: QuestionOptions | None = None,
    terms: AskTerms | None = None,
    way: AskWay | None = None,
) -> None:
    """Ask people one question about every picture of SOURCE: a folder, ZIP, CSV or JSONL file.

    The same command again goes on with the same job, whatever happened: nothing is made or paid twice.
    """
    way = way or AskWay()
    ended = _Ended()
    try:
        with Client(way.url, _key(way.key_file), patience=way.patience) as client:
            if way.cancel is not None:
                ended.job = client.cancel_job(way.cancel)
                ending, words = AskEnding.ANSWERED, _cancelled(ended.job)
            else:
                ending, words = _asked(client, source, asked or QuestionOptions(), terms or AskTerms(), way, ended)
    except (ManyeyesError, Stopped) as error:
        stop = error if isinstance(error, Stopped) else stopped_by(error)
        ending, words = stop.ending, str(stop)
    except KeyboardInterrupt:
        ending, words = AskEnding.INTERRUPTED, _interrupted(ended.job)
    if way.json:
        tell(json_text.dumps(_summary(ended, ending, words), ensure_ascii=False))
    elif ending in (AskEnding.ANSWERED, AskEnding.NOT_ALL):
        tell(words)
    if ending not in (AskEnding.ANSWERED, AskEnding.NOT_ALL):
        say("\n".join(f"manyeyes: {line}" for line in words.splitlines()))
    raise SystemExit(int(ending))


def _asked(
    client: Client, source: Path | None, options: QuestionOptions, terms: AskTerms, way: AskWay, ended: _Ended
) -> tuple[AskEnding, str]:
    """Do all of it; return how it ended, in words too."""
    if source is None:
        raise Stopped(AskEnding.USAGE, "what is to be looked at? Name a folder, a ZIP, a CSV or a JSONL file")
    question, wishes = question_of(options), _wishes(terms, way)
    out = AnswerFile(way.out, question)
    plan = AskPlan(source, question, run=way.run, shrink=way.shrink)
    find: Find = nothing
    if way.answers_from is not None:
        find = finder(out.read(way.answers_from), plan.mark)
        plan.take(lambda item: find(item) is not None)
    talk = Conversation(may_ask=sys.stdin.isatty() and not way.json, is_agreed=way.yes)
    talk.found(source, plan)
    ended.out = str(way.out)
    if plan.asked:
        ended.job = find_job(client, plan, wishes)
        try:
            goes_on = prepare(client, plan, ended.job, wishes, talk, out)
        finally:
            if wishes.is_dry:  # the draft told the price, and is not to be found among the customer's drafts
                ended.job = client.cancel_job(ended.job.id)
        if not goes_on:
            return AskEnding.ANSWERED, "nothing was sent, and no draft is left"
        with AskProgress(Console(stderr=True), is_quiet=way.quiet) as shown:
            ended.job = run(client, plan, ended.job, wishes, shown)
    out.write(_counted(rows_of(client, plan, ended.job, out, find), ended.counted))
    return _ending(ended)


def _ending(ended: _Ended) -> tuple[AskEnding, str]:
    job, counts = ended.job, ended.counted
    paid = f"; {job.net} USD paid" if job else ""
    words = f"{counts['answered']} answered, {counts['not_answered']} not{paid}: {ended.out}"
    if job and job.waits_for and job.state == "running":
        raise Stopped(AskEnding.REFUSED, f"{words}\n{goes_on_with(job)}")
    return AskEnding.NOT_ALL if counts["not_answered"] else AskEnding.ANSWERED, words


def _counted(rows: Iterator[AnswerCells], counted: dict[str, int]) -> Iterator[AnswerCells]:
    for row in rows:
        counted["answered" if row.get("state") == DONE else "not_answered"] += 1
        yield row


def _wishes(terms: AskTerms, way: AskWay) -> Wishes:
    deadline = None
    if terms.deadline is not None:
        try:
            deadline = datetime.fromisoformat(terms.deadline).astimezone()
        except (ValueError, OverflowError) as error:
            words = f"--deadline {terms.deadline!r} is no instant; write it like 2026-12-01T18:00"
            raise Stopped(AskEnding.USAGE, words) from error
    budget = _amount("--budget", terms.budget)
    return Wishes(
        queue=terms.queue if terms.queue is None or integer(terms.queue, 9) is None else int(terms.queue),
        answers=terms.answers,
        answers_at_most=terms.answers_at_most,
        wrong_at_most=terms.wrong_at_most,
        uncertain=terms.uncertain,
        price_at_most=_amount("--price-at-most", terms.price_at_most),
        life=terms.life,
        budget=None if budget is None else Decimal(budget),
        deadline=deadline,
        is_dry=way.dry_run,
        may_overwrite=way.answers_from is not None and way.answers_from.absolute() == way.out.absolute(),
    )


def _amount(option: str, text: str | None) -> str | None:
    try:
        return None if text is None else money.text(money.parse(text))
    except ValueError as error:
        raise Stopped(AskEnding.USAGE, f"{option}: {error}") from error


def _key(file: Path | None) -> str | None:
    if file is None and not os.environ.get("MANYEYES_KEY", "").strip():
        words = "there is no client key: name a file that holds it with --key-file, or set MANYEYES_KEY"
        raise Stopped(AskEnding.USAGE, words)
    try:
        return None if file is None else file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Stopped(AskEnding.USAGE, f"{file}: {getattr(error, 'strerror', None) or error}") from error


def _cancelled(job: Job) -> str:
    return f"job {job.id} is {job.state}: {job.counts.done} answered, {job.net} USD paid; what waited cost nothing"


def _interrupted(job: Job | None) -> str:
    if job is None:
        return "interrupted before anything was made"
    return "\n".join(
        [
            f"interrupted; job {job.id} goes on by itself once it is started"
            if job.state == "draft"
            else f"interrupted; job {job.id} goes on by itself",
            "the same command waits for it again and writes the answers",
            f"`manyeyes ask --cancel {job.id}` ends it: what is answered is paid, what waits is not",
        ]
    )


def _summary(ended: _Ended, ending: AskEnding, words: str) -> dict[str, Any]:
    job = ended.job
    money_of = {"charged": str(job.charged), "refunded": str(job.refunded), "net": str(job.net)} if job else {}
    return {
        "job": job.id if job else None,
        "state": job.state if job else None,
        **ended.counted,
        **money_of,
        "out": ended.out or None,
        "exit": int(ending),
        "words": words,
    }
