"""ask_for_links: one request of a name and a place, few of a place, and never more than can be answered."""

from manyeyes.actions.ask_for_links import AskForLink, ask_for_links
from manyeyes.workers.link_requests.rules import KEPT, MOST_FROM_ONE, MOST_OPEN, LinkRequest
from manyeyes.workers.link_requests.store import link_requests
from support.action_stage import Stage
from support.told_changes import ANN, told


def asking(number: int, name: str = "", address: str = "192.0.2.1") -> AskForLink:
    return AskForLink(request_id=number, name=name or f"Ann {number}", reach="0123", address=address, actor=ANN)


async def test_each_lies_there_and_is_told_without_how_to_reach_them(stage: Stage):
    assert await stage.act(ask_for_links, asking(2, "Lan"), asking(1, "Ben")) == [True, True]
    assert await stage.read(link_requests) == [
        LinkRequest(1, "Ben", "0123", "192.0.2.1", stage.now),
        LinkRequest(2, "Lan", "0123", "192.0.2.1", stage.now),
    ]
    assert await told(stage, 0) == [
        ("link.ask", "link_request:2", None, {"name": "Lan"}),
        ("link.ask", "link_request:1", None, {"name": "Ben"}),
    ]


async def test_a_second_one_of_a_name_from_one_place_changes_nothing(stage: Stage):
    assert await stage.act(ask_for_links, asking(1, "Lan"), asking(2, "LAN")) == [True, True]
    assert await stage.act(ask_for_links, asking(1, "Lan"), asking(3, "lan")) == [True, True]
    assert [each.request_id for each in await stage.read(link_requests)] == [1]
    assert len(await told(stage, 0)) == 1


async def test_whoever_asked_first_under_a_name_does_not_own_it(stage: Stage):
    """A stranger's request stands beside the one of who it is, in one batch and in the next."""
    assert await stage.act(ask_for_links, asking(1, "Lan"), asking(2, "LAN", "198.51.100.7")) == [True, True]
    assert (
        await stage.act(ask_for_links, asking(3, "lan", "2001:db8::1"), asking(4, "lan", "2001:db8::2")) == [True] * 2
    )
    assert [each.request_id for each in await stage.read(link_requests)] == [1, 2, 3]


async def test_where_there_is_no_room_a_known_name_is_refused_like_any_other(stage: Stage):
    """But a request that is tried again, since its reply was lost, is there."""
    assert await stage.act(ask_for_links, asking(100, "Lan", "198.51.100.7")) == [True]
    own = [asking(n) for n in range(1, MOST_FROM_ONE + 1)]
    assert await stage.act(ask_for_links, *own) == [True] * MOST_FROM_ONE
    tried = [asking(101, "Lan"), asking(102, "Nobody"), asking(103, "Ann 1"), own[0]]
    assert await stage.act(ask_for_links, *tried) == [False, False, False, True]
    assert len(await stage.read(link_requests)) == MOST_FROM_ONE + 1


async def test_few_come_from_one_address_and_a_household_is_one(stage: Stage):
    outcomes = await stage.act(ask_for_links, *(asking(n) for n in range(1, MOST_FROM_ONE + 2)))
    assert outcomes == [True] * MOST_FROM_ONE + [False]
    at_home = [asking(100 + n, address=f"2001:db8:0:1::{n + 1}") for n in range(MOST_FROM_ONE + 1)]
    assert await stage.act(ask_for_links, *at_home) == [True] * MOST_FROM_ONE + [False]
    assert await stage.act(ask_for_links, asking(200, address="2001:db8:0:2::1")) == [True]


async def test_there_are_never_too_many_and_old_ones_make_room(stage: Stage):
    many = [asking(n, address=f"192.0.2.{n}") for n in range(1, MOST_OPEN + 2)]
    assert await stage.act(ask_for_links, *many) == [True] * MOST_OPEN + [False]
    stage.now += KEPT
    assert await stage.act(ask_for_links, many[-1]) == [True]
    assert [each.request_id for each in await stage.read(link_requests)] == [MOST_OPEN + 1]
