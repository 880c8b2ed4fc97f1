"""The statements of the trail by each of its filters, of requests for money and of notices (hot_queries.py)."""

from typing import Any

from manyeyes.accounts import store as accounts
from manyeyes.db.queries import Queries
from manyeyes.notices import store as notices
from manyeyes.sites import store as sites
from manyeyes.soft_apps import store as soft_apps
from manyeyes.statistics.gauges import store as gauges
from manyeyes.trail import store as trail
from manyeyes.workers.link_requests import store as link_requests
from manyeyes.workers.register import store as register
from support.hot_people_queries import HOUR_AGO, NOW

SOMEBODY, ANY = (None, None, None, "customer", None, None), (None, None, None, None, None, None)
HOT_HOUSE: list[tuple[Queries, str, tuple[Any, ...], set[str], bool]] = [
    (trail.SQL, "entries_before", (1, NOW, 0, *ANY, 51), {"trail_entry_at"}, False),
    (trail.SQL, "entries_of_role", (1, NOW, 0, *SOMEBODY, 51), {"trail_entry_role"}, False),
    (trail.SQL, "entries_of_role", (1, NOW, 0, HOUR_AGO, *SOMEBODY[1:], 51), {"trail_entry_role"}, False),
    (trail.SQL, "entries_by", (1, NOW, 0, *SOMEBODY[:4], 7, None, 51), {"trail_entry_actor"}, False),
    (trail.SQL, "entries_named", (1, NOW, 0, *ANY[:5], "Ann 7", 51), {"trail_entry_name"}, False),
    (trail.SQL, "entries_about", (1, NOW, 0, None, None, "task:7", *ANY[3:], 51), {"trail_entry_subject"}, False),
    (trail.SQL, "entries_done", (1, NOW, 0, None, "key.issue", *ANY[2:], 51), {"trail_entry_deed"}, False),
    (accounts.SQL, "every_top_up_request", (1, 100), {"top_up_request_asked"}, False),
    (accounts.SQL, "every_open_top_up_request", (1, 100), {"top_up_request_open"}, False),
    (accounts.SQL, "top_up_requests", (1, 7, 100), {"top_up_request_account"}, False),
    (accounts.SQL, "has_request", (1, 7), {"top_up_request_pkey"}, False),
    (register.SQL, "sessions_of", (1, [7, 8]), {"session_pkey", "skill_worker"}, True),
    (soft_apps.SQL, "owed_of", (1, [805, 806]), {"app_day_pkey"}, True),
    (notices.SQL, "last_mails", (1, 5, ["mailto:a4@shop.example", "mailto:a5@shop.example"]), {"delivery_mail"}, False),
    (notices.SQL, "wanting", (1, [5, 6], ["job.stuck", "balance.low"]), {"notice_address_once"}, True),
    (notices.SQL, "address_at", (1, 5, "a5@shop.example"), {"notice_address_once"}, False),
    (notices.SQL, "lock_addresses", (1, [5, 6], [4, 5], HOUR_AGO), {"notice_address_pkey"}, True),
    (notices.SQL, "delete_ended", (1, HOUR_AGO, 100), {"notice_address_ended"}, False),
    (notices.SQL, "low_mailed", (1, [5, 6], HOUR_AGO), {"delivery_low"}, True),
    (link_requests.SQL, "workers_called", (["Lan", "7"], 20), {"worker_called", "worker_pkey"}, True),
    (
        accounts.SQL,
        "people_called",
        (["Lan", "7"], 20),
        {"account_place_called", "account_place_pkey", "colleague_called", "colleague_pkey"},
        True,
    ),
    (sites.SQL, "site_of", (1, 6, "shop-5.example"), {"site_pkey"}, False),
    (gauges.SQL, "queue_gauges", (1, 7), {"session_room", "queue_minute_pkey"}, True),
    (gauges.SQL, "cell_gauges", (1, 1000), {"work_expiring", "work_leased", "session_room", "report_open"}, False),
    (gauges.SQL, "account_queues", (1, 7), {"work_account"}, False),
    (gauges.SQL, "account_charged", (1, 7, 7), {"usage_minute_pkey"}, True),
    (gauges.SQL, "account_refused", (1, 7, HOUR_AGO, 1000), {"result_account", "refused_report_account"}, False),
]
