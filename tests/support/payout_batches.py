"""Batches of what is asked to be paid out, one function per action with its name (support/batch_draw.py)."""

from manyeyes.actions.ask_payouts import AskPayout
from manyeyes.actions.move_payouts import MovePayout
from manyeyes.payouts.rules import PayoutStep
from support.batch_draw import Draw
from support.batch_world import CELL, UNKNOWN, World
from support.paid_people import KEY, REQUESTS, VOTE


def ask_payouts(draw: Draw, world: World) -> list[AskPayout]:
    """Draw requests of few people, some under a key that was used before, some for more than there is."""
    some = draw.few([*world.reviewer_ids, UNKNOWN])
    keys = draw.few([KEY, b"the second", b"the third"])
    amounts = draw.few([VOTE // 4, VOTE // 2, VOTE, 10 * VOTE])

    def one() -> AskPayout:
        return AskPayout(
            cell=CELL,
            payout_id=next(draw.ids),
            request_id=next(draw.ids),
            worker_id=draw.one(some),
            ask_key=draw.one(keys),
            amount_micros=draw.one(amounts),
            shown="…4321",
            details=b"sealed",
        )

    return draw.batch(one)


def move_payouts(draw: Draw, world: World) -> list[MovePayout]:
    """Draw steps with few requests, most of them by the operator, some by a worker whose it may not be."""
    some = draw.few([*REQUESTS, UNKNOWN])
    people = [0, 0, *world.reviewer_ids]

    def one() -> MovePayout:
        step, words = draw.one(tuple(PayoutStep)), draw.one(("", "a word", "another"))
        return MovePayout(cell=CELL, request_id=draw.one(some), step=step, words=words, worker_id=draw.one(people))

    return draw.batch(one)
