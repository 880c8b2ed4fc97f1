"""Start-time fair queueing: accounts share a queue by weight, however many tasks one of them sends."""

import heapq
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.dispatch.rules import TURN_UNIT, turns

WEIGHTS = st.integers(1, 10)


class Queue:
    """Tasks by turn; the virtual time is the turn of the newest task that was handed out."""

    def __init__(self) -> None:
        self.virtual = self.count = 0
        self.next_turns: dict[int, int] = {}
        self.heap: list[tuple[int, int, int]] = []

    def submit(self, account: int, weight: int, count: int) -> None:
        given_turns, after = turns(self.virtual, self.next_turns.get(account, 0), weight, count)
        self.next_turns[account] = after
        for turn in given_turns:
            self.count += 1
            heapq.heappush(self.heap, (turn, self.count, account))

    def hand_out(self) -> int:
        turn, _, account = heapq.heappop(self.heap)
        self.virtual = max(self.virtual, turn)
        return account


@given(st.integers(0, 10**12), st.integers(0, 10**12), WEIGHTS, st.integers(1, 50))
def test_turns_ascend_by_the_share_and_begin_no_earlier_than_now(virtual: int, next_turn: int, weight: int, count: int):
    given_turns, after = turns(virtual, next_turn, weight, count)
    assert given_turns[0] == max(virtual, next_turn)
    steps = {b - a for a, b in zip(given_turns, [*given_turns[1:], after], strict=True)}
    assert steps == {TURN_UNIT // weight}


@given(st.integers(0, 10**12), st.integers(0, 10**12), WEIGHTS, st.lists(st.integers(1, 9), min_size=1, max_size=6))
def test_one_batch_or_several_give_the_same_turns(virtual: int, next_turn: int, weight: int, parts: list[int]):
    whole, after = turns(virtual, next_turn, weight, sum(parts))
    piecewise: list[int] = []
    for part in parts:
        some, next_turn = turns(virtual, next_turn, weight, part)
        piecewise += some
    assert (piecewise, next_turn) == (whole, after)


@given(st.lists(WEIGHTS, min_size=2, max_size=4))
def test_over_a_long_run_backlogged_accounts_are_served_by_weight(weights: list[int]):
    queue = Queue()
    for account, weight in enumerate(weights):
        queue.submit(account, weight, 60 * weight)
    served = Counter(queue.hand_out() for _ in range(40 * sum(weights)))
    for account, weight in enumerate(weights):
        assert abs(served[account] - 40 * weight) <= len(weights) + weight


@given(st.integers(100, 400), st.integers(1, 99), WEIGHTS)
def test_a_flood_of_one_account_does_not_starve_a_newcomer(flood: int, served_before: int, weight: int):
    queue = Queue()
    queue.submit(1, 1, flood)
    for _ in range(served_before):
        queue.hand_out()
    queue.submit(2, weight, 1)
    assert 2 in [queue.hand_out(), queue.hand_out()]


@given(st.integers(1, 300))
def test_who_was_away_saved_up_nothing(served: int):
    queue = Queue()
    queue.submit(1, 1, 1)
    queue.submit(2, 1, served + 20)
    for _ in range(served):
        queue.hand_out()
    queue.submit(1, 1, 10)
    assert Counter(queue.hand_out() for _ in range(10))[1] <= 6
