"""manyeyes worker: people who answer."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.apps.rules import zone as time_zone
from manyeyes.cli import announcements, payouts
from manyeyes.cli.acting import who_types
from manyeyes.cli.alike import alike_rows_of, alike_table
from manyeyes.cli.command import CommandFailed, Common, WithPasskeys, browsers, run, say
from manyeyes.cli.floors import skill_rows_of, skill_table
from manyeyes.cli.lookup import find_worker
from manyeyes.cli.worker_marks import CAP_HELP, ZONE_HELP, marks_lines, marks_row, read_caps
from manyeyes.roles.house import workers as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.workers import WorkerChange, read_languages
from manyeyes.roles.login_links import login_url
from manyeyes.roles.passkeys import end_sign_ins
from manyeyes.roles.wellbeing import cap_worker
from manyeyes.runtime.context import Context
from manyeyes.values.text.rules import read_name
from manyeyes.workers import store as workers
from manyeyes.workers.store import Subject, Worker

app = App(name="worker", help="People who answer.")
app.command(announcements.announce)
app.command(announcements.announcements)
app.command(announcements.end, name="end-announcement")
app.command(payouts.payouts)
app.command(payouts.ask, name="ask-payout")
app.command(payouts.approve, name="approve-payout")
app.command(payouts.mark_paid, name="mark-paid")
app.command(payouts.decline, name="decline-payout")


@app.command
def create(
    name: str,
    *,
    language: list[str] | None = None,
    queue: list[int] | None = None,
    reviewer: bool = False,
    common: Common | None = None,
) -> None:
    """Register a worker; print the token for their programs and a one-time address for their screen.

    Parameters
    ----------
    language
        Language they read, such as en or ru; repeat for more. Default: en.
    queue
        Queue they may work on; repeat for more. Default: every queue in their languages. Queues without a language
        (tokens of proven sites) must be named.
    reviewer
        May judge complaints, at /reviewer or over /v1/reviewer.
    """

    async def work(context: Context) -> dict[str, Any]:
        called = read_name(name)
        languages = read_languages(language or ["en"])
        new = await house.register_worker(context, called, languages, queue or (), who_types(), reviewer=reviewer)
        if isinstance(new, FieldFault):
            raise CommandFailed(_said(new))
        if not new.has_queue:
            say(f"no queue speaks {', '.join(languages)}; see `manyeyes queue list`")
        return {"worker_id": new.worker_id, "token": new.token, "login_url": new.login_url}

    run(common, work, lambda r: "\n".join(f"{key:10} {value}" for key, value in r.items()), may_create=True)


@app.command
def link(worker: str, *, common: Common | None = None) -> None:
    """Make a one-time address that signs the worker in to their screen."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker)
        return {"login_url": await login_url(context, Subject("worker", found.worker_id, 0), who_types())}

    run(common, work, lambda r: str(r["login_url"]))


@app.command(name="sign-out")
def sign_out(worker: str, *, passkeys: WithPasskeys = False, common: Common | None = None) -> None:
    """Sign a worker out of every browser; links that were not used end too. The token of their programs stays valid.

    Parameters
    ----------
    passkeys
        Remove their passkeys too, as after a lost device.
    """

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker)
        subject = Subject("worker", found.worker_id, 0)
        ended = await end_sign_ins(context, subject, who_types(), with_passkeys=passkeys)
        return {"worker_id": found.worker_id, "sessions": ended}

    run(common, work, lambda r: f"worker {r['worker_id']} is signed out of {browsers(r['sessions'])}")


@app.command(name="set")
def set_worker(
    worker: str,
    *,
    language: list[str] | None = None,
    queue: list[int] | None = None,
    reviewer: bool | None = None,
    cap: Annotated[list[str] | None, Parameter(help=CAP_HELP)] = None,
    zone: Annotated[str | None, Parameter(help=ZONE_HELP)] = None,
    common: Common | None = None,
) -> None:
    """Change what a worker may do: what is taken away is gone at once, what is given they get when they next come.

    Parameters
    ----------
    language
        Language they read; repeat for more. Those given replace all that they had.
    queue
        Queue they may work on; repeat for more. Those given replace all that they had.
    reviewer
        Whether they may judge complaints; this counts within 2 seconds.
    """

    async def work(context: Context) -> dict[str, Any]:
        if language is None and queue is None and reviewer is None and not cap and zone is None:
            raise CommandFailed("say what to change: --language, --queue, --reviewer, --no-reviewer, --cap or --zone")
        caps, found = read_caps(cap), await find_worker(context, worker)
        if zone is not None:
            time_zone(zone)
        change = WorkerChange(
            languages=None if language is None else read_languages(language),
            queues=None if queue is None else tuple(queue),
            reviewer=reviewer,
        )
        is_changed = language is not None or queue is not None or reviewer is not None
        if is_changed and (fault := await house.change_worker(context, found.worker_id, change, who_types())):
            raise CommandFailed(_said(fault))
        if caps or zone is not None:
            await cap_worker(context, found.worker_id, caps, zone, who_types())
        return _row(await find_worker(context, str(found.worker_id)))

    run(common, work, _line)


@app.command
def show(worker: str, *, common: Common | None = None) -> None:
    """Show what a worker may do, what they said to marked pictures, and what of each mark they were shown today."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker)
        return {**_row(found), "marks": await marks_row(context, found)}

    run(common, work, lambda r: "\n".join([_line(r), *marks_lines(r["marks"])]))


@app.command
def disable(worker: str, *, common: Common | None = None) -> None:
    """Shut a worker out; what they earned stays theirs."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker)
        await house.disable_worker(context, found.worker_id, who_types())
        return {"worker_id": found.worker_id}

    run(common, work, lambda r: f"worker {r['worker_id']} is disabled")


@app.command
def enable(worker: str, *, common: Common | None = None) -> None:
    """Let a disabled worker in again; their token and what they earned are still theirs."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker, disabled=True)
        await house.let_in(context, found.worker_id, who_types())
        return {"worker_id": found.worker_id}

    run(common, work, lambda r: f"worker {r['worker_id']} may work again")


@app.command(name="list")
def list_workers(*, common: Common | None = None) -> None:
    """List all workers, disabled ones too."""

    async def work(context: Context) -> dict[str, Any]:
        async with context.cells.directory.acquire() as db:
            found = await workers.every_worker(db)
        return {"workers": [_row(each) for each in found]}

    run(common, work, lambda r: "\n".join([f"{'id':>6}  {'languages':9}  name", *map(_line, r["workers"])]))


@app.command(name="skills")
def show_skills(worker: str, *, common: Common | None = None) -> None:
    """Show where a worker stands in each of their queues, and where they answer as somebody else does."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker)
        rows = await skill_rows_of(context, found.worker_id)
        return {"worker_id": found.worker_id, "queues": rows, "alike": await alike_rows_of(context, found.worker_id)}

    run(common, work, _skills)


def _skills(found: dict[str, Any]) -> str:
    lines = [f"queue {each['queue_id']}\n{skill_table({'people': [each]})}" for each in found["queues"]]
    lines += [alike_table(found)] if found["alike"] else []
    return "\n".join(lines) or "none of their answers were checked yet"


def _said(fault: FieldFault) -> str:
    """Return what is wrong, and where the queues that there are can be seen."""
    return f"{fault.sentence}; see `manyeyes queue list`" if fault.field == "queues" else fault.sentence


def _row(worker: Worker) -> dict[str, Any]:
    return {
        "worker_id": worker.worker_id,
        "name": worker.name,
        "languages": worker.languages,
        "queues": worker.queues,
        "reviewer": worker.reviewer,
        "disabled": worker.disabled,
    }


def _line(worker: dict[str, Any]) -> str:
    languages = ", ".join(worker["languages"])
    marks = "".join(f" ({mark})" for mark in ("reviewer", "disabled") if worker[mark])
    return f"{worker['worker_id']:>6}  {languages:9}  {worker['name']}{marks}"
