"""Batches about keys, people and money of accounts, one function per action with its name (support/batch_draw.py)."""

from typing import Any

from manyeyes.accounts.roles import FOUNDER, PersonRole
from manyeyes.accounts.store import KeyMarks, KeyOwner
from manyeyes.accounts.top_ups import TopUpState
from manyeyes.actions.add_notice_addresses import AddNoticeAddress
from manyeyes.actions.ask_top_ups import AskTopUp
from manyeyes.actions.change_colleagues import ChangeColleague
from manyeyes.actions.change_keys import ChangeKey
from manyeyes.actions.change_notice_addresses import AddressChange, ChangeNoticeAddress
from manyeyes.actions.decide_top_ups import DecideTopUp
from manyeyes.actions.invite_colleagues import InviteColleague
from manyeyes.actions.note_key_uses import NoteKeyUses
from manyeyes.actions.rotate_keys import RotateKey
from manyeyes.actions.set_low_balances import SetLowBalance
from manyeyes.workers.store import Subject
from support.batch_draw import Draw
from support.batch_world import CELL, UNKNOWN, World
from support.directory_world import COLLEAGUES, NOTICE_IDS, REVOKED_KEY, VALID_KEY

PEOPLE = (FOUNDER, *COLLEAGUES)


def _own_key(world: World) -> bytes:
    """Return the key of the account that has people."""
    beginning = world.directory.opened.beginning
    assert beginning is not None
    return beginning.key_hash


def change_keys(draw: Draw, world: World) -> list[ChangeKey]:
    """Draw changes of a key that is there and of one of somebody else's, by owners and others."""
    some = draw.few((_own_key(world), VALID_KEY))

    def one() -> ChangeKey:
        parts: dict[str, Any] = {"label": draw.one((None, "shop")), "scopes": draw.one((None, ("tasks:read",)))}
        account_id = world.directory.opened.account_id
        return ChangeKey(key_hash=draw.one(some), account_id=account_id, by=draw.one(PEOPLE), **parts)

    return draw.batch(one)


def rotate_keys(draw: Draw, world: World) -> list[RotateKey]:
    """Draw replacements of one key, some of them by the same fresh one; whoever is first wins."""
    fresh = [b"fresh %d" % next(draw.ids) for _ in range(2)]
    owner = KeyOwner(CELL, world.directory.opened.account_id, ())

    def one() -> RotateKey:
        return RotateKey(
            key_hash=draw.one((_own_key(world), VALID_KEY)),
            fresh_hash=draw.one(fresh),
            owner=owner,
            marks=KeyMarks(hint="abcd"),
            seconds=draw.one((0, 60)),
            by=draw.one(PEOPLE),
        )

    return draw.batch(one)


def note_key_uses(draw: Draw, world: World) -> list[NoteKeyUses]:
    some = (VALID_KEY, REVOKED_KEY, b"nobody's")
    return draw.batch(lambda: NoteKeyUses(tuple(draw.few(some))))


def invite_colleagues(draw: Draw, world: World) -> list[InviteColleague]:
    """Draw new people and one who is there, by owners, others and the operator."""
    new = [next(draw.ids) for _ in range(2)]
    account_ids = world.directory.opened.account_id, UNKNOWN

    def one() -> InviteColleague:
        person_id, account_id = draw.one((*new, 701)), account_ids[draw.rarely()]
        return InviteColleague(
            subject=Subject("customer", account_id, CELL, person_id),
            name=draw.one(("Cy", "Di")),
            role=draw.one(list(PersonRole)),
            link_hash=b"of %d" % person_id,
            by=draw.one((None, *PEOPLE)),
        )

    return draw.batch(one)


def change_colleagues(draw: Draw, world: World) -> list[ChangeColleague]:
    """Draw changes and removals of few people by each other: the last owner stays."""
    account_id = world.directory.opened.account_id

    def one() -> ChangeColleague:
        return ChangeColleague(
            account_id=account_id,
            person_id=draw.one((*PEOPLE, UNKNOWN)),
            by=draw.one(PEOPLE),
            role=draw.one((None, PersonRole.OWNER, PersonRole.BILLING)),
            name=draw.one((None, "Ed")),
        )

    return draw.batch(one)


def ask_top_ups(draw: Draw, world: World) -> list[AskTopUp]:
    """Draw requests that are new, the same as another, or of nobody's account; few may wait at a time."""
    ids = [next(draw.ids) for _ in range(3)]
    account_ids = draw.few([*world.account_ids[:2], UNKNOWN])

    def one() -> AskTopUp:
        account_id, micros = draw.one(account_ids), draw.one((500, 600, 700))
        return AskTopUp(cell=CELL, request_id=draw.one(ids), account_id=account_id, amount_micros=micros)

    return draw.batch(one)


def decide_top_ups(draw: Draw, world: World) -> list[DecideTopUp]:
    """Draw words about few requests, which may contradict each other, and about one that is not there."""
    some = draw.few([*(each.request_id for each in world.directory.requests), UNKNOWN])
    states = TopUpState.APPROVED, TopUpState.DECLINED
    return draw.batch(lambda: DecideTopUp(CELL, draw.one(some), draw.one(states), draw.one(("", "later"))))


def set_low_balances(draw: Draw, world: World) -> list[SetLowBalance]:
    some = draw.few([*world.account_ids[:2], UNKNOWN])
    urls = "", "https://receiver.example/low"
    return draw.batch(lambda: SetLowBalance(CELL, draw.one(some), draw.one((0, 500, 10**9)), draw.one(urls)))


def add_notice_addresses(draw: Draw, world: World) -> list[AddNoticeAddress]:
    """Draw addresses, some of them twice, and of an account that is not there."""
    some, places = draw.few([*world.account_ids, UNKNOWN]), ("ann@shop.example", "bob@shop.example")

    def one() -> AddNoticeAddress:
        return AddNoticeAddress(
            cell=CELL,
            account_id=draw.one(some),
            address_id=next(draw.ids),
            address=draw.one(places),
            notices=("balance.low",),
            language="en",
        )

    return draw.batch(one)


def change_notice_addresses(draw: Draw, world: World) -> list[ChangeNoticeAddress]:
    """Draw changes of addresses that are there, or not."""
    account_id = world.directory.requests[0].account_id
    some = [*((account_id, number) for number in NOTICE_IDS), (UNKNOWN, 1)]

    def one() -> ChangeNoticeAddress:
        owner_id, address_id = draw.one(some)
        return ChangeNoticeAddress(
            cell=CELL,
            account_id=owner_id,
            address_id=address_id,
            change=draw.one(tuple(AddressChange)),
            notices=draw.one((("balance.low",), ("job.stuck",))),
        )

    return draw.batch(one)
