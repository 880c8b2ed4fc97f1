"""What somebody passed on and how quick they answered lately, as rows; ``$1`` is their number."""

# Three timed answers of these days, one whose time is not known, and one of long ago.
TIMED = """
INSERT INTO answer (cell, answer_id, task_id, account_id, queue_id, question_id, purpose, worker_id, lease, answer,
                    price_micros, pay_micros, took_ms, answered_at)
SELECT 1, 900 + n, 900 + n, 1, 1, 0, 1, $1, 1, 'x', 1, 1, took, now() - make_interval(days => days)
FROM (VALUES (1, 2000, 0), (2, 3000, 1), (3, 9000, 2), (4, 0, 0), (5, 60000, 40)) AS t (n, took, days)"""
# Skips of two days of these weeks in two queues, and some of long ago.
SKIPPED = """
INSERT INTO skip_day (cell, worker_id, day, queue_id, reason, skips)
SELECT 1, $1, current_date - days, queue_id, reason, skips
FROM (VALUES (1, 1, 'unreadable', 2), (9, 1, 'unreadable', 1), (9, 1, 'upsetting', 1),
    (2, 2, 'wrong_language', 4), (40, 1, 'other', 60)) AS s (days, queue_id, reason, skips)"""
