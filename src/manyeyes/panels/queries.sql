-- name: insert_panels
-- Open panels, with the seats that are asked at once.
INSERT INTO panel (cell, task_id, account_id, queue_id, job_id, question_id, terms, state, first_seat, seats, open, given,
                   failures, asked, bid_micros, turn, price_micros, pay_micros, held_micros, share_micros, lease_seconds,
                   life_seconds, base_url, media, created_at, entered_at)
SELECT $1, p.task_id, p.account_id, p.queue_id, p.job_id, p.question_id, p.terms::jsonb, 0, p.first_seat, p.seats, p.seats, 0,
       0, '{}', p.bid_micros, p.turn, p.price_micros, p.pay_micros, p.held_micros, p.share_micros, p.lease_seconds,
       p.life_seconds, p.base_url, p.media, p.created_at, p.entered_at
FROM unnest($2::bigint[], $3::bigint[], $4::int[], $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::smallint[],
            $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[], $16::int[], $17::int[],
            $18::text[], $19::text[], $20::timestamptz[], $21::timestamptz[])
     AS p (task_id, account_id, queue_id, job_id, question_id, terms, first_seat, seats, bid_micros, turn, price_micros,
           pay_micros, held_micros, share_micros, lease_seconds, life_seconds, base_url, media, created_at, entered_at);

-- name: lock_panels
-- Panels that are not over, locked in the order of the key: after the seats that end, before all that they lead to.
SELECT task_id, account_id, queue_id, job_id, question_id, terms, state, first_seat, seats, open, given, failures, asked,
       bid_micros, turn, price_micros, pay_micros, held_micros, share_micros, lease_seconds, life_seconds, base_url, media,
       created_at, entered_at
FROM panel WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND state < 2 ORDER BY task_id FOR UPDATE;

-- name: panels
-- Panels, over or not.
SELECT task_id, account_id, queue_id, job_id, question_id, terms, state, first_seat, seats, open, given, failures, asked,
       bid_micros, turn, price_micros, pay_micros, held_micros, share_micros, lease_seconds, life_seconds, base_url, media,
       created_at, entered_at
FROM panel WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: save_panels
-- How far locked panels are.
UPDATE panel SET state = p.state, seats = p.seats, open = p.open, given = p.given, failures = p.failures,
                 asked = p.asked::bigint[]
FROM unnest($2::bigint[], $3::smallint[], $4::smallint[], $5::smallint[], $6::smallint[], $7::smallint[], $8::text[])
     AS p (task_id, state, seats, open, given, failures, asked)
WHERE panel.cell = $1 AND panel.task_id = p.task_id;

-- name: insert_answers
-- Keep what people gave.
INSERT INTO answer (cell, answer_id, task_id, account_id, queue_id, question_id, purpose, worker_id, lease, answer,
                    price_micros, pay_micros, took_ms, answered_at)
SELECT $1, a.answer_id, a.task_id, a.account_id, a.queue_id, a.question_id, a.purpose, a.worker_id, a.lease, a.answer,
       a.price_micros, a.pay_micros, a.took_ms, $2
FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::int[], $7::bigint[], $8::smallint[], $9::bigint[], $10::int[],
            $11::text[], $12::bigint[], $13::bigint[], $14::int[])
     AS a (answer_id, task_id, account_id, queue_id, question_id, purpose, worker_id, lease, answer, price_micros,
           pay_micros, took_ms);

-- name: answers_of
-- What people gave to tasks of several, in the order of their seats.
SELECT answer_id, task_id, worker_id, lease, answer AS text, pay_micros, answered_at, refuted_at
FROM answer WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND purpose = 1 AND NOT is_aside
ORDER BY task_id, answer_id;

-- name: seats_of_panels
-- Who was asked in vain on those of these seats that are closed: the panel of a seat is the last that begins before it.
SELECT s.seat, p.asked FROM unnest($2::bigint[]) AS s (seat), LATERAL (
    SELECT first_seat, seats, asked FROM panel WHERE cell = $1 AND first_seat <= s.seat ORDER BY first_seat DESC LIMIT 1) AS p
WHERE s.seat < p.first_seat + p.seats
  AND NOT EXISTS (SELECT FROM work AS w WHERE w.cell = $1 AND w.task_id = s.seat)
  AND NOT EXISTS (SELECT FROM answer AS a WHERE a.cell = $1 AND a.answer_id = s.seat);

-- name: forget_answers
-- Blank what people gave to tasks; that they answered, when, and what it paid stays.
UPDATE answer SET answer = NULL WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND answer IS NOT NULL;

-- name: refute_answers
-- A complaint about their result was confirmed, and these said the same.
UPDATE answer SET is_right = false, refuted_at = $3 WHERE cell = $1 AND answer_id = ANY (ARRAY(
    SELECT answer_id FROM answer WHERE cell = $1 AND answer_id = ANY ($2::bigint[]) ORDER BY answer_id FOR UPDATE));

-- name: answers_by_number
-- Answers by their seats: a repeated one is recognised by it.
SELECT answer_id, task_id, worker_id, lease, answer AS text, pay_micros, answered_at, refuted_at
FROM answer WHERE cell = $1 AND answer_id = ANY ($2::bigint[]);

-- name: panel_gaps
-- Where panels that are open or were decided since an instant differ from their seats, their answers, what is held for them, and
-- how their tasks ended. The lateral rows are what must be nought.
WITH recent AS MATERIALIZED (
    SELECT task_id FROM panel WHERE cell = $1 AND (state < 2 OR $2::timestamptz = 'epoch')
    UNION
    SELECT o.task_id FROM panel AS o JOIN result AS e ON e.cell = $1 AND e.task_id = o.task_id
    WHERE o.cell = $1 AND e.ended_at >= $2)
SELECT p.task_id AS cause_id, g.what, abs(g.gap)::bigint AS gap
FROM panel AS p
LEFT JOIN (SELECT of_task, count(*) AS seats FROM work WHERE cell = $1 AND of_task <> 0 AND purpose = 1
           GROUP BY of_task) AS w ON w.of_task = p.task_id
LEFT JOIN (SELECT task_id, count(*) AS given, count(DISTINCT worker_id) AS people,
                  array_agg(worker_id ORDER BY worker_id) AS workers
           FROM answer WHERE cell = $1 AND purpose = 1 AND NOT is_aside AND task_id IN (SELECT task_id FROM recent)
           GROUP BY task_id) AS a ON a.task_id = p.task_id
LEFT JOIN (SELECT cause_id, coalesce(sum(amount_micros) FILTER (WHERE kind = 2), 0) AS held,
                  coalesce(sum(amount_micros) FILTER (WHERE kind = 3), 0) AS settled,
                  count(*) FILTER (WHERE kind = 3) AS charges
           FROM transfer WHERE cell = $1 AND kind IN (2, 3) AND cause_id IN (SELECT task_id FROM recent)
           GROUP BY cause_id) AS t ON t.cause_id = p.task_id
LEFT JOIN result AS r ON r.cell = $1 AND r.task_id = p.task_id,
LATERAL (VALUES
    ('the number of open seats', p.open - coalesce(w.seats, 0)),
    ('the number of answers', p.given - coalesce(a.given, 0)),
    ('the number of seats', least(p.seats - p.open - p.given, 0)),
    ('the number of people who answered twice', coalesce(a.given - a.people, 0)),
    ('the number of people who answered and were not asked', (SELECT count(*) FROM unnest(a.workers) AS o (worker_id)
                                                              WHERE o.worker_id <> ALL (p.asked))),
    ('what is held', p.held_micros - coalesce(t.held, 0)),
    ('whether it is over', ((p.state = 2) <> (r.task_id IS NOT NULL))::int),
    ('open seats after its end', CASE WHEN p.state > 0 THEN p.open ELSE 0 END),
    ('the number of answers of the result', r.answers - p.given),
    ('whose word the result is', (r.worker_id <> 0)::int),
    ('what the result cost', r.charged_micros - coalesce(t.settled, 0)),
    ('what the answers cost', CASE WHEN r.ending = 0 THEN r.charged_micros - p.given * p.price_micros END),
    ('the number of charges', CASE WHEN r.charged_micros > 0 THEN t.charges - greatest(p.given, 1) END)
) AS g (what, gap)
WHERE p.cell = $1 AND p.task_id IN (SELECT task_id FROM recent) AND g.gap <> 0 ORDER BY p.task_id, g.what;

-- name: answer_gaps
-- Where answers of several, to gold and to practice differ from what was booked under their numbers; and pay that is kept
-- back though its result stands and no complaint is open. Of those that were given, or about which something was booked, since
-- an instant.
WITH recent AS MATERIALIZED (
    SELECT answer_id FROM answer WHERE cell = $1 AND answered_at >= $2
    UNION
    SELECT o.answer_id FROM transfer AS b JOIN answer AS o ON o.cell = $1 AND o.answer_id = b.cause_id
    WHERE b.cell = $1 AND b.kind + 0 IN (5, 6, 8) AND b.at >= $2)
SELECT a.answer_id AS cause_id, g.what, abs(g.gap)::bigint AS gap
FROM answer AS a
LEFT JOIN (SELECT cause_id, coalesce(sum(amount_micros) FILTER (WHERE kind = 5), 0) AS paid,
                  coalesce(sum(amount_micros) FILTER (WHERE kind = 6), 0) AS vested,
                  coalesce(sum(amount_micros) FILTER (WHERE kind = 8), 0) AS cancelled
           FROM transfer WHERE cell = $1 AND kind IN (5, 6, 8) AND cause_id IN (SELECT answer_id FROM recent)
           GROUP BY cause_id) AS t ON t.cause_id = a.answer_id
LEFT JOIN pending_pay AS p ON p.cell = $1 AND p.task_id = a.answer_id,
LATERAL (VALUES
    ('the pay', a.pay_micros - coalesce(t.paid, 0)),
    ('what became of the pay', coalesce(t.paid, 0) - coalesce(t.vested, 0) - coalesce(t.cancelled, 0)
                               - coalesce(p.amount_micros, 0)),
    ('whether it was refused', CASE WHEN a.pay_micros > 0
                                    THEN ((a.refuted_at IS NOT NULL) <> (coalesce(t.cancelled, 0) > 0))::int END)
) AS g (what, gap)
WHERE a.cell = $1 AND a.answer_id IN (SELECT answer_id FROM recent) AND g.gap <> 0
UNION ALL
SELECT p.task_id, 'pay that waits for nothing', 1
FROM pending_pay AS p LEFT JOIN answer AS a ON a.cell = $1 AND a.answer_id = p.task_id
WHERE p.cell = $1 AND p.due_at = 'infinity'
  AND NOT EXISTS (SELECT FROM panel AS o WHERE o.cell = $1 AND o.task_id = a.task_id AND o.state < 2)
  AND NOT EXISTS (SELECT FROM report AS r WHERE r.cell = $1 AND r.task_id = coalesce(a.task_id, p.task_id) AND r.state = 0)
ORDER BY cause_id, what;

-- name: cancelled_by_task
-- Pay that was cancelled since an instant, by the task it was for; of several answers it is booked under theirs.
SELECT coalesce(a.task_id, t.cause_id) AS task_id, sum(t.amount_micros)::bigint AS amount_micros
FROM transfer AS t LEFT JOIN answer AS a ON a.cell = t.cell AND a.answer_id = t.cause_id
WHERE t.cell = $1 AND t.kind + 0 = 8 AND t.at >= $2 GROUP BY 1;

-- name: set_right
-- What proved to be right and wrong of what people gave; the rows are locked in the order of the key.
UPDATE answer SET is_right = a.is_right FROM unnest($2::bigint[], $3::boolean[]) AS a (answer_id, is_right)
WHERE answer.cell = $1 AND answer.answer_id = a.answer_id AND answer.answer_id = ANY (ARRAY(
    SELECT o.answer_id FROM answer AS o WHERE o.cell = $1 AND o.answer_id = ANY ($2::bigint[]) ORDER BY o.answer_id
    FOR UPDATE));

-- name: answered_lately
-- How many answers to tasks of several people a queue took in its last so many seconds.
SELECT count(*) FROM answer
WHERE cell = $1 AND queue_id = $2 AND answered_at > now() - make_interval(secs => $3::double precision) AND purpose = 1;

-- name: undecided_of
-- What these people gave, by queue, to tasks that are still asked of others; the oldest first.
SELECT a.answer_id, a.task_id, a.worker_id, a.lease, a.answer AS text, a.pay_micros, a.answered_at, a.refuted_at
FROM unnest($2::int[], $3::bigint[]) AS w (queue_id, worker_id)
JOIN answer AS a ON a.cell = $1 AND a.worker_id = w.worker_id AND a.queue_id = w.queue_id AND a.purpose = 1 AND NOT a.is_aside
JOIN panel AS p ON p.cell = $1 AND p.task_id = a.task_id AND p.state = 0
ORDER BY a.task_id, a.answer_id LIMIT $4;

-- name: put_answers_aside
-- Answers of people below a queue's floor: they have no vote, and others are asked in their place.
UPDATE answer SET is_aside = true WHERE cell = $1 AND answer_id = ANY ($2::bigint[]);

-- name: item_answers
-- What each person gave to a job's items that are done, in the order of their lines; of several people's tasks the answers of
-- their seats (purpose 1, dispatch/rules.py: Purpose), of one person's the result's own. Bounded as the outcomes are.
SELECT t.task_id, t.line, t.external_id, a.answer_id, a.worker_id, coalesce(a.answer, '') AS text, a.answered_at
FROM task AS t
JOIN result AS r ON r.cell = t.cell AND r.task_id = t.task_id AND r.worker_id = 0
JOIN answer AS a ON a.cell = t.cell AND a.task_id = t.task_id AND a.purpose = 1 AND NOT a.is_aside
WHERE t.cell = $1 AND t.job_id = $2 AND t.job_id <> 0 AND t.line > $3 AND t.line <= $4
UNION ALL
SELECT t.task_id, t.line, t.external_id, 0, r.worker_id, coalesce(r.answer ->> 'text', ''), r.ended_at
FROM task AS t
JOIN result AS r ON r.cell = t.cell AND r.task_id = t.task_id AND r.ending = 0 AND r.worker_id <> 0
WHERE t.cell = $1 AND t.job_id = $2 AND t.job_id <> 0 AND t.line > $3 AND t.line <= $4
ORDER BY line, answer_id;

-- name: label_answers
-- Which labels people of a queue gave since an instant, in the order of their tasks.
SELECT a.task_id, a.worker_id, a.answer AS text, a.answered_at, t.kind, t.options::text AS options
FROM answer AS a JOIN task AS t ON t.cell = $1 AND t.task_id = a.task_id
WHERE a.cell = $1 AND a.queue_id = $2 AND a.answered_at > $3 AND a.purpose IN (1, 2) AND a.answer IS NOT NULL
  AND t.kind = ANY ($4::text[]) ORDER BY a.task_id, a.worker_id LIMIT 1000000;

-- name: given_at_once
-- What people of a queue gave since an instant who were asked at once, three at least, where no reviewer said what is right;
-- task by task, with the recogniser's label of reviews.
SELECT a.task_id, a.worker_id, a.answer AS text, a.answered_at, t.kind, t.options::text AS options, m.label AS model
FROM answer AS a
JOIN panel AS p ON p.cell = $1 AND p.task_id = a.task_id
JOIN task AS t ON t.cell = $1 AND t.task_id = a.task_id
LEFT JOIN recognition_review AS m ON m.cell = $1 AND m.task_id = a.task_id AND m.label >= 0
WHERE a.cell = $1 AND a.queue_id = $2 AND a.answered_at > $3 AND a.purpose = 1 AND a.answer IS NOT NULL AND p.state = 2
  AND (p.terms ->> 'answers')::int >= 3 AND a.answer_id < p.first_seat + (p.terms ->> 'answers')::int
  AND NOT EXISTS (SELECT FROM evidence AS e WHERE e.cell = $1 AND e.task_id = a.task_id AND e.source IN ('gold', 'verdict')
                  AND NOT e.is_aside)
ORDER BY a.task_id, a.worker_id;

-- name: paces
-- How many answers people of a queue gave since an instant, how many with a known time, and how many within so many ms.
SELECT worker_id, count(*)::int AS answers, (count(*) FILTER (WHERE took_ms > 1))::int AS timed,
       (count(*) FILTER (WHERE took_ms > 1 AND took_ms < $4))::int AS quick
FROM answer WHERE cell = $1 AND queue_id = $2 AND answered_at > $3 AND purpose IN (1, 2)
GROUP BY worker_id ORDER BY answers DESC, worker_id;

-- name: jobs_answers
-- How many answers there are to a job's items that several people answered and whose result stands.
SELECT coalesce(sum(r.answers), 0)::bigint AS answers
FROM task AS t
JOIN result AS r ON r.cell = t.cell AND r.task_id = t.task_id AND r.worker_id = 0
WHERE t.cell = $1 AND t.job_id = $2 AND t.job_id <> 0;

-- name: several_answers
-- What several people gave to a job's items whose results stand, on the lines behind $3 up to $4; of items by lot so many in
-- 1,024 ($5). The lot is the task's number, hashed: whoever looks again sees the same items.
SELECT t.task_id, a.worker_id, a.answer AS text
FROM task AS t
JOIN result AS r ON r.cell = t.cell AND r.task_id = t.task_id AND r.worker_id = 0
JOIN answer AS a ON a.cell = t.cell AND a.task_id = t.task_id AND a.purpose = 1 AND a.answer IS NOT NULL
WHERE t.cell = $1 AND t.job_id = $2 AND t.job_id <> 0 AND t.line > $3 AND t.line <= $4
  AND (hashint8extended(t.task_id, 0) & 1023) < $5;

-- name: recent_answers
-- What several people gave in a queue lately, with what was asked: the last so many.
SELECT a.task_id, a.worker_id, a.answer AS text, t.kind, t.options::text AS options
FROM (SELECT cell, task_id, worker_id, answer FROM answer
      WHERE cell = $1 AND queue_id = $2 AND purpose = 1 AND answer IS NOT NULL
      ORDER BY answered_at DESC LIMIT $3) AS a
JOIN task AS t ON t.cell = a.cell AND t.task_id = a.task_id;

-- name: lately_took
-- In how many milliseconds somebody gave their newest timed answers, a few of each queue since an instant.
SELECT q.queue_id, a.took_ms FROM queue AS q, LATERAL (
    SELECT took_ms FROM answer WHERE cell = $1 AND worker_id = $2 AND queue_id = q.queue_id AND answered_at > $3 AND took_ms > 0
    ORDER BY answered_at DESC LIMIT $4) AS a ORDER BY q.queue_id;

-- name: drop_answers
-- Delete what people gave to dropped tasks.
DELETE FROM answer WHERE cell = $1 AND task_id = ANY ($2::bigint[]) RETURNING answer_id;

-- name: drop_panels
-- Delete who was asked about dropped tasks.
DELETE FROM panel WHERE cell = $1 AND task_id = ANY ($2::bigint[]);
