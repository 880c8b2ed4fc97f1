"""Requests for new sign-in links, alike for the command line and the pages (docs/decisions/0086)."""

from datetime import UTC, datetime

import msgspec

from manyeyes.accounts.colleagues import people_called
from manyeyes.actions.ask_for_links import AskForLink, ask_for_links
from manyeyes.actions.close_link_requests import CloseLinkRequest, close_link_requests
from manyeyes.roles.login_links import make_link
from manyeyes.runtime.context import Context
from manyeyes.values.actor import Actor
from manyeyes.values.refusals import Refusal
from manyeyes.workers.link_requests import store
from manyeyes.workers.link_requests.rules import LinkRequest, side_by_side
from manyeyes.workers.store import Subject

MOST_POSSIBLE = 20  # of one name, of each kind

NUMBERS = 64  # taken at once: a stranger who asks and asks where there is no room has one row written in 64 times


class PossibleAsker(msgspec.Struct, frozen=True):
    """Somebody of this name or number; ``of``: the account whose people they are of, empty for others."""

    subject: Subject
    name: str
    of: str = ""

    @property
    def label(self) -> str:
        """Return by what a form and a command name them: ``worker:7``, ``account:12``, ``account:12:3``."""
        person = self.subject.person_id
        return f"{self.subject.label}:{person}" if person else self.subject.label


class OpenLinkRequest(msgspec.Struct, frozen=True):
    """A request with those who may have sent it; nobody has proven that they did."""

    request: LinkRequest
    possible: list[PossibleAsker]


async def ask_for_link(context: Context, name: str, reach: str, actor: Actor) -> bool:
    """Ask the operator for a link, as the rules read ``name`` and ``reach``; return whether the request lies there."""
    number = await context.id_blocks.take_number("link_request", NUMBERS)
    command = AskForLink(request_id=number, name=name, reach=reach, address=actor.address, actor=actor)
    return await context.batcher.ask(ask_for_links, command)


async def count_link_requests(context: Context) -> int:
    """Return how many people wait for a link."""
    return len(await _open(context))


async def open_link_requests(context: Context) -> list[OpenLinkRequest]:
    """Return who asks for a link, those of one name together, each with the people whom it may be."""
    found = side_by_side(await _open(context))
    names = sorted({each.name for each in found})
    async with context.cells.directory.acquire() as db:
        workers = await store.workers_called(db, names, MOST_POSSIBLE) if names else []
        customers = await people_called(db, names, MOST_POSSIBLE) if names else []
    possible = [(each.asked, PossibleAsker(Subject("worker", each.worker_id, 0), each.name)) for each in workers]
    seen: set[tuple[str, Subject]] = set()  # an account's first owner may be of the account's name
    for each in customers:
        subject = Subject("customer", each.account_id, each.cell, each.person_id)
        if (each.asked, subject) not in seen:
            seen.add((each.asked, subject))
            possible.append((each.asked, PossibleAsker(subject, each.name, each.of)))
    return [OpenLinkRequest(each, [one for asked, one in possible if asked == each.name]) for each in found]


async def make_asked_link(context: Context, request_id: int, label: str, actor: Actor) -> str | None:
    """Return a one-time address for one of those whom it may be and close the request; None where that is not so.

    The link is made first: a request whose link was not made, or whose maker fell over, is there still, while a link
    that nobody was shown is dead within the hour.
    """
    found = [each for each in await open_link_requests(context) if each.request.request_id == request_id]
    chosen = next((one for each in found for one in each.possible if one.label == label), None)
    if chosen is None:
        return None
    made = await make_link(context, chosen.subject, actor)
    if isinstance(made, Refusal):
        return None
    command = CloseLinkRequest(request_id=request_id, link_for=label, actor=actor)
    return made if await context.batcher.ask(close_link_requests, command) else None


async def dismiss_link_request(context: Context, request_id: int, actor: Actor) -> bool:
    """Take a request away without a link; return whether there was one."""
    return await context.batcher.ask(close_link_requests, CloseLinkRequest(request_id=request_id, actor=actor))


async def _open(context: Context) -> list[LinkRequest]:
    async with context.cells.directory.acquire() as db:
        found = await store.link_requests(db)
    now = datetime.now(UTC)
    return [each for each in found if not each.is_over(now)]
