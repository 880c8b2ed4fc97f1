"""Batches of requests for links, one function per action with its name (support/batch_draw.py)."""

from manyeyes.actions.ask_for_links import AskForLink
from manyeyes.actions.close_link_requests import CloseLinkRequest
from support.batch_draw import Draw
from support.batch_world import UNKNOWN, World
from support.directory_world import ASKED, asking

NEW = (301, 302, 303)


def ask_for_links(draw: Draw, world: World) -> list[AskForLink]:
    """Draw requests whose names are new or known; there is room for two, and from one address for none."""
    some = draw.few(NEW)
    names = ("Ben", "BEN", "Cid", "Dan", "ann 1")
    return draw.batch(lambda: asking(draw.one(some), draw.one(names), draw.one(("192.0.2.1", "192.0.2.99"))))


def close_link_requests(draw: Draw, world: World) -> list[CloseLinkRequest]:
    """Draw requests that are there or not; a batch is tried again as a whole (runtime/batching.py)."""
    some, retried = draw.few([*ASKED[:3], UNKNOWN]), draw.one((False, True))
    made = ("", "worker:7")
    return draw.batch(lambda: CloseLinkRequest(request_id=draw.one(some), link_for=draw.one(made), retried=retried))
