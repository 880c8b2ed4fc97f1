"""close_link_requests: a request is closed once, and the trail tells for whom a link was made."""

from manyeyes.actions.ask_for_links import AskForLink, ask_for_links
from manyeyes.actions.close_link_requests import CloseLinkRequest, close_link_requests
from manyeyes.workers.link_requests.store import link_requests
from support.action_stage import Stage
from support.told_changes import ANN, told


async def test_each_is_closed_once_and_told(stage: Stage):
    asked = [AskForLink(request_id=n, name=f"Ann {n}", reach="0123", address="") for n in (1, 2, 3)]
    await stage.act(ask_for_links, *asked)
    batch = [(1, "worker:7"), (1, ""), (2, ""), (9, "")]
    outcomes = await stage.act(
        close_link_requests, *(CloseLinkRequest(request_id=n, link_for=whom, actor=ANN) for n, whom in batch)
    )
    assert outcomes == [True, False, True, False]
    assert [each.request_id for each in await stage.read(link_requests)] == [3]
    assert await told(stage, 0) == [
        ("link.close", "link_request:1", {"name": "Ann 1"}, {"link_for": "worker:7"}),
        ("link.close", "link_request:2", {"name": "Ann 2"}, None),
    ]


async def test_one_whose_reply_was_lost_hears_that_it_was_closed(stage: Stage):
    assert await stage.act(close_link_requests, CloseLinkRequest(request_id=1, retried=True)) == [True]
