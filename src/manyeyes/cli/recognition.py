"""manyeyes recognition: a recogniser with its labels under an app, and what people look at after it."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import msgspec
from cyclopts import App, Parameter

from manyeyes.actions.add_recognitions import AddRecognition, add_recognitions
from manyeyes.actions.change_recognitions import ChangeRecognition, change_recognitions
from manyeyes.apps.rules import new_id
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_app, find_queue, find_recognition
from manyeyes.cli.people_options import PeopleOptions, terms_in, terms_row, terms_words
from manyeyes.cli.recognition_import import import_history
from manyeyes.outbound.given_address import read_callback_address
from manyeyes.recognisers import catalogue
from manyeyes.recognitions import rules, store
from manyeyes.recognitions.rules import Recognition
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.text.rules import read_name

PICTURE_QUEUE = "1"  # the ordinary English one
NOBODY = "0"
SAMPLE_SHARE = 0.02
MODEL_PRICE, NO_PRICE = "0.0005", "0"  # people are paid by their queue's price

app = App(name="recognition", help="What is recognised under an app, when it is certain, and who looks at the rest.")
app.command(import_history, name="import")
# By its name: only who calibrates waits for what draws pictures.
app.command(
    "manyeyes.cli.calibrate:calibrate_recognition",
    name="calibrate",
    help="Find the lowest threshold that people's verdicts prove.",
)
ReviewQueue = Annotated[
    list[str] | None,
    Parameter(
        consume_multiple=True,
        help="Number or name of the queue where people look at what is uncertain; without a value the ordinary English "
        "picture queue, 1. 0: nobody looks.",
    ),
]
Sample = Annotated[float | None, Parameter(help="Share of the certain results that a person looks at too, 0 to 1.")]
Price = Annotated[
    str | None, Parameter(help="Of one picture recognised, in USD; people's work costs what its queue does.")
]
ReviewHours = Annotated[float | None, Parameter(help="How long a review may wait for a person.")]
ReviewUrl = Annotated[str | None, Parameter(help="Address that people's verdicts are sent to; empty: nowhere.")]


@app.command
def create(
    app: str,
    *,
    recogniser: str,
    labels: Annotated[str, Parameter(allow_leading_hyphen=True)],
    threshold: float = 0.9,
    review_queue: ReviewQueue = None,
    name: Annotated[str, Parameter(help="What people are told that they look at. Default: the recogniser's.")] = "",
    model: Path | None = None,
    sample: Sample = None,
    price: Price = None,
    review_hours: ReviewHours = 24.0,
    review_url: ReviewUrl = "",
    people: PeopleOptions | None = None,
    common: Common | None = None,
) -> None:
    """Add a recognition to an app, which is named by its secretId or its name.

    Parameters
    ----------
    recogniser
        Who looks first: `people` (nobody does: people decide all), `advertising`, `onnx`, or one that a package brings.
    labels
        Numbers and names, such as 0=normal,1=qr code; below -1: only people give them.
    threshold
        From which rate on a result is certain, 0 to 1; above 1 nothing is.
    model
        The recogniser's TOML file, where it wants one.
    """

    async def work(context: Context) -> dict[str, Any]:
        found, called = await find_app(context, app), read_name(name or recogniser)
        blank = _blank(found.secret_id, called, recogniser, model, labels)
        micros = price or (NO_PRICE if recogniser == rules.PEOPLE else MODEL_PRICE)
        rest: dict[str, Any] = {"price": micros, "hours": review_hours, "url": review_url, "people": people}
        terms = await _terms(context, blank, threshold, review_queue, sample, **rest)
        new = msgspec.structs.replace(blank, **terms)
        rules.check(new)
        memory = context.settings.recogniser_megabytes
        await asyncio.to_thread(catalogue.check, new.recogniser, new.model, new.names, memory)
        number = await context.id_blocks.take_number("recognition")
        command = AddRecognition(msgspec.structs.replace(new, recognition_id=number), actor=who_types())
        await context.batcher.ask(add_recognitions, command)
        await context.notifier.tell_changed()
        return row(new)

    run(common, work, _show_new)


@app.command(name="list")
def list_recognitions(app: str | None = None, *, common: Common | None = None) -> None:
    """List recognitions, of one app or of all, the oldest first."""

    async def work(context: Context) -> dict[str, Any]:
        of = await find_app(context, app) if app else None
        async with context.cells.directory.acquire() as db:
            found = await store.recognitions_of(db, of.secret_id if of else None)
        return {"recognitions": [row(each) for each in found]}

    run(common, work, lambda r: "\n".join(map(_line, r["recognitions"])) or "there is no recognition")


@app.command
def show(task_id: str, *, common: Common | None = None) -> None:
    """Show a recognition with its labels and terms."""

    async def work(context: Context) -> dict[str, Any]:
        return row(await find_recognition(context, task_id))

    run(common, work, _sheet)


@app.command(name="set")
def set_recognition(
    task_id: str,
    *,
    threshold: float | None = None,
    review_queue: ReviewQueue = None,
    sample: Sample = None,
    price: Price = None,
    review_hours: ReviewHours = None,
    review_url: ReviewUrl = None,
    people: PeopleOptions | None = None,
    common: Common | None = None,
) -> None:
    """Change a recognition's terms, at least one; what was recognised keeps its own. Servers follow within seconds.

    Parameters
    ----------
    threshold
        From which rate on a result is certain, 0 to 1; above 1 nothing is.
    """

    async def work(context: Context) -> dict[str, Any]:
        before = await find_recognition(context, task_id)
        rest: dict[str, Any] = {"price": price, "hours": review_hours, "url": review_url, "people": people}
        terms = await _terms(context, before, threshold, review_queue, sample, **rest)
        if not terms:
            raise CommandFailed("nothing to change; see `manyeyes recognition set --help`")
        rules.check(msgspec.structs.replace(before, **terms))
        return await _change(context, before, terms)

    run(common, work, _sheet)


@app.command
def close(task_id: str, *, common: Common | None = None) -> None:
    """Recognise nothing more under it; what was recognised, and its open reviews, stay."""
    _set_closed(task_id, True, common)


@app.command(name="open")
def open_again(task_id: str, *, common: Common | None = None) -> None:
    """Recognise again under a recognition that was closed."""
    _set_closed(task_id, False, common)


def row(of: Recognition) -> dict[str, Any]:
    """Return a recognition as JSON tells of it."""
    return {
        "task_id": of.task_id,
        "secret_id": of.secret_id,
        "name": of.name,
        "recogniser": of.recogniser,
        "model": of.model,
        "labels": {str(label.number): label.name for label in of.labels},
        "threshold": of.threshold,
        "review_queue": of.queue_id or None,
        "sample": of.sample_share,
        "price": money.text(of.price_micros),
        "review_hours": of.review_seconds / 3600,
        "review_url": of.review_url,
        "closed": of.closed,
        "terms": None if of.terms is None else terms_row(of.terms),
    }


def _blank(secret_id: str, name: str, recogniser: str, model: Path | None, labels: str) -> Recognition:
    """Return the new recognition before its terms are known."""
    path = "" if model is None else str(model.resolve(strict=True))
    return Recognition(
        task_id=new_id(),
        recognition_id=0,
        secret_id=secret_id,
        name=name,
        recogniser=recogniser,
        model=path,
        labels=rules.labels(labels),
        threshold=0.0,
        queue_id=0,
        sample_share=0.0,
        review_seconds=1,
        review_url="",
        price_micros=0,
        closed=False,
    )


async def _terms(
    context: Context,
    before: Recognition,
    threshold: float | None,
    review_queue: list[str] | None,
    sample: float | None,
    *,
    price: str | None,
    hours: float | None,
    url: str | None,
    people: PeopleOptions | None,
) -> dict[str, Any]:
    """Return the columns that change, with their values."""
    queue_id = await _queue_id(context, review_queue)
    if sample is None and queue_id is not None and bool(queue_id) != bool(before.queue_id):
        sample = SAMPLE_SHARE if queue_id else 0.0
    asked = terms_in(people)
    if asked and not (before.queue_id if queue_id is None else queue_id):
        raise CommandFailed("how many people look is for a review queue; without one nobody does: see --review-queue")
    if url:
        url = read_callback_address(url, context.settings.private_networks())
    terms = {
        "threshold": threshold,
        "queue_id": queue_id,
        "sample_share": sample,
        "price_micros": None if price is None else money.parse(price),
        "review_seconds": None if hours is None else _seconds(hours),
        "review_url": url,
        "terms": asked,
    }
    return {name: value for name, value in terms.items() if value is not None}


async def _queue_id(context: Context, review_queue: list[str] | None) -> int | None:
    if review_queue is None:
        return None
    if len(review_queue) > 1:
        raise CommandFailed("--review-queue takes one queue; name the app before it")
    wanted = review_queue[0] if review_queue else PICTURE_QUEUE
    return 0 if wanted == NOBODY else (await find_queue(context, wanted)).queue_id


def _seconds(hours: float) -> int:
    if not 0 < hours <= rules.LONGEST_REVIEW_SECONDS / 3600:
        raise CommandFailed(f"a review may wait for more than 0 and up to {rules.LONGEST_REVIEW_SECONDS // 3600} hours")
    return max(1, round(hours * 3600))


def _set_closed(task_id: str, is_closed: bool, common: Common | None) -> None:
    async def work(context: Context) -> dict[str, Any]:
        return await _change(context, await find_recognition(context, task_id), {"closed": is_closed})

    run(common, work, _line)


async def _change(context: Context, before: Recognition, terms: dict[str, Any]) -> dict[str, Any]:
    await context.batcher.ask(
        change_recognitions, ChangeRecognition(task_id=before.task_id, actor=who_types(), **terms)
    )
    await context.notifier.tell_changed()
    return row(msgspec.structs.replace(before, **terms))


def _line(r: dict[str, Any]) -> str:
    return f"{r['task_id']}  {_in_words(r)}"


def _show_new(r: dict[str, Any]) -> str:
    return f"taskId       {r['task_id']}\nrecognition  {_in_words(r)}"


def _in_words(r: dict[str, Any]) -> str:
    people = f"queue {r['review_queue']}, sample {r['sample']:g}" if r["review_queue"] else "nobody looks"
    closed = " (closed)" if r["closed"] else ""
    certain = f"certain from {r['threshold']:g}" if r["threshold"] <= 1 else "nothing is certain"
    return f"{r['name']}: {r['recogniser']}, {certain}, {people}{closed}"


def _sheet(r: dict[str, Any]) -> str:
    labels = [f"  {number:>6}  {name}" for number, name in r["labels"].items()]
    terms = [f"app {r['secret_id']}, ${r['price']} a picture, reviews wait {r['review_hours']:g} h"]
    terms += [terms_words(r["terms"]) or "one person a review"] if r["terms"] else []
    terms += [f"verdicts go to {r['review_url']}"] if r["review_url"] else []
    return "\n".join([_line(r), *terms, *([f"model {r['model']}"] if r["model"] else []), "labels", *labels])
