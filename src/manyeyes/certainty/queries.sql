-- name: thresholds
-- What audits prove of customers' questions in queues.
SELECT account_id, queue_id, question_id, target, threshold, is_refused FROM certainty
WHERE cell = $1 AND (account_id, queue_id, question_id)
      IN (SELECT * FROM unnest($2::bigint[], $3::int[], $4::bigint[]));

-- name: insert_judgements
-- Ask reviewers.
INSERT INTO judgement (cell, task_id, purpose, account_id, queue_id, question_id, filed_at, proposal, score, pay_micros)
SELECT $1, j.task_id, j.purpose, j.account_id, j.queue_id, j.question_id, $2, j.proposal, j.score, j.pay_micros
FROM unnest($3::bigint[], $4::smallint[], $5::bigint[], $6::int[], $7::bigint[], $8::text[], $9::real[], $10::bigint[])
     AS j (task_id, purpose, account_id, queue_id, question_id, proposal, score, pay_micros);
