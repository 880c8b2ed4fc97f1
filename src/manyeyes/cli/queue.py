"""manyeyes queue: kinds of work with a price, a language and the workers who may do it."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.cli.acting import who_types
from manyeyes.cli.alike import alike_rows, alike_table
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.floors import skill_rows, skill_table
from manyeyes.cli.lookup import queue_numbered
from manyeyes.cli.mark_options import MARKS_HELP, read_marks
from manyeyes.cli.people_options import PeopleOptions, terms_in, terms_row, terms_words
from manyeyes.cli.queue_training import train
from manyeyes.roles.house import queues as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.queues import USUAL_LIFE, QueueChange
from manyeyes.roles.house.workers import LONGEST_LANGUAGE
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values import money
from manyeyes.values.durations import duration_text
from manyeyes.values.marks import mark_names
from manyeyes.values.text.rules import read_name

LIFE_HELP = "How long a task lives that nobody finishes, such as 10m or 30d; `default`: the installation's time."
CAPACITY_HELP = "Waiting tasks above which only a high bid enters."
LEASE_HELP = "How long a worker may take."
FLOOR_HELP = "The share of their answers that people must be right in to be given this queue, such as 0.7; 0: none."
GOLD_HELP = "The share of gold among newcomers' tasks, at most 0.5; it falls with what is known of them. 0: no gold."
PRICE_HELP = "What a customer pays for a task, in USD."
PAY_HELP = "What a worker gets for it, in USD; not more than the price."
GUIDE_HELP = "A text file: what counts as right and as wrong here, for reviewers; an empty one: no guide."
AUDIT_HELP = "Share of results under sure terms that reviewers look at by lot, 0 to 1; only audits prove anything."

app = App(name="queue", help="Kinds of work: prices, pay and limits.")
# By its name: only who calibrates waits for what draws pictures.
app.command(
    "manyeyes.cli.calibrate_queue:calibrate_queue",
    name="calibrate",
    help="Tell what audits prove of the results of a queue's people.",
)
app.command(train, name="training")


@app.command(name="list")
def list_queues(*, common: Common | None = None) -> None:
    """List all queues with their terms."""

    async def work(context: Context) -> dict[str, Any]:
        return {"queues": [_row(queue) for queue in (await context.lookups.queues()).values()]}

    run(common, work, _show)


@app.command
def add(
    queue_id: int,
    name: str,
    *,
    language: str,
    price: Annotated[str, Parameter(help=PRICE_HELP)] = "0.0007",
    pay: Annotated[str, Parameter(help=PAY_HELP)] = "0.0005",
    capacity: Annotated[int, Parameter(help=CAPACITY_HELP)] = 100_000,
    lease_seconds: Annotated[int, Parameter(help=LEASE_HELP)] = 60,
    vote_pay: str = "0.0001",
    complaints: Annotated[bool, Parameter(help="Whether customers may complain about answers to its pictures.")] = True,
    life: Annotated[str, Parameter(help=LIFE_HELP)] = USUAL_LIFE,
    marks: Annotated[str | None, Parameter(help=MARKS_HELP)] = None,
    people: PeopleOptions | None = None,
    common: Common | None = None,
) -> None:
    """Open a queue of your own; running servers know it within seconds. Workers are given it by `worker create`.

    Parameters
    ----------
    language
        Language that its workers read.
    vote_pay
        What a reviewer gets for a vote, in USD.
    """

    async def work(context: Context) -> dict[str, Any]:
        queue = QueueTerms(
            queue_id=queue_id,
            name=read_name(name),
            language=read_name(language, "language", LONGEST_LANGUAGE),
            price_micros=money.parse(price),
            pay_micros=money.parse(pay),
            capacity=capacity,
            lease_seconds=lease_seconds,
            marks=read_marks(marks) or 0,
            vote_micros=money.parse(vote_pay),
            accepts_complaints=complaints,
            life_seconds=_read_life(life) or None,
            default_terms=terms_in(people),
        )
        if fault := await house.open_queue(context, queue, who_types()):
            raise CommandFailed(fault.sentence)
        return _row((await context.lookups.queues())[queue.queue_id])

    run(common, work, lambda r: _show({"queues": [r]}))


@app.command(name="set")
def set_queue(
    queue_id: int,
    *,
    price: Annotated[str | None, Parameter(help=PRICE_HELP)] = None,
    pay: Annotated[str | None, Parameter(help=PAY_HELP)] = None,
    capacity: Annotated[int | None, Parameter(help=CAPACITY_HELP)] = None,
    lease_seconds: Annotated[int | None, Parameter(help=LEASE_HELP)] = None,
    marks: Annotated[str | None, Parameter(help=MARKS_HELP)] = None,
    vote_pay: str | None = None,
    complaints: bool | None = None,
    life: Annotated[str | None, Parameter(help=LIFE_HELP)] = None,
    floor: Annotated[float | None, Parameter(help=FLOOR_HELP)] = None,
    gold_share: Annotated[float | None, Parameter(help=GOLD_HELP)] = None,
    audit_share: Annotated[float | None, Parameter(help=AUDIT_HELP)] = None,
    guide: Annotated[Path | None, Parameter(help=GUIDE_HELP)] = None,
    people: PeopleOptions | None = None,
    common: Common | None = None,
) -> None:
    """Change a queue's terms; tasks already submitted keep theirs. Running servers follow within seconds.

    Parameters
    ----------
    vote_pay
        What a reviewer gets for a vote on a complaint that comes from now on, in USD.
    complaints
        Whether complaints about answers to its pictures are accepted from now on.
    """

    async def work(context: Context) -> dict[str, Any]:
        before = await queue_numbered(context, queue_id)
        given = {"price_micros": price, "pay_micros": pay, "vote_micros": vote_pay}
        terms: dict[str, Any] = {name: None if text is None else money.parse(text) for name, text in given.items()}
        terms |= {"capacity": capacity, "lease_seconds": lease_seconds}
        terms |= {"marks": read_marks(marks), "accepts_complaints": complaints}
        terms["life_seconds"] = None if life is None else _read_life(life)
        terms |= {"default_terms": terms_in(people), "floor": floor, "gold_share": gold_share}
        said = None if guide is None else house.read_guide(guide.read_text("utf-8"))
        change = QueueChange(**terms, audit_share=audit_share, guide=said)
        if fault := await house.change_queue(context, before, change, who_types()):
            raise CommandFailed(fault.sentence)
        return _row((await context.lookups.queues())[queue_id])

    run(common, work, lambda r: _show({"queues": [r]}))


@app.command(name="skills")
def show_skills(queue_id: int, *, common: Common | None = None) -> None:
    """Show what is known of each person in a queue: how often they are right, gold, doubt, and who is stopped."""

    async def work(context: Context) -> dict[str, Any]:
        await queue_numbered(context, queue_id)
        return {"queue_id": queue_id, "people": await skill_rows(context, queue_id)}

    run(common, work, skill_table)


@app.command(name="alike")
def show_alike(queue_id: int, *, common: Common | None = None) -> None:
    """Show who answers as somebody else does, as the recogniser, or too quickly to have looked; it stops nobody."""

    async def work(context: Context) -> dict[str, Any]:
        await queue_numbered(context, queue_id)
        return {"queue_id": queue_id, "alike": await alike_rows(context, queue_id)}

    run(common, work, alike_table)


def _read_life(text: str) -> int:
    """Return a life in seconds, 0 for the installation's. Raises `CommandFailed`."""
    seconds = house.read_life(text)
    if isinstance(seconds, FieldFault):
        raise CommandFailed(seconds.sentence)
    return seconds


def _row(queue: QueueTerms) -> dict[str, Any]:
    return {
        "queue_id": queue.queue_id,
        "name": queue.name,
        "language": queue.language,
        "price": money.text(queue.price_micros),
        "pay": money.text(queue.pay_micros),
        "vote_pay": money.text(queue.vote_micros),
        "capacity": queue.capacity,
        "lease_seconds": queue.lease_seconds,
        "marks": mark_names(queue.marks),
        "complaints": queue.accepts_complaints,
        "life_seconds": queue.life_seconds,
        "audit_share": queue.audit_share,
        "terms": terms_row(queue.default_terms),
        "floor": queue.floor and round(queue.floor, 4),
        "gold_share": queue.gold_share and round(queue.gold_share, 4),
        "guide": queue.guide,
    }


def _show(result: dict[str, Any]) -> str:
    head = f"{'queue':>5}  {'price':>9}  {'pay':>9}  {'vote pay':>9}  {'capacity':>8}  {'lease':>5}  language  name"
    return "\n".join(
        [head]
        + [
            f"{q['queue_id']:>5}  {q['price']:>9}  {q['pay']:>9}  {q['vote_pay']:>9}  {q['capacity']:>8}  "
            f"{q['lease_seconds']:>5}  {q['language'] or '-':8}  {q['name']}{_remarks(q)}"
            for q in result["queues"]
        ]
    )


def _remarks(queue: dict[str, Any]) -> str:
    """Return what is unusual about a queue, in parentheses; empty when nothing is."""
    said = [*([f"marked {', '.join(queue['marks'])}"] if queue["marks"] else [])]
    said += [*([] if queue["complaints"] else ["no complaints"])]
    said += [f"tasks live {duration_text(queue['life_seconds'])}"] if queue["life_seconds"] else []
    said += filter(None, [terms_words(queue["terms"])])
    said += [f"floor {queue['floor']:.0%}"] if queue["floor"] else []
    return f" ({', '.join(said)})" if said else ""
