"""Every posting moves a positive amount between two different books of the right owner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.ledger.rules import (
    APPS_KINDS,
    PENDING_SECONDS,
    SIDES,
    WORKERS_KINDS,
    Book,
    TransferKind,
    posting,
    share_pay_out,
)
from manyeyes.reports.rules import REPORT_SECONDS

HOUSE = {Book.CASH, Book.REVENUE}
WORKERS_BOOKS = {Book.PENDING, Book.PAYABLE, Book.REQUESTED}
KINDS, IDS = st.sampled_from(TransferKind), st.integers(1, 2**53)


@given(KINDS, IDS, IDS, st.integers(1, 10**15))
def test_a_posting_moves_its_amount_from_one_book_to_another(kind: TransferKind, cause: int, owner: int, amount: int):
    transfer = posting(kind, cause, owner, amount)
    debit, credit = (transfer.debit_book, transfer.debit_id), (transfer.credit_book, transfer.credit_id)
    assert debit != credit
    assert (transfer.debit_book, transfer.credit_book) == SIDES[kind]
    assert (transfer.cause_id, transfer.kind, transfer.amount_micros) == (cause, kind, amount)
    for book, owner_id in (debit, credit):
        assert owner_id == (0 if book in HOUSE else owner)


@given(KINDS, IDS, IDS, st.integers(1, 10**15))
def test_a_posting_stands_with_the_worker_or_on_the_customers_statement_or_is_an_apps(
    kind: TransferKind, cause: int, owner: int, amount: int
):
    transfer = posting(kind, cause, owner, amount)
    is_worker, is_apps = kind in WORKERS_KINDS, kind in APPS_KINDS
    assert (transfer.account_id, transfer.worker_id) == (0 if is_worker or is_apps else owner, owner * is_worker)
    assert is_apps == (set(SIDES[kind]) == {Book.REVENUE, Book.SHARES})
    assert is_worker == bool(WORKERS_BOOKS & set(SIDES[kind]))


@given(KINDS, st.integers(-(10**15), 0))
def test_nothing_and_less_than_nothing_cannot_be_posted(kind: TransferKind, amount: int):
    with pytest.raises(ValueError, match="positive"):
        posting(kind, 1, 1, amount)


@pytest.mark.parametrize(
    ("life", "left"),
    [
        ([TransferKind.TOP_UP], {Book.CASH: -1, Book.AVAILABLE: 1}),
        ([TransferKind.TOP_UP, TransferKind.HOLD], {Book.CASH: -1, Book.HELD: 1}),
        ([TransferKind.TOP_UP, TransferKind.HOLD, TransferKind.RELEASE], {Book.CASH: -1, Book.AVAILABLE: 1}),
        ([TransferKind.TOP_UP, TransferKind.HOLD, TransferKind.SETTLE], {Book.CASH: -1, Book.REVENUE: 1}),
        (
            [TransferKind.TOP_UP, TransferKind.HOLD, TransferKind.SETTLE, TransferKind.SHARE],
            {Book.CASH: -1, Book.SHARES: 1},
        ),
        (
            [TransferKind.TOP_UP, TransferKind.HOLD, TransferKind.SETTLE, TransferKind.SHARE, TransferKind.UNSHARE],
            {Book.CASH: -1, Book.REVENUE: 1},
        ),
        (
            [TransferKind.TOP_UP, TransferKind.HOLD, TransferKind.SETTLE, TransferKind.PAY],
            {Book.CASH: -1, Book.PENDING: 1},
        ),
        (
            [TransferKind.TOP_UP, TransferKind.HOLD, TransferKind.SETTLE, TransferKind.PAY, TransferKind.VEST],
            {Book.CASH: -1, Book.PAYABLE: 1},
        ),
    ],
)
def test_a_micro_goes_the_way_of_a_task(life: list[TransferKind], left: dict[Book, int]):
    sums = dict.fromkeys(Book, 0)
    for kind in life:
        transfer = posting(kind, 1, 9, 1)
        sums[transfer.debit_book] -= 1
        sums[transfer.credit_book] += 1
    assert {book: amount for book, amount in sums.items() if amount} == left


@given(IDS, st.integers(1, 2**31 - 1), IDS, st.integers(1, 10**15))
def test_a_pay_out_moves_from_the_app_to_its_owner_and_stands_on_their_statement(cause, soft_id, owner, amount):
    paid = share_pay_out(cause, soft_id, owner, amount)
    assert (paid.debit_book, paid.debit_id) == (Book.SHARES, soft_id)
    assert (paid.credit_book, paid.credit_id) == (Book.AVAILABLE, owner)
    assert (paid.account_id, paid.worker_id, paid.amount_micros) == (owner, 0, amount)


def test_pay_waits_for_as_long_as_a_complaint_may_come():
    assert PENDING_SECONDS >= REPORT_SECONDS
