"""manyeyes worker: people who answer."""

from typing import Any

from cyclopts import App

from manyeyes.accounts.rules import digest, new_token
from manyeyes.actions.change_workers import ChangeWorker, change_workers
from manyeyes.actions.disable_workers import DisableWorker, disable_workers
from manyeyes.actions.enable_workers import EnableWorker, enable_workers
from manyeyes.actions.leave import Leave, leave
from manyeyes.actions.register_workers import RegisterWorker, register_workers
from manyeyes.actions.take_queues import TakeQueues, take_queues
from manyeyes.cli.acting import who_types
from manyeyes.cli.alike import alike_rows_of, alike_table
from manyeyes.cli.command import CommandFailed, Common, browsers, run, say
from manyeyes.cli.floors import skill_rows_of, skill_table
from manyeyes.cli.lookup import find_worker, read_language
from manyeyes.roles.login_links import login_url, sign_out_everywhere
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Refusal
from manyeyes.values.text.rules import read_name
from manyeyes.workers import store as workers
from manyeyes.workers.rules import queues_for
from manyeyes.workers.store import Subject, Worker

app = App(name="worker", help="People who answer.")

SAME_LANGUAGE = {"rn": "ru"}  # what Anti-Captcha calls Russian (docs/contracts/anticaptcha.md#language-pools)


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
        languages = _languages(language or ["en"])
        terms = await _queues(context, queue or [])
        queues = tuple(queue or [q.queue_id for q in terms.values() if q.language in languages])
        token = new_token()
        worker_id = await context.id_blocks.take_number("worker")
        new = Worker(worker_id=worker_id, name=called, languages=languages, queues=queues, reviewer=reviewer)
        await context.batcher.ask(register_workers, RegisterWorker(new, digest(token), actor=who_types()))
        url = await login_url(context, Subject("worker", worker_id, 0), who_types())
        if not any(terms[q].language in ("", *languages) for q in queues):
            say(f"no queue speaks {', '.join(languages)}; see `manyeyes queue list`")
        return {"worker_id": worker_id, "token": token, "login_url": url}

    run(common, work, lambda r: "\n".join(f"{key:10} {value}" for key, value in r.items()), may_create=True)


@app.command
def link(worker: str, *, common: Common | None = None) -> None:
    """Make a one-time address that signs the worker in to their screen."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker)
        return {"login_url": await login_url(context, Subject("worker", found.worker_id, 0), who_types())}

    run(common, work, lambda r: str(r["login_url"]))


@app.command(name="sign-out")
def sign_out(worker: str, *, common: Common | None = None) -> None:
    """Sign a worker out of every browser; links that were not used end too. The token of their programs stays valid."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker)
        ended = await sign_out_everywhere(context, Subject("worker", found.worker_id, 0), who_types())
        return {"worker_id": found.worker_id, "sessions": ended}

    run(common, work, lambda r: f"worker {r['worker_id']} is signed out of {browsers(r['sessions'])}")


@app.command(name="set")
def set_worker(
    worker: str,
    *,
    language: list[str] | None = None,
    queue: list[int] | None = None,
    reviewer: bool | None = None,
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
        if language is None and queue is None and reviewer is None:
            raise CommandFailed("say what to change: --language, --queue, --reviewer or --no-reviewer")
        found = await find_worker(context, worker)
        terms = await _queues(context, queue or [])
        command = ChangeWorker(
            worker_id=found.worker_id,
            languages=None if language is None else _languages(language),
            queues=None if queue is None else tuple(queue),
            reviewer=reviewer,
            actor=who_types(),
        )
        await context.batcher.ask(change_workers, command)
        await context.notifier.tell_changed()
        changed = await find_worker(context, str(found.worker_id))
        if language is not None or queue is not None:
            await _take_away(context, changed, terms)
        return _row(changed)

    run(common, work, _line)


async def _take_away(context: Context, worker: Worker, terms: dict[int, QueueTerms]) -> None:
    """Take from a worker's presence, in each cell, the queues that they may not do any more."""
    spoken = {each.queue_id: each.language for each in terms.values()}
    allowed = queues_for(None, None, worker.queues, worker.languages, spoken)
    lost = sorted(terms.keys() - set(() if isinstance(allowed, Refusal) else allowed[0]))
    for cell in context.cells.numbers:
        await context.batcher.ask(take_queues, TakeQueues(cell, worker.worker_id, tuple(lost)))
    await context.notifier.tell([worker.worker_id])  # their open streams look at once


@app.command
def disable(worker: str, *, common: Common | None = None) -> None:
    """Shut a worker out; what they earned stays theirs."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker)
        await context.batcher.ask(disable_workers, DisableWorker(found.worker_id, actor=who_types()))
        for cell in context.cells.numbers:
            await context.batcher.ask(leave, Leave(cell, found.worker_id, offline=True))
        await context.notifier.tell_changed()
        return {"worker_id": found.worker_id}

    run(common, work, lambda r: f"worker {r['worker_id']} is disabled")


@app.command
def enable(worker: str, *, common: Common | None = None) -> None:
    """Let a disabled worker in again; their token and what they earned are still theirs."""

    async def work(context: Context) -> dict[str, Any]:
        found = await find_worker(context, worker, disabled=True)
        await context.batcher.ask(enable_workers, EnableWorker(found.worker_id, actor=who_types()))
        await context.notifier.tell_changed()
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


async def _queues(context: Context, wanted: list[int]) -> dict[int, QueueTerms]:
    """Return all queues. Raises `CommandFailed` for a wanted one that is not there."""
    terms = await context.lookups.queues()
    unknown = [q for q in wanted if q not in terms]
    if unknown:
        raise CommandFailed(f"there is no queue {unknown[0]}; see `manyeyes queue list`")
    return terms


def _languages(codes: list[str]) -> tuple[str, ...]:
    names = [read_language(code) for code in codes]
    return tuple(SAME_LANGUAGE.get(name, name) for name in names)


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
