"""Every posting moves a positive amount between two different books of the right owner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.ledger.rules import SIDES, WORKERS_KINDS, Book, Kind, posting

HOUSE = {Book.CASH, Book.REVENUE}
WORKERS_BOOKS = {Book.PENDING, Book.PAYABLE}
KINDS, IDS = st.sampled_from(Kind), st.integers(1, 2**53)


@given(KINDS, IDS, IDS, st.integers(1, 10**15))
def test_a_posting_moves_its_amount_from_one_book_to_another(kind: Kind, cause: int, owner: int, amount: int):
    transfer = posting(kind, cause, owner, amount)
    debit, credit = (transfer.debit_book, transfer.debit_id), (transfer.credit_book, transfer.credit_id)
    assert debit != credit
    assert (transfer.debit_book, transfer.credit_book) == SIDES[kind]
    assert (transfer.cause_id, transfer.kind, transfer.amount_micros) == (cause, kind, amount)
    for book, owner_id in (debit, credit):
        assert owner_id == (0 if book in HOUSE else owner)


@given(KINDS, IDS, IDS, st.integers(1, 10**15))
def test_a_posting_stands_with_the_worker_or_on_the_customers_statement(
    kind: Kind, cause: int, owner: int, amount: int
):
    transfer = posting(kind, cause, owner, amount)
    is_worker = kind in WORKERS_KINDS
    assert (transfer.account_id, transfer.worker_id) == ((0, owner) if is_worker else (owner, 0))
    assert is_worker == bool(WORKERS_BOOKS & set(SIDES[kind]))


@given(KINDS, st.integers(-(10**15), 0))
def test_nothing_and_less_than_nothing_cannot_be_posted(kind: Kind, amount: int):
    with pytest.raises(ValueError, match="positive"):
        posting(kind, 1, 1, amount)


@pytest.mark.parametrize(
    ("life", "left"),
    [
        ([Kind.TOP_UP], {Book.CASH: -1, Book.AVAILABLE: 1}),
        ([Kind.TOP_UP, Kind.HOLD], {Book.CASH: -1, Book.HELD: 1}),
        ([Kind.TOP_UP, Kind.HOLD, Kind.RELEASE], {Book.CASH: -1, Book.AVAILABLE: 1}),
        ([Kind.TOP_UP, Kind.HOLD, Kind.SETTLE], {Book.CASH: -1, Book.REVENUE: 1}),
        ([Kind.TOP_UP, Kind.HOLD, Kind.SETTLE, Kind.PAY], {Book.CASH: -1, Book.PENDING: 1}),
        ([Kind.TOP_UP, Kind.HOLD, Kind.SETTLE, Kind.PAY, Kind.VEST], {Book.CASH: -1, Book.PAYABLE: 1}),
    ],
)
def test_a_micro_goes_the_way_of_a_task(life: list[Kind], left: dict[Book, int]):
    sums = dict.fromkeys(Book, 0)
    for kind in life:
        transfer = posting(kind, 1, 9, 1)
        sums[transfer.debit_book] -= 1
        sums[transfer.credit_book] += 1
    assert {book: amount for book, amount in sums.items() if amount} == left
