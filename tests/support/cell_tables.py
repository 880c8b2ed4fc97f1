"""The tables of a cell that a test compares, to see that nothing changed."""

TABLES = (
    *("account", "balance", "wallet", "transfer", "pending_pay", "task", "blob", "work", "session", "queue_depth"),
    *("top_up_request", "account_turn", "result", "usage_minute", "queue_minute", "queue_sample", "app_day"),
    *("delivery", "site", "site_event", "report", "refused_report", "reporter", "vote_slot", "reviewer_record"),
    *("appeal", "refund", "recognition_call", "recognition_result", "recognition_review", "recognition_day"),
    *("recognition_quarter", "kept_longer", "recognition_time", "panel", "answer", "gold", "skill", "judgement"),
    *("certainty", "standing", "evidence", "gold_seen", "gold_draw", "training", "practice", "alike", "payout"),
    *("ignored_reporter", "skip_day", "seal", "seal_sum", "dropped_charge", "dropped_pay"),
)
