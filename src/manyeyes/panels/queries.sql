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
SELECT answer_id, task_id, worker_id, lease, answer AS text, pay_micros, answered_at
FROM answer WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND purpose = 1 ORDER BY task_id, answer_id;

-- name: answers_by_number
-- Answers by their seats: a repeated one is recognised by it.
SELECT answer_id, task_id, worker_id, lease, answer AS text, pay_micros, answered_at
FROM answer WHERE cell = $1 AND answer_id = ANY ($2::bigint[]);

-- name: set_right
-- What proved to be right and wrong of what people gave.
UPDATE answer SET is_right = a.is_right FROM unnest($2::bigint[], $3::boolean[]) AS a (answer_id, is_right)
WHERE answer.cell = $1 AND answer.answer_id = a.answer_id;
