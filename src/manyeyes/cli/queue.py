"""manyeyes queue: kinds of work with a price, a language and the workers who may do it."""

from collections.abc import Iterable
from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.actions.add_queues import AddQueue, add_queues
from manyeyes.actions.change_queues import ChangeQueue, change_queues
from manyeyes.actions.open_gates import OpenGate, open_gates
from manyeyes.cli.acting import who_types
from manyeyes.cli.alike import alike_rows, alike_table
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.floors import check_floor, skill_rows, skill_table
from manyeyes.cli.lookup import read_language
from manyeyes.cli.people_options import PeopleOptions, terms_in, terms_row, terms_words
from manyeyes.cli.queue_training import train
from manyeyes.consensus.terms import PeopleTerms
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import LONGEST_LIFE, SHORTEST_LIFE, QueueTerms
from manyeyes.tasks.tokens import QUEUES as TOKEN_QUEUES
from manyeyes.values import money
from manyeyes.values.durations import duration_text, read_duration
from manyeyes.values.text.rules import read_name

LARGEST_QUEUE_ID = 2_147_483_647  # an int32 on the wire and in the table
USUAL_LIFE = "default"  # word for the installation's
LIFE_HELP = "How long a task lives that nobody finishes, such as 10m or 30d; `default`: the installation's time."
CAPACITY_HELP = "Waiting tasks above which only a high bid enters."
LEASE_HELP = "How long a worker may take."
FLOOR_HELP = "The share of their answers that people must be right in to be given this queue, such as 0.7; 0: none."
GOLD_HELP = "The share of gold among newcomers' tasks, at most 0.5; it falls with what is known of them. 0: no gold."
PRICE_HELP = "What a customer pays for a task, in USD."
PAY_HELP = "What a worker gets for it, in USD; not more than the price."
AUDIT_HELP = "Share of results under sure terms that reviewers look at by lot, 0 to 1; only audits prove anything."
LARGEST_TERM = 100_000_000  # tasks that wait, or seconds of a lease

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
            language=read_language(language),
            price_micros=money.parse(price),
            pay_micros=money.parse(pay),
            capacity=capacity,
            lease_seconds=lease_seconds,
            sensitive=False,
            vote_micros=money.parse(vote_pay),
            accepts_complaints=complaints,
            life_seconds=_read_life(life) or None,
            default_terms=terms_in(people),
        )
        return await _open(context, queue)

    run(common, work, lambda r: _show({"queues": [r]}))


async def _open(context: Context, queue: QueueTerms) -> dict[str, Any]:
    _check_new(queue, (await context.lookups.queues()).values())
    for cell in context.cells.numbers:
        await context.batcher.ask(open_gates, OpenGate(cell, queue.queue_id))
    for cell in reversed(
        context.cells.one_of_each
    ):  # the directory database last: a repetition after a failure completes
        await context.batcher.ask(add_queues, AddQueue(cell, queue, who_types()))
    await context.notifier.tell_changed()
    return _row((await context.lookups.queues())[queue.queue_id])


@app.command(name="set")
def set_queue(
    queue_id: int,
    *,
    price: Annotated[str | None, Parameter(help=PRICE_HELP)] = None,
    pay: Annotated[str | None, Parameter(help=PAY_HELP)] = None,
    capacity: Annotated[int | None, Parameter(help=CAPACITY_HELP)] = None,
    lease_seconds: Annotated[int | None, Parameter(help=LEASE_HELP)] = None,
    sensitive: bool | None = None,
    vote_pay: str | None = None,
    complaints: bool | None = None,
    life: Annotated[str | None, Parameter(help=LIFE_HELP)] = None,
    floor: Annotated[float | None, Parameter(help=FLOOR_HELP)] = None,
    gold_share: Annotated[float | None, Parameter(help=GOLD_HELP)] = None,
    audit_share: Annotated[float | None, Parameter(help=AUDIT_HELP)] = None,
    people: PeopleOptions | None = None,
    common: Common | None = None,
) -> None:
    """Change a queue's terms; tasks already submitted keep theirs. Running servers follow within seconds.

    Parameters
    ----------
    sensitive
        Pictures are blurred until the worker chooses to look.
    vote_pay
        What a reviewer gets for a vote on a complaint that comes from now on, in USD.
    complaints
        Whether complaints about answers to its pictures are accepted from now on.
    """

    async def work(context: Context) -> dict[str, Any]:
        before = (await context.lookups.queues()).get(queue_id)
        if before is None:
            raise CommandFailed(f"there is no queue {queue_id}; see `manyeyes queue list`")
        given = {"price_micros": price, "pay_micros": pay, "vote_micros": vote_pay}
        terms: dict[str, Any] = {name: None if text is None else money.parse(text) for name, text in given.items()}
        terms |= {"capacity": capacity, "lease_seconds": lease_seconds}
        terms |= {"sensitive": sensitive, "accepts_complaints": complaints}
        terms["life_seconds"] = None if life is None else _read_life(life)
        _check(before, terms)
        terms["default_terms"] = _people(queue_id, people)
        terms |= {"floor": floor, "gold_share": gold_share, "audit_share": audit_share, "actor": who_types()}
        await check_floor(context, before, floor, gold_share)
        _check_audits(before, terms["default_terms"] or before.default_terms, audit_share)
        for cell in context.cells.one_of_each:
            await context.batcher.ask(change_queues, ChangeQueue(cell=cell, queue_id=queue_id, **terms))
        await context.notifier.tell_changed()
        return _row((await context.lookups.queues())[queue_id])

    run(common, work, lambda r: _show({"queues": [r]}))


@app.command(name="skills")
def show_skills(queue_id: int, *, common: Common | None = None) -> None:
    """Show what is known of each person in a queue: how often they are right, gold, doubt, and who is stopped."""

    async def work(context: Context) -> dict[str, Any]:
        if queue_id not in await context.lookups.queues():
            raise CommandFailed(f"there is no queue {queue_id}; see `manyeyes queue list`")
        return {"queue_id": queue_id, "people": await skill_rows(context, queue_id)}

    run(common, work, skill_table)


@app.command(name="alike")
def show_alike(queue_id: int, *, common: Common | None = None) -> None:
    """Show who answers as somebody else does, as the recogniser, or too quickly to have looked; it stops nobody."""

    async def work(context: Context) -> dict[str, Any]:
        if queue_id not in await context.lookups.queues():
            raise CommandFailed(f"there is no queue {queue_id}; see `manyeyes queue list`")
        return {"queue_id": queue_id, "alike": await alike_rows(context, queue_id)}

    run(common, work, alike_table)


def _read_life(text: str) -> int:
    """Return a life in seconds, 0 for the installation's. Raises `CommandFailed`."""
    seconds = 0 if text == USUAL_LIFE else read_duration(text)
    if seconds is None or (text != USUAL_LIFE and not SHORTEST_LIFE <= seconds <= LONGEST_LIFE):
        raise CommandFailed("the life must be from 60s to 30d, written like 10m, 24h or 30d, or `default`")
    return seconds


def _people(queue_id: int, people: PeopleOptions | None) -> PeopleTerms | None:
    """Return how many people a task takes that does not say. Raises `CommandFailed`."""
    terms = terms_in(people)
    if terms and queue_id in TOKEN_QUEUES:
        raise CommandFailed("a token is always one person's: a queue of tokens takes no number of answers")
    return terms


def _check_audits(before: QueueTerms, people: PeopleTerms | None, audit_share: float | None) -> None:
    """Refuse shares that are none, and a promise that nothing could ever prove. Raises `CommandFailed`."""
    share = before.audit_share if audit_share is None else audit_share
    if not 0 <= share <= 1:
        raise CommandFailed("--audit-share must be from 0 to 1")
    if share == 0 and people and people.wrong_at_most is not None:
        raise CommandFailed(
            "the queue's own terms promise a share of wrong results, and without audits nothing can ever be proven: "
            "give an --audit-share above 0"
        )


def _check_new(queue: QueueTerms, others: Iterable[QueueTerms]) -> None:
    if not 0 < queue.queue_id <= LARGEST_QUEUE_ID:
        raise CommandFailed(f"the id must be from 1 to {LARGEST_QUEUE_ID}")
    if any(queue.queue_id == other.queue_id or queue.name == other.name for other in others):
        raise CommandFailed("the id or the name is taken; see `manyeyes queue list`")
    _check(
        queue,
        {
            name: getattr(queue, name)
            for name in ("price_micros", "pay_micros", "vote_micros", "capacity", "lease_seconds")
        },
    )


def _check(before: QueueTerms, terms: dict[str, int | bool | None]) -> None:
    price = before.price_micros if terms["price_micros"] is None else terms["price_micros"]
    pay = before.pay_micros if terms["pay_micros"] is None else terms["pay_micros"]
    if not price:
        raise CommandFailed("the price must be more than 0")
    if pay > price:
        raise CommandFailed("the pay must not be more than the price")
    vote_pay = terms.get("vote_micros")
    if vote_pay is not None and vote_pay > price:
        raise CommandFailed("the pay for a vote must not be more than the price")
    for name in ("capacity", "lease_seconds"):
        if terms[name] is not None and not 0 < int(terms[name] or 0) <= LARGEST_TERM:
            raise CommandFailed(f"{name} must be from 1 to {LARGEST_TERM}")


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
        "sensitive": queue.sensitive,
        "complaints": queue.accepts_complaints,
        "life_seconds": queue.life_seconds,
        "audit_share": queue.audit_share,
        "terms": terms_row(queue.default_terms),
        "floor": queue.floor and round(queue.floor, 4),
        "gold_share": queue.gold_share and round(queue.gold_share, 4),
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
    said = [*(["sensitive"] if queue["sensitive"] else []), *([] if queue["complaints"] else ["no complaints"])]
    said += [f"tasks live {duration_text(queue['life_seconds'])}"] if queue["life_seconds"] else []
    said += filter(None, [terms_words(queue["terms"])])
    said += [f"floor {queue['floor']:.0%}"] if queue["floor"] else []
    return f" ({', '.join(said)})" if said else ""
