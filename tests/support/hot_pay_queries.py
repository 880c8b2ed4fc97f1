"""The statements about what people earned and asked for, as the plans' tests ask for them (hot_queries.py)."""

from typing import Any

from manyeyes.db.queries import Queries
from manyeyes.ledger import store as ledger
from manyeyes.ledger.seals import store as seals
from manyeyes.payouts import store as payouts
from support.hot_people_queries import HOUR_AGO, NOW

DAY_STARTS = [int(NOW.timestamp()) - 86_400 * day for day in range(30, 0, -1)]
EARNED_SUMS = (1, 5, list(range(30)), DAY_STARTS, [start + 86_400 for start in DAY_STARTS])
HOT_PAY: list[tuple[Queries, str, tuple[Any, ...], set[str], bool]] = [
    (ledger.SQL, "earned_sums", EARNED_SUMS, {"transfer_earned"}, True),
    (ledger.SQL, "earned_newest", (1, 5, [5, 8], HOUR_AGO, NOW, 0, 0, 0, 50), {"transfer_earned"}, False),
    (seals.SQL, "dropped_earned", (1, 5, [5, 6], HOUR_AGO, NOW, 0, 0, 0, 50), {"dropped_pay_pkey"}, False),
    (seals.SQL, "dropped_newest", (1, 5, HOUR_AGO, NOW, 0, 0, 0, 100), {"dropped_charge_pkey"}, False),
    (seals.SQL, "dropped_oldest", (1, 5, HOUR_AGO, NOW, 0, 0, 0, 100), {"dropped_charge_pkey"}, False),
    (ledger.SQL, "cancelled_among", (1, [5, 6]), {"transfer_pkey"}, False),
    (ledger.SQL, "lock_wallets", (1, [5, 6]), {"wallet_pkey"}, True),
    (ledger.SQL, "take_from_wallets", (1, [5], [7]), {"wallet_pkey"}, True),
    (payouts.SQL, "asked_before", (1, [5], [b"5"]), {"payout_asked"}, False),
    (payouts.SQL, "lock_requests", (1, [5, 6]), {"payout_request"}, True),
    (payouts.SQL, "of_request", (1, 5), {"payout_request"}, False),
    (payouts.SQL, "of_worker", (1, 5, 100), {"payout_worker"}, False),
    (payouts.SQL, "open_payouts", (1, 500), {"payout_open"}, False),
    (payouts.SQL, "ended_payouts", (1, 100), {"payout_ended"}, False),
    (payouts.SQL, "sums_of", (1, 5), {"payout_worker"}, False),
]
