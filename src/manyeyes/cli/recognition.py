"""manyeyes recognition: a recogniser with its labels under an app, and what people look at after it."""

from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_app, find_queue, find_recognition
from manyeyes.cli.people_options import PeopleOptions, terms_in, terms_row, terms_words
from manyeyes.cli.recognition_import import import_history
from manyeyes.recognitions import rules, store
from manyeyes.recognitions.rules import Recognition
from manyeyes.roles.house import recognitions as house
from manyeyes.roles.house.faults import FieldFault
from manyeyes.roles.house.recognitions import RecognitionTerms
from manyeyes.runtime.context import Context
from manyeyes.values import money
from manyeyes.values.text.rules import read_name

PICTURE_QUEUE = "1"  # the ordinary English one
NOBODY = "0"
MODEL_PRICE, NO_PRICE = money.text(house.MODEL_PRICE_MICROS), "0"  # people are paid by their queue's price

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
Bounds = Annotated[
    list[float] | None,
    Parameter(
        consume_multiple=True,
        help="Lowest and highest threshold that the customer may choose, 0 to 2; without a value: none.",
    ),
]
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
    bounds: Bounds = None,
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
        blank = house.blank(found.secret_id, called, recogniser, _path(model), labels)
        micros = price or (NO_PRICE if recogniser == rules.PEOPLE else MODEL_PRICE)
        rest: dict[str, Any] = {
            "price": micros,
            "hours": review_hours,
            "url": review_url,
            "bounds": bounds,
            "people": people,
        }
        terms = await _terms(context, threshold, review_queue, sample, **rest)
        new = await house.add_recognition(context, blank, terms, who_types())
        if isinstance(new, FieldFault):
            raise CommandFailed(new.sentence)
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
    bounds: Bounds = None,
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
        rest: dict[str, Any] = {
            "price": price,
            "hours": review_hours,
            "url": review_url,
            "bounds": bounds,
            "people": people,
        }
        terms = await _terms(context, threshold, review_queue, sample, **rest)
        if terms == RecognitionTerms():
            raise CommandFailed("nothing to change; see `manyeyes recognition set --help`")
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
        "bounds": list(of.bounds),
        "closed": of.closed,
        "terms": None if of.terms is None else terms_row(of.terms),
    }


async def _terms(
    context: Context,
    threshold: float | None,
    review_queue: list[str] | None,
    sample: float | None,
    *,
    price: str | None,
    hours: float | None,
    url: str | None,
    bounds: list[float] | None,
    people: PeopleOptions | None,
) -> RecognitionTerms:
    """Return the terms that change. Raises `CommandFailed`."""
    seconds = None if hours is None else house.review_seconds(hours)
    if isinstance(seconds, FieldFault):
        raise CommandFailed(seconds.sentence)
    return RecognitionTerms(
        threshold=threshold,
        queue_id=await _queue_id(context, review_queue),
        sample_share=sample,
        price_micros=None if price is None else money.parse(price),
        review_seconds=seconds,
        review_url=url,
        bounds=None if bounds is None else tuple(bounds),
        terms=terms_in(people),
    )


def _path(model: Path | None) -> str:
    return "" if model is None else str(model.resolve(strict=True))


async def _queue_id(context: Context, review_queue: list[str] | None) -> int | None:
    if review_queue is None:
        return None
    if len(review_queue) > 1:
        raise CommandFailed("--review-queue takes one queue; name the app before it")
    wanted = review_queue[0] if review_queue else PICTURE_QUEUE
    return 0 if wanted == NOBODY else (await find_queue(context, wanted)).queue_id


def _set_closed(task_id: str, is_closed: bool, common: Common | None) -> None:
    async def work(context: Context) -> dict[str, Any]:
        return await _change(context, await find_recognition(context, task_id), RecognitionTerms(closed=is_closed))

    run(common, work, _line)


async def _change(context: Context, before: Recognition, terms: RecognitionTerms) -> dict[str, Any]:
    after = await house.change_recognition(context, before, terms, who_types())
    if isinstance(after, FieldFault):
        raise CommandFailed(after.sentence)
    return row(after)


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
    terms += ["the customer may choose a threshold from {:g} to {:g}".format(*r["bounds"])] if r["bounds"] else []
    terms += [f"verdicts go to {r['review_url']}"] if r["review_url"] else []
    return "\n".join([_line(r), *terms, *([f"model {r['model']}"] if r["model"] else []), "labels", *labels])
