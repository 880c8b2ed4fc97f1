"""The hot statements about several people's answers: panels, what is known of people, judgements (hot_queries.py)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from manyeyes.certainty import store as certainty
from manyeyes.db.queries import Queries
from manyeyes.panels import store as panels
from manyeyes.reports import store as reports
from manyeyes.skills import store as skills
from manyeyes.skills.findings import store as findings
from manyeyes.workers.skips import store as skips

NOW = datetime.now(UTC)
HOUR_AGO = NOW - timedelta(hours=1)
UNSEEN = (1, [7, 8], [1, 1], ["{}", "{0}"], 200, NOW)
SAVED_JUDGEMENT = (1, [34_901], [1], [2], ["42"], [True], ["[]"], [0], NOW)
HOT_PEOPLE: list[tuple[Queries, str, tuple[Any, ...], set[str], bool]] = [
    (panels.SQL, "lock_panels", (1, [20005, 20006]), {"panel_pkey"}, True),
    (panels.SQL, "panels", (1, [20005, 20006]), {"panel_pkey"}, False),
    (panels.SQL, "answers_of", (1, [20005, 20006]), {"answer_task"}, True),
    (panels.SQL, "seats_of_panels", (1, [160015]), {"panel_seat"}, False),
    (panels.SQL, "refute_answers", (1, [160015], NOW), {"answer_pkey"}, True),
    (panels.SQL, "set_right", (1, [160015], [True]), {"answer_pkey"}, True),
    (panels.SQL, "forget_answers", (1, [20005, 20006]), {"answer_task"}, False),
    (reports.SQL, "reports_against_several", (1, 5, 100), {"report_pkey", "answer_refuted"}, True),
    (panels.SQL, "answers_by_number", (1, [160015]), {"answer_pkey"}, False),
    (panels.SQL, "item_answers", (1, 7, 20, 90), {"task_line", "result_pkey", "answer_task"}, True),  # some lines
    (panels.SQL, "put_answers_aside", (1, [160015]), {"answer_pkey"}, False),
    (panels.SQL, "given_at_once", (1, 2, NOW), {"answer_queue", "panel_pkey", "evidence_task"}, True),
    (panels.SQL, "paces", (1, 2, NOW, 500), {"answer_queue"}, True),
    (skills.SQL, "unseen_gold", UNSEEN, {"gold_queue", "result_pkey", "gold_seen_pkey", "panel_pkey"}, True),
    (skills.SQL, "gold_laid_aside", (1, [7, 8]), {"work_aside"}, False),
    (skills.SQL, "passed_gold", (1, [600_001], NOW), {"gold_seen_work", "work_waiting"}, False),
    (skills.SQL, "set_passed", (1, NOW, [1], [4], [600_001], [1]), {"gold_seen_work"}, False),
    (skills.SQL, "standings", (1, [1], [7]), {"skill_pkey", "alike_pkey"}, False),
    (skills.SQL, "lock_new_evidence", (1, 500), {"evidence_new"}, True),
    (skills.SQL, "set_counted", (1, [1], [7], [9], ["gold"]), {"evidence_pkey"}, False),
    (skills.SQL, "evidence_of", (1, [1, 2], [7, 8], 1_000), {"evidence_order"}, True),
    (skills.SQL, "gold_evidence", (1, [10, 20]), {"evidence_task"}, True),
    (skills.SQL, "lock_skills", (1, [1, 2], [7, 8]), {"skill_pkey"}, True),
    (skills.SQL, "set_replaced", (1, [1, 1], [7, 8]), {"skill_pkey", "work_leased", "work_aside"}, True),
    (skills.SQL, "open_bar_appeals", (1, 500), {"skill_appeal"}, False),
    (findings.SQL, "checked_of_queue", (1, 1, NOW), {"evidence_order", "task_pkey"}, True),
    (skills.SQL, "peers_checked", (1, 1, NOW), {"evidence_order", "evidence_task"}, True),
    (findings.SQL, "alike_in_queue", (1, 7), {"alike_pkey"}, True),
    (findings.SQL, "alike_of_worker", (1, 7), {"alike_worker", "alike_other"}, True),
    (certainty.SQL, "any_decision_aside", (1,), {"judgement_aside"}, False),
    (certainty.SQL, "decisions_aside", (1, [5, 6], 20), {"judgement_aside"}, True),
    (certainty.SQL, "any_open_judgement", (1,), {"judgement_open"}, False),
    (certainty.SQL, "held_judgements", (1, [601, 602], NOW), {"judgement_leased"}, False),
    (certainty.SQL, "lock_open_judgements", (1, 20), {"judgement_open"}, False),
    (certainty.SQL, "lock_open_judgement_for", (1, 601, [1], [0]), {"judgement_open"}, False),
    (certainty.SQL, "lease_judgements", (1, [34_901], [1], [601], NOW, NOW), {"judgement_pkey"}, False),
    (certainty.SQL, "lock_judgements", (1, [34_901]), {"judgement_pkey"}, True),
    (certainty.SQL, "save_judgements", SAVED_JUDGEMENT, {"judgement_pkey"}, False),
    (certainty.SQL, "pass_judgements", (1, [34_901], [1], [601]), {"judgement_pkey"}, False),
    (certainty.SQL, "reopen_judgements", (1, [34_901], [1]), {"judgement_pkey"}, False),
    (certainty.SQL, "lock_lapsed_judgements", (1, NOW, 100), {"judgement_leased"}, False),
    (certainty.SQL, "lock_held_judgements", (1, [601, 602]), {"judgement_reviewer"}, True),
    (
        certainty.SQL,
        "overdue_judgements",
        (1, NOW - timedelta(days=1), 100),
        {"judgement_open", "judgement_leased"},
        False,
    ),
    (certainty.SQL, "undecided_judgements", (1, [34_901]), {"judgement_pkey"}, False),
    (certainty.SQL, "judged_since", (1, 601, HOUR_AGO), {"judgement_reviewer"}, False),
    (certainty.SQL, "audits_of", (1, 5, 1, 0, 0.05, 1), {"judgement_audits"}, True),
    (skips.SQL, "count_skips", (1, [7, 8], [1, 1], ["other", "other"], NOW), set(), True),
    (skips.SQL, "skips_of", (1, 7, NOW.date() - timedelta(days=30)), {"skip_day_pkey"}, True),
    (skips.SQL, "forget_skips", (1, NOW.date() - timedelta(days=400)), {"skip_day_age"}, False),
]
