"""Rows enough that the planner has a choice: a busy cell, written by the server itself."""

import asyncpg

FILLINGS = """
INSERT INTO work (cell, task_id, account_id, queue_id, bid_micros, turn, price_micros, pay_micros, lease_seconds,
                  soft_id, ip, kind, options, media, created_at, expires_at, state, worker_id, lease, lease_until,
                  job_id)
SELECT 1, n, 1 + n % 50, 1 + n % 2, 700 + n % 3, n, 700, 500, 60, 0, '203.0.113.7', 'image_to_text', '{}', 'png', now(),
       now() + interval '10 min', s.state, CASE s.state WHEN 0 THEN 0 ELSE 1 + n % 1000 END, 0,
       CASE s.state WHEN 0 THEN NULL ELSE now() + interval '1 min' END, CASE n % 4 WHEN 0 THEN 1 + n % 200 ELSE 0 END
FROM generate_series(1, 20000) AS n, LATERAL (SELECT CASE WHEN n > 2000 THEN 0 ELSE 1 + n % 2 END AS state) AS s;

INSERT INTO work (cell, task_id, account_id, queue_id, bid_micros, turn, price_micros, pay_micros, lease_seconds,
                  soft_id, ip, kind, options, media, created_at, expires_at, state, worker_id, lease, aside_text,
                  aside_until)
SELECT 1, 300000 + n, 1 + n % 50, 1, 700, n, 700, 500, 60, 0, '203.0.113.7', 'image_to_text', '{}', 'png', now(),
       now(), 4, 1 + n % 1000, 1, 'abc', now() + n * interval '5 ms' FROM generate_series(1, 2000) AS n;

INSERT INTO panel (cell, task_id, account_id, queue_id, job_id, question_id, terms, state, first_seat, seats, open,
                   given, asked, bid_micros, turn, price_micros, pay_micros, held_micros, lease_seconds, life_seconds,
                   base_url, media, created_at)
SELECT 1, n, 1 + n % 50, 1, CASE n % 4 WHEN 0 THEN 1 + n % 200 ELSE 0 END, 0, '{"answers": 3, "answers_at_most": 5}',
       CASE WHEN n > 33000 THEN 0 ELSE 2 END, 100000 + 3 * n, 3, 2, 1, ARRAY[1 + n % 1000], 700, n, 700, 500, 3500, 60,
       600, '', 'png', now() FROM generate_series(20001, 35000) AS n;
INSERT INTO answer (cell, answer_id, task_id, account_id, queue_id, question_id, purpose, worker_id, lease, answer,
                    price_micros, pay_micros, took_ms, answered_at)
SELECT 1, 100000 + 3 * n + s, n, 1 + n % 50, 1, 0, 1, 1 + (n + s) % 1000, 1, '42', 700, 500, 900,
       now() - n * interval '1 s' FROM generate_series(20001, 35000) AS n, generate_series(0, 2) AS s
WHERE s = 0 OR n <= 33000;
UPDATE answer SET refuted_at = now() WHERE answer_id % 50 = 0;
INSERT INTO judgement (cell, task_id, purpose, account_id, queue_id, question_id, state, filed_at, proposal, score,
                       pay_micros, reviewer_id)
SELECT 1, n, n % 2, 1 + n % 50, 1, 0, CASE WHEN n > 34900 THEN 0 ELSE 2 END, now(), '42', 0.9, 100, n % 700
FROM generate_series(20001, 35000) AS n;
INSERT INTO work (cell, task_id, account_id, queue_id, bid_micros, turn, price_micros, pay_micros, lease_seconds,
                  soft_id, ip, kind, options, media, created_at, expires_at, of_task, purpose)
SELECT 1, 100000 + 3 * n + s, 1 + n % 50, 1, 700 + n % 3, n - 33000, 700, 500, 60, 0, '203.0.113.7', 'number', '{}',
       'png', now(), now() + interval '10 min', n, 1
FROM generate_series(33001, 35000) AS n, generate_series(1, 2) AS s;

INSERT INTO session (cell, worker_id, node_id, present, queues, languages, held, idle_since, online_since)
SELECT 1, n, 1, n % 10 <> 0, CASE WHEN n % 4 = 0 THEN '{2}'::int[] ELSE '{1,2}' END, '{en}', n % 3,
       now() - n * interval '1 s', now() FROM generate_series(1, 3000) AS n;
INSERT INTO session (cell, worker_id, node_id, present, queues, languages, idle_since, online_since, left_at,
                     left_queues)
SELECT 1, n, 1, false, '{}', '{en}', now(), now(), now() - n * interval '1 min', '{1,2}'
FROM generate_series(3001, 9000) AS n;

INSERT INTO skill (cell, queue_id, worker_id, as_of, barred_at)
SELECT 1, q, n, now(), CASE WHEN n % 50 = 0 THEN now() END
FROM generate_series(1, 3) AS q, generate_series(1, 3000) AS n;

INSERT INTO training (cell, queue_id, task_ids, is_paid, pass_mark, set_at)
SELECT 1, n, '{1,2,3}', false, 0.8, now() FROM generate_series(1, 3000) AS n;
INSERT INTO practice (cell, worker_id, queue_id, tries, left_ids, is_paid, pass_mark, pay_micros, lease_seconds,
                      begun_at)
SELECT 1, n, q, 1, '{1,2,3}', true, 0.8, 500, 60, now() - n * interval '1 min'
FROM generate_series(1, 3000) AS n, generate_series(1, 2) AS q;

INSERT INTO bucket (cell, account_id, name, endpoint, region, access_key, secret, created_at)
SELECT 1, 1 + n % 500, 'bucket-' || n, 'https://s3.example', 'eu-1', 'key', 'sealed', now()
FROM generate_series(1, 5000) AS n;

INSERT INTO job (cell, job_id, account_id, name, queue_id, question_id, created_at, changed_at, state, ended_at)
SELECT 1, n, n % 500, 'a job', 1, 0, now(), now(), s.state, CASE s.state WHEN 3 THEN now() END
FROM generate_series(1, 2000) AS n, LATERAL (SELECT CASE WHEN n % 50 = 0 THEN 1 ELSE n % 2 * 3 END AS state) AS s;
INSERT INTO job_upload (cell, job_id, upload_key, first_line, lines, items, complete, digest, created_at, changed_at)
SELECT 1, 1 + n % 2000, 'file-' || n, n, 100, 100, n % 500 <> 0, 'd', now(), now() FROM generate_series(1, 10000) AS n;
INSERT INTO balance (cell, account_id, available_micros) SELECT 1, n, 1000000 FROM generate_series(1, 2000) AS n;
INSERT INTO account (cell, account_id, name, created_at) SELECT 1, n, 'Ada', now() FROM generate_series(1, 2000) AS n;
INSERT INTO account_turn (cell, account_id, queue_id, next_turn) SELECT 1, n, 1, n FROM generate_series(1, 2000) AS n;

INSERT INTO task (cell, task_id, account_id, queue_id, kind, options, media, soft_id, ip, website_url, callback_url,
                  language_pool, created_at)
SELECT 1, n, 1 + n % 50, 1, 'image_to_text', '{}', 'png', 0, '203.0.113.7', '', '', 'en', now()
FROM generate_series(1, 20000) AS n;
INSERT INTO task (cell, task_id, account_id, queue_id, kind, options, media, soft_id, ip, website_url, callback_url,
                  language_pool, created_at, job_id, line, external_id)
SELECT 1, n, 1 + n % 50, 1, 'number', '{}', 'png', 0, '203.0.113.7', '', '', 'en', now(), 1 + n % 200, n / 200 - 99,
       'item-' || n
FROM generate_series(20001, 60000) AS n;
INSERT INTO truth (cell, task_id, answer) SELECT 1, n, '1' FROM generate_series(20001, 60000) AS n WHERE n % 200 < 100;

INSERT INTO result (cell, task_id, account_id, queue_id, soft_id, ip, created_at, ended_at, ending, answer, media,
                    worker_id, lease, solve_count, charged_micros, pay_micros)
SELECT 1, n, 1 + n % 50, 1, 0, '203.0.113.7', now(), now() - n * interval '4 s', 0, '{"text": "a"}', 'png', 1, 1, 1,
       700, 500 FROM generate_series(1, 20000) AS n;

INSERT INTO usage_minute (cell, account_id, minute, queue_id, soft_id, ip, tasks, charged_micros)
SELECT 1, a, extract(epoch FROM now())::int / 60 - m, 1, 0, '203.0.113.7', 1, 700
FROM generate_series(1, 20) AS a, generate_series(0, 1439) AS m;

INSERT INTO dropped_charge (cell, account_id, ended_at, queue_id, soft_id, ip, tasks, charged_micros)
SELECT 1, 1 + n % 50, now() - interval '800 days' + n * interval '1 s', 1, 0, '203.0.113.7', 2, 1400
FROM generate_series(1, 20000) AS n;
INSERT INTO dropped_pay (cell, worker_id, at, kind, entries, amount_micros)
SELECT 1, 1 + n % 200, now() - interval '800 days' + n * interval '1 s', 5, 2, 1000 FROM generate_series(1, 20000) AS n;

INSERT INTO queue_minute (cell, queue_id, minute, tasks, handling_ms, charged_micros)
SELECT 1, 1, extract(epoch FROM now())::int / 60 - m, 1, 1000, 700 FROM generate_series(0, 9999) AS m;

INSERT INTO transfer (cell, cause_id, kind, n, debit_book, debit_id, credit_book, credit_id, amount_micros, account_id,
                      worker_id, at)
SELECT 1, n, 2, 0, 10, 1 + n % 50, 11, 1 + n % 50, 700, 1 + n % 50, 0, now() - n * interval '4 s'
FROM generate_series(1, 20000) AS n;

INSERT INTO transfer (cell, cause_id, kind, n, debit_book, debit_id, credit_book, credit_id, amount_micros, account_id,
                      worker_id, at)
SELECT 1, n, 5, 0, 2, 0, 20, 1 + n % 200, 500, 0, 1 + n % 200, now() - n * interval '4 s'
FROM generate_series(1, 20000) AS n;
INSERT INTO payout (cell, payout_id, request_id, worker_id, ask_key, amount_micros, state, shown, details, asked_at,
                    ended_at)
SELECT 1, n, n, 1 + n % 500, n::text::bytea, 700, CASE WHEN n > 19500 THEN 0 ELSE 2 END, '…4321', 'sealed',
       now() - n * interval '4 s', CASE WHEN n > 19500 THEN NULL ELSE now() - n * interval '3 s' END
FROM generate_series(1, 20000) AS n;

INSERT INTO standing (cell, account_id, worker_id, filtered, until)
SELECT 1, 1 + n % 50, 1 + n / 50, n % 9 = 0, now() + (n - 500) * interval '1 s' FROM generate_series(1, 20000) AS n;

INSERT INTO pending_pay (cell, task_id, worker_id, amount_micros, due_at)
SELECT 1, n, 1 + n % 1000, 500, now() + (n - 200) * interval '1 s' FROM generate_series(1, 10000) AS n;
INSERT INTO wallet (cell, worker_id, payable_micros) SELECT 1, n, 9 FROM generate_series(1, 2000) AS n;

INSERT INTO report (cell, task_id, account_id, queue_id, worker_id, kind, state, ended_at, filed_at)
SELECT 1, n, 1 + n % 50, 1, 1 + n % 500, 0, CASE WHEN n > 19000 THEN 0 ELSE 1 + n % 2 END, now(),
       now() - n * interval '4 s' FROM generate_series(1, 20000) AS n;

UPDATE report SET worker_id = 0 WHERE task_id % 2 = 0;
INSERT INTO vote_slot (cell, task_id, n, state, author_id, queue_id, filed_at, reviewer_id, lease, lease_until, verdict,
                       voted_at, pay_micros)
SELECT 1, t, n, s.state, 1 + t % 500, 1, now() - t * interval '4 s',
       CASE s.state WHEN 0 THEN 0 ELSE 600 + (t + n) % 200 END, 1, now() + interval '1 min', s.state - 1,
       now() - t * interval '4 s', 100
FROM generate_series(1, 20000) AS t, generate_series(0, 2) AS n,
     LATERAL (SELECT CASE WHEN t > 19500 THEN 0 WHEN t > 19400 AND n = 0 THEN 1 ELSE 2 END AS state) AS s;

INSERT INTO refused_report (cell, account_id, task_id, kind, reason, at)
SELECT 1, 1 + n % 50, n, 0, 'report_late', now() - n * interval '4 s' FROM generate_series(1, 20000) AS n;
INSERT INTO appeal (cell, task_id, worker_id, words, pay_micros, filed_at)
SELECT 1, n, 1, 'right', 500, now() FROM generate_series(1, 20000) AS n;
INSERT INTO reporter (cell, account_id, judged, confirmed) SELECT 1, n, 20, 15 FROM generate_series(1, 2000) AS n;
INSERT INTO reviewer_record (cell, reviewer_id, votes, against) SELECT 1, n, 9, 1 FROM generate_series(600, 2000) AS n;
INSERT INTO refund (cell, task_id, account_id, queue_id, soft_id, ip, ended_at, refunded_at, refunded_micros)
SELECT 1, n, 1 + n % 50, 1, 0, '203.0.113.7', now() - n * interval '4 s', now(), 700
FROM generate_series(1, 20000) AS n;
INSERT INTO delivery (cell, task_id, account_id, url, receiver, base_url, state, next_at, ended_at, closed_at)
SELECT 1, n, 1 + n % 50, 'https://a.example/', s.receiver, '', s.state, now() - n * interval '1 s',
       now() - n * interval '100 s', NULL
FROM generate_series(1, 20000) AS n, LATERAL (
    SELECT CASE WHEN n % 10 = 0 THEN 'r' || n % 200 || '.example:443' ELSE 'down.example:443' END AS receiver,
           CASE WHEN n > 8000 THEN 1 + n % 2 ELSE 0 END AS state) AS s;

INSERT INTO notice_address (cell, account_id, address_id, address, notices, language, created_at, ended_at)
SELECT 1, 1 + n % 500, n, 'a' || n || '@shop.example', '{job.stuck}', 'en', now(),
       CASE WHEN n % 2 = 0 THEN now() - n * interval '1 min' END
FROM generate_series(1, 20000) AS n;
INSERT INTO delivery (cell, task_id, account_id, url, receiver, base_url, state, next_at, ended_at, event)
SELECT 1, 100000 + n, 1 + n % 50, 'mailto:a' || n % 500 || '@shop.example', 'mail server ' || 1 + n % 50, '', 1,
       now(), now(), CASE WHEN n % 10 = 0 THEN 'balance.low' ELSE 'job.finished' END
FROM generate_series(1, 20000) AS n;

INSERT INTO delivery_try (cell, task_id, n, at, status, fault, milliseconds)
SELECT 1, n, 1, now(), 200, '', 20 FROM generate_series(1, 20000) AS n;

INSERT INTO app_day (cell, soft_id, day, account_id, solved)
SELECT 1, 800 + s, current_date - d, a, 1
FROM generate_series(1, 20) AS s, generate_series(0, 60) AS d, generate_series(1, 20) AS a;

INSERT INTO skip_day (cell, worker_id, day, queue_id, reason, skips)
SELECT 1, w, current_date - d, 1 + w % 3, 'other', 4 FROM generate_series(1, 200) AS w, generate_series(0, 300) AS d;

INSERT INTO site (cell, account_id, domain, token, state, created_at, check_at, swept)
SELECT 1, 1 + n % 50, 'shop-' || n || '.example', 't', 1, now(), now() + n * interval '20 s', n % 100 <> 0
FROM generate_series(1, 5000) AS n;

INSERT INTO recognition_day (cell, recognition_id, day, label, total, review)
SELECT 1, r, current_date - d, l, 100, 3
FROM generate_series(3, 6) AS r, generate_series(-1, 400) AS d, generate_series(-1, 29) AS l;

INSERT INTO recognition_result (cell, recognition_id, result_id, call_id, at, name, tag, uid, sequence_id, label, rate,
                                threshold, review, fault, milliseconds, task_id, charged_micros)
SELECT 1, 1 + n % 10, n, n, now() - n * interval '30 s', n || '.jpg', '', '', '', n % 30, 0.9, 0.9, n % 30 = 0, '', 20,
       CASE n % 30 WHEN 0 THEN n ELSE 0 END, 500
FROM generate_series(1, 20000) AS n;

INSERT INTO recognition_review (cell, task_id, recognition_id, result_id, asked_at, day, label, rate, threshold,
                                sample_share, sampled, name, state, verdict, ended_at)
SELECT 1, task_id, recognition_id, result_id, at, at, label, rate, threshold, 0.1, false, name, 1, 1, at
FROM recognition_result WHERE task_id > 0;

INSERT INTO recognition_quarter (cell, recognition_id, quarter, certain)
SELECT 1, r, extract(epoch FROM now())::int / 900 - q, 100
FROM generate_series(1, 10) AS r, generate_series(0, 2999) AS q;

INSERT INTO recognition_time (cell, recognition_id, quarter, measure, bucket, times)
SELECT 1, r, extract(epoch FROM now())::int / 900 - q, m, 90 + b, 3
FROM generate_series(1, 10) AS r, generate_series(0, 4999) AS q, generate_series(0, 1) AS m, generate_series(0, 1) AS b;

INSERT INTO recognition_call (cell, secret_id, triple, call_id, digest, answer, at)
SELECT 1, 's' || n % 10, decode(md5(n::text), 'hex'), n, 'd', '{}', now() - n * interval '1 s'
FROM generate_series(1, 20000) AS n;

INSERT INTO question (cell, question_id, account_id, digest, kind, options, instructions, examples, created_at)
SELECT 1, n, n % 100, decode(md5(n::text), 'hex'), 'number', '{}', 'Look well', '[]', now()
FROM generate_series(1, 20000) AS n;

INSERT INTO question_picture (cell, question_id, n, media, bytes)
SELECT 1, q, n, 'png', 'x' FROM generate_series(1, 20000) AS q, generate_series(0, 1) AS n;

INSERT INTO question_seen (cell, worker_id, question_id, seen_at)
SELECT 1, w, q, now() FROM generate_series(1, 200) AS w, generate_series(1, 200) AS q;

UPDATE judgement SET state = 1, lease_until = now() + (task_id - 34890) * interval '1 s'
WHERE task_id BETWEEN 34851 AND 34900;
UPDATE judgement SET decided_at = now() - task_id * interval '1 s', value = '42', is_right = task_id % 5 <> 0,
                     target = CASE WHEN purpose = 1 THEN 0.05 END, is_accepted = purpose = 1
WHERE state = 2;
UPDATE session SET answered = 5 WHERE worker_id % 2 = 0;
INSERT INTO evidence (cell, queue_id, worker_id, task_id, source, at, truth, given, is_unanimous, is_counted)
SELECT 1, 1 + n % 3, 1 + n % 2000, 1 + n / 10, CASE n % 10 WHEN 0 THEN 'gold' WHEN 1 THEN 'verdict' ELSE 'peers' END,
       now() - n * interval '10 s', '42', '42', true, n > 200 FROM generate_series(1, 60000) AS n;
INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at)
SELECT 1, 4 * n, 1 + n % 50, 1 + n % 2, 0, 'a', 0, now() FROM generate_series(1, 5000) AS n;
INSERT INTO gold_seen (cell, worker_id, task_id, queue_id, work_id, laid_at, passed_lease, passed_at)
SELECT 1, 1 + n % 3000, 4 * (1 + n / 3000), 1, 600000 + n, now(), n % 2, now() FROM generate_series(1, 30000) AS n;
INSERT INTO gold_draw (cell, worker_id, draws, answered) SELECT 1, n, 9, n % 6 FROM generate_series(1, 3000) AS n;
INSERT INTO alike (cell, queue_id, worker_id, kind, other_id, tasks, alike, expected, found_at, as_of)
SELECT 1, 1 + n % 20, n, 'pair', n + 1, 20, 18, 6, now(), now() FROM generate_series(1, 3000) AS n;
UPDATE skill SET appealed_at = now() WHERE worker_id % 500 = 0;

INSERT INTO trail_entry (cell, number, previous, hash, at, deed, subject, role, actor_id, name, via, address, through,
                         before, after)
SELECT 1, n, 'p', 'h', now() - n * interval '1 min', CASE n % 50 WHEN 0 THEN 'key.issue' ELSE 'deed ' || n % 40 END,
       'task:' || n % 500, CASE n % 500 WHEN 7 THEN 'customer' ELSE 'installation' END, n % 500, 'Ann ' || n % 500,
       'screen', '', '', 'null', '{}' FROM generate_series(1, 40000) AS n;
INSERT INTO top_up_request (cell, request_id, account_id, amount_micros, note, asked_by, asked_at, state)
SELECT 1, n, 1 + n % 500, 5, '', '', now() - n * interval '1 min', CASE WHEN n % 40 = 0 THEN 0 ELSE 1 END
FROM generate_series(1, 20000) AS n;

INSERT INTO worker (worker_id, name, languages, queues, created_at)
SELECT n, CASE n % 5 WHEN 0 THEN 'Lan' ELSE 'Worker ' || n END, '{en}', '{1}', now() FROM generate_series(1, 9000) AS n;
INSERT INTO account_place (account_id, name, cell, created_at)
SELECT n, CASE n % 5 WHEN 0 THEN 'Lan' ELSE 'Account ' || n END, 1, now() FROM generate_series(1, 9000) AS n;
INSERT INTO colleague (account_id, person_id, name, role, made_by, created_at, removed_at)
SELECT 1 + n / 3, n % 3, CASE n % 5 WHEN 0 THEN 'Lan' ELSE 'Person ' || n END, 'owner', '', now(),
       CASE WHEN n % 20 = 0 THEN now() END FROM generate_series(1, 20000) AS n;

UPDATE work SET site = 'shop-' || task_id % 500 || '.example' WHERE task_id % 10 = 0;
"""


async def fill(db: asyncpg.Connection) -> None:
    """Write the rows and let the planner know of them.

    Nothing is vacuumed meanwhile: whether a page is known to be visible to all decides between two indexes of a small
    table, and must not depend on how long the tests take.
    """
    for row in await db.fetch(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    ):
        await db.execute(f"ALTER TABLE {row['relname']} SET (autovacuum_enabled = off)")
    await db.execute(FILLINGS)
    await db.execute("ANALYZE")
