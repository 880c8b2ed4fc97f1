"""The ledger's vocabulary: which transfers exist and between which books each moves its amount."""

import enum

import msgspec


class Book(enum.IntEnum):
    """Whose money. A book plus an owner's id is one side of a transfer; house books have the id 0."""

    CASH = 1  # house: the world outside (top-ups come from it, pay-outs go to it)
    REVENUE = 2  # house: what was earned, pay taken off
    AVAILABLE = 10  # customer: may be spent (running balance in `balance`)
    HELD = 11  # customer: held for tasks not yet ended
    SHARES = 12  # soft app, by its softId: what its owner is owed (docs/decisions/0017)
    PENDING = 20  # worker: earned, still open to complaints
    PAYABLE = 21  # worker: may be paid out (running balance in `wallet`)
    REQUESTED = 22  # worker: asked to be paid out (the open rows of `payout`; docs/decisions/0078)


class TransferKind(enum.IntEnum):
    """What may be posted, and when (docs/decisions/0025#money)."""

    TOP_UP = 1
    HOLD = 2
    SETTLE = 3
    RELEASE = 4
    PAY = 5
    VEST = 6
    REFUND = 7
    CANCEL_PAY = 8
    VOTE_PAY = 9
    APPEAL_PAY = 10
    SHARE = 11
    UNSHARE = 12
    SHARE_PAY_OUT = 13
    RECOGNITION = 14
    JUDGEMENT_PAY = 15
    ASK_PAYOUT = 16
    PAY_OUT = 17
    RETURN_PAYOUT = 18


SIDES = {
    TransferKind.TOP_UP: (Book.CASH, Book.AVAILABLE),
    TransferKind.HOLD: (Book.AVAILABLE, Book.HELD),
    TransferKind.SETTLE: (Book.HELD, Book.REVENUE),
    TransferKind.RELEASE: (Book.HELD, Book.AVAILABLE),
    TransferKind.PAY: (Book.REVENUE, Book.PENDING),
    TransferKind.VEST: (Book.PENDING, Book.PAYABLE),
    TransferKind.REFUND: (Book.REVENUE, Book.AVAILABLE),
    TransferKind.CANCEL_PAY: (Book.PENDING, Book.REVENUE),
    TransferKind.VOTE_PAY: (Book.REVENUE, Book.PAYABLE),
    TransferKind.APPEAL_PAY: (Book.REVENUE, Book.PAYABLE),
    TransferKind.SHARE: (Book.REVENUE, Book.SHARES),
    TransferKind.UNSHARE: (Book.SHARES, Book.REVENUE),
    TransferKind.SHARE_PAY_OUT: (Book.SHARES, Book.AVAILABLE),
    TransferKind.RECOGNITION: (Book.AVAILABLE, Book.REVENUE),
    TransferKind.JUDGEMENT_PAY: (Book.REVENUE, Book.PAYABLE),
    TransferKind.ASK_PAYOUT: (Book.PAYABLE, Book.REQUESTED),
    TransferKind.PAY_OUT: (Book.REQUESTED, Book.CASH),
    TransferKind.RETURN_PAYOUT: (Book.REQUESTED, Book.PAYABLE),
}
WORKERS_KINDS = frozenset(
    {
        TransferKind.PAY,
        TransferKind.VEST,
        TransferKind.CANCEL_PAY,
        TransferKind.VOTE_PAY,
        TransferKind.APPEAL_PAY,
        TransferKind.JUDGEMENT_PAY,
        TransferKind.ASK_PAYOUT,
        TransferKind.PAY_OUT,
        TransferKind.RETURN_PAYOUT,
    }
)
APPS_KINDS = frozenset({TransferKind.SHARE, TransferKind.UNSHARE})
PENDING_SECONDS = 60  # docs/contracts/anticaptcha.md#reports: a complaint comes within 60 s, and pay waits for it


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the ledger. ``cause_id``: the task, or the posting's own serial. ``amount_micros`` > 0."""

    cause_id: int
    kind: TransferKind
    debit_book: Book
    debit_id: int
    credit_book: Book
    credit_id: int
    amount_micros: int
    account_id: int = 0
    worker_id: int = 0
    n: int = 0


def posting(kind: TransferKind, cause_id: int, owner_id: int, amount_micros: int, n: int = 0) -> Transfer:
    """Return the transfer of this kind for one owner: a worker for `WORKERS_KINDS`, a soft app for `APPS_KINDS`, else
    an account.

    ``n``: which of several postings of this kind for one cause.

    Raises ValueError for an amount that is not positive: such a transfer cannot exist.
    """
    if amount_micros <= 0:
        raise ValueError(f"a transfer moves a positive amount, not {amount_micros}")
    debit, credit = SIDES[kind]
    is_worker, is_account = kind in WORKERS_KINDS, kind not in WORKERS_KINDS | APPS_KINDS
    return Transfer(
        cause_id=cause_id,
        kind=kind,
        debit_book=debit,
        debit_id=_owner(debit, owner_id),
        credit_book=credit,
        credit_id=_owner(credit, owner_id),
        amount_micros=amount_micros,
        account_id=owner_id if is_account else 0,
        worker_id=owner_id if is_worker else 0,
        n=n,
    )


def share_pay_out(cause_id: int, soft_id: int, account_id: int, amount_micros: int) -> Transfer:
    """Return the transfer that moves an app's shares into what its owner may spend; it stands on their statement."""
    paid = posting(TransferKind.SHARE_PAY_OUT, cause_id, account_id, amount_micros)
    return msgspec.structs.replace(paid, debit_id=soft_id)


def _owner(book: Book, owner_id: int) -> int:
    return 0 if book in (Book.CASH, Book.REVENUE) else owner_id
