-- name: skills
-- What is known of people in queues.
SELECT queue_id, worker_id, right_weight, wrong_weight, confusion, as_of, appealed_at, appeal_decided_at FROM skill
WHERE cell = $1 AND (queue_id, worker_id) IN (SELECT * FROM unnest($2::int[], $3::bigint[]));

-- name: methods
-- How answers of queues are weighed, and what share of accepted results is audited.
SELECT queue_id, method, audit_share, vote_micros FROM queue WHERE queue_id = ANY ($1::int[]);

-- name: admit_gold
-- Tasks whose right answer their customer gave become gold of their queue; those that are not among them are passed over.
INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at)
SELECT $1, t.task_id, t.account_id, t.queue_id, t.question_id, u.answer, 0, $2
FROM truth AS u JOIN task AS t ON t.cell = $1 AND t.task_id = u.task_id
WHERE u.cell = $1 AND u.task_id = ANY ($3::bigint[]) ORDER BY t.task_id ON CONFLICT DO NOTHING;

-- name: insert_gold
-- What reviewers decided becomes gold, once.
INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at)
SELECT $1, g.task_id, g.account_id, g.queue_id, g.question_id, g.answer, 1, $2
FROM unnest($3::bigint[], $4::bigint[], $5::int[], $6::bigint[], $7::text[])
     AS g (task_id, account_id, queue_id, question_id, answer) ORDER BY g.task_id ON CONFLICT DO NOTHING;

-- name: golden_queues
-- Queues in which gold may be laid now: they have some, and ordinary work waits there or lies on desks unseen.
SELECT queue_id, pay_micros, lease_seconds, floor, gold_share, marks FROM queue AS q
WHERE gold_share IS DISTINCT FROM 0
  AND EXISTS (SELECT FROM gold WHERE gold.cell = $1 AND gold.queue_id = q.queue_id AND aside_at IS NULL)
  AND (EXISTS (SELECT FROM work WHERE work.cell = $1 AND work.queue_id = q.queue_id AND state = 0)
       OR EXISTS (SELECT FROM work WHERE work.cell = $1 AND work.queue_id = q.queue_id AND state = 2 AND purpose < 2))
ORDER BY queue_id;

-- name: any_golden
-- Whether gold may be laid in any queue now: some is kept, and work waits or lies on desks unseen.
SELECT EXISTS (SELECT FROM gold WHERE cell = $1 AND aside_at IS NULL)
       AND ((SELECT true FROM work WHERE cell = $1 AND state = 0 ORDER BY expires_at LIMIT 1) IS NOT NULL
            OR (SELECT true FROM work WHERE cell = $1 AND state = 2 ORDER BY queue_id LIMIT 1) IS NOT NULL);

-- name: lock_drawing
-- Present workers of these queues for whose answers no lot was drawn yet, with room for one piece more; locked.
SELECT s.worker_id, s.queues, s.answered, coalesce(d.draws, 0) AS draws, coalesce(d.answered, 0) AS drawn
FROM session AS s
LEFT JOIN LATERAL (SELECT draws, answered FROM gold_draw WHERE cell = $1 AND worker_id = s.worker_id LIMIT 1) AS d ON true
WHERE s.cell = $1 AND s.present AND s.held <= $4 AND s.answered > 0 AND s.queues && $2::int[]
  AND d.answered IS DISTINCT FROM s.answered
ORDER BY s.worker_id LIMIT $3 FOR UPDATE OF s SKIP LOCKED;

-- name: gold_laid_aside
-- Those of these workers who have laid gold aside and may take it back. Unlocked: their presences are, before which nobody
-- changes it.
SELECT worker_id FROM work WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) AND state = 4 AND purpose = 2;

-- name: save_draws
-- How far lots are drawn.
INSERT INTO gold_draw (cell, worker_id, draws, answered)
SELECT $1, d.worker_id, d.draws, d.answered FROM unnest($2::bigint[], $3::bigint[], $4::int[]) AS d (worker_id, draws, answered)
ORDER BY d.worker_id
ON CONFLICT (cell, worker_id) DO UPDATE SET draws = excluded.draws, answered = excluded.answered;

-- name: unseen_gold
-- Gold that each of these may be asked: of the questions before them (none: of any), never had before, neither as gold nor as
-- a task of its own; not of a customer who filters them. A task that has not ended is no gold yet: it may still come to them.
-- What people practise with is not asked as gold.
SELECT h.worker_id, g.task_id, g.answer, t.kind
FROM unnest($2::bigint[], $3::int[], $4::text[]) AS h (worker_id, queue_id, questions), LATERAL (
    SELECT g.task_id, g.answer
    FROM gold AS g, LATERAL (SELECT FROM result AS r WHERE r.cell = $1 AND r.task_id = g.task_id AND r.kept AND r.media <> ''
                             AND r.worker_id <> h.worker_id LIMIT 1) AS r
    WHERE g.cell = $1 AND g.queue_id = h.queue_id AND g.aside_at IS NULL
      AND NOT EXISTS (SELECT FROM training AS n WHERE n.cell = $1 AND n.queue_id = g.queue_id AND g.task_id = ANY (n.task_ids))
      AND (h.questions = '{}' OR g.question_id = ANY (h.questions::bigint[]))
      AND NOT EXISTS (SELECT FROM gold_seen AS s WHERE s.cell = $1 AND s.worker_id = h.worker_id AND s.task_id = g.task_id)
      AND NOT EXISTS (SELECT FROM panel AS p WHERE p.cell = $1 AND p.task_id = g.task_id AND h.worker_id = ANY (p.asked))
      AND NOT EXISTS (SELECT FROM standing AS f WHERE f.cell = $1 AND f.account_id = g.account_id
                      AND f.worker_id = h.worker_id AND f.filtered AND f.until > $6)
    ORDER BY g.task_id LIMIT $5) AS g
JOIN task AS t ON t.cell = $1 AND t.task_id = g.task_id
ORDER BY h.worker_id, g.task_id;

-- name: insert_seen
-- Gold that lies on somebody's desk now was had by them. To practise it may come again, under another number: what they do
-- with it now is known by that one.
INSERT INTO gold_seen (cell, worker_id, task_id, queue_id, work_id, laid_at)
SELECT $1, s.worker_id, s.task_id, s.queue_id, s.work_id, $2
FROM unnest($3::bigint[], $4::bigint[], $5::int[], $6::bigint[]) AS s (worker_id, task_id, queue_id, work_id)
ORDER BY s.worker_id, s.task_id
ON CONFLICT (cell, worker_id, task_id) DO UPDATE SET work_id = excluded.work_id, passed_lease = 0, passed_at = NULL;

-- name: set_passed
-- Gold, or practice, that people passed on, and on which lease: a repeated skip is recognised by it.
UPDATE gold_seen SET passed_lease = p.lease, passed_at = $2
FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::int[]) AS p (worker_id, task_id, work_id, lease)
WHERE gold_seen.cell = $1 AND gold_seen.worker_id = p.worker_id AND gold_seen.task_id = p.task_id
  AND gold_seen.work_id = p.work_id;

-- name: passed_gold
-- Which of these numbers were gold that somebody passed on, for as long as another task in its place would not be answered:
-- while older work waits at the queue's head, and a lease's time at the least.
SELECT s.work_id, s.worker_id, s.passed_lease FROM gold_seen AS s JOIN queue AS q USING (queue_id)
WHERE s.cell = $1 AND s.work_id = ANY ($2::bigint[]) AND s.passed_lease <> 0
  AND (s.passed_at + make_interval(secs => q.lease_seconds) > $3
       OR (SELECT bool_or(w.created_at <= s.passed_at)
           FROM (SELECT created_at FROM work WHERE cell = $1 AND queue_id = s.queue_id AND state = 0
                 ORDER BY bid_micros DESC, turn, task_id LIMIT 100) AS w));

-- name: gold_answers
-- The right answers of gold, put aside or not.
SELECT task_id, answer FROM gold WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: standings
-- How often people were asked gold in queues, and how much they are doubted: as much as can be where they are hasty.
SELECT queue_id, worker_id, gold_asked,
       CASE WHEN EXISTS (SELECT FROM alike AS a WHERE a.cell = $1 AND a.queue_id = skill.queue_id
                         AND a.worker_id = skill.worker_id AND a.kind = 'haste' AND a.other_id = 0)
            THEN 1 ELSE suspicion END AS suspicion
FROM skill
WHERE cell = $1 AND (queue_id, worker_id) IN (SELECT * FROM unnest($2::int[], $3::bigint[]));

-- name: insert_evidence
-- What proved to be right or wrong of people's answers, each once from each source; it is counted a moment later.
INSERT INTO evidence (cell, queue_id, worker_id, task_id, source, at, truth, given, is_unanimous, labels)
SELECT $1, e.queue_id, e.worker_id, e.task_id, e.source, $2, e.truth, e.given, e.is_unanimous, e.labels
FROM unnest($3::int[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::boolean[], $10::smallint[])
     AS e (queue_id, worker_id, task_id, source, truth, given, is_unanimous, labels)
ORDER BY e.queue_id, e.worker_id, e.task_id, e.source ON CONFLICT DO NOTHING;

-- name: known_people
-- What is known of a queue's people all together, faded to now: evidence halves in $3 days. Who is barred answers no more.
SELECT count(*)::int AS people, coalesce(sum(right_weight * fading), 0)::double precision AS right_weight,
       coalesce(sum(wrong_weight * fading), 0)::double precision AS wrong_weight
FROM (SELECT right_weight, wrong_weight,
             power(0.5::double precision, extract(epoch FROM now() - as_of)::double precision / 86400 / $3::double precision) AS fading
      FROM skill
      WHERE cell = $1 AND queue_id = $2 AND barred_at IS NULL AND right_weight + wrong_weight > 0) AS known;

-- name: checked_together
-- How gold of a queue was answered that two people at least had: see consensus/difficulty.py.
SELECT coalesce(sum(asked), 0)::int AS answers, coalesce(sum(wrong), 0)::int AS wrong, coalesce(sum(asked - 1), 0)::int AS pairs,
       coalesce(sum(wrong::double precision * (wrong - 1) / asked), 0)::double precision AS both_wrong
FROM gold WHERE cell = $1 AND queue_id = $2 AND aside_at IS NULL AND asked >= 2;

-- name: forget_gold
-- Tasks whose answers and pictures are forgotten are asked no more; what they said of people stays in their skills.
DELETE FROM gold WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: forget_evidence
-- Of tasks that are forgotten it stays known who was right; what was right and given is gone. Wrong ones stay unlike each other.
UPDATE evidence SET truth = '', given = CASE WHEN truth = given THEN '' ELSE task_id::text END
WHERE cell = $1 AND task_id = ANY ($2::bigint[]);

-- name: any_evidence
-- Whether anything proved right or wrong and is not counted yet.
SELECT EXISTS (SELECT FROM evidence WHERE cell = $1 AND NOT is_counted);

-- name: lock_new_evidence
-- What is not counted yet, the oldest first, locked; whoever comes second waits for the first and finds the rest.
SELECT queue_id, worker_id, task_id, source, at, truth, given, is_unanimous, labels FROM evidence
WHERE cell = $1 AND NOT is_counted ORDER BY at, queue_id, worker_id, task_id, source LIMIT $2 FOR UPDATE;

-- name: set_counted
-- What is counted now.
UPDATE evidence SET is_counted = true FROM unnest($2::int[], $3::bigint[], $4::bigint[], $5::text[])
     AS e (queue_id, worker_id, task_id, source)
WHERE evidence.cell = $1 AND evidence.queue_id = e.queue_id AND evidence.worker_id = e.worker_id
  AND evidence.task_id = e.task_id AND evidence.source = e.source;

-- name: evidence_of
-- All that is known of people in queues and counts, the newest of each, in the order in which it came.
SELECT e.* FROM unnest($2::int[], $3::bigint[]) AS p (queue_id, worker_id), LATERAL (
    SELECT queue_id, worker_id, task_id, source, at, truth, given, is_unanimous, labels FROM evidence
    WHERE cell = $1 AND evidence.queue_id = p.queue_id AND evidence.worker_id = p.worker_id AND NOT is_aside
    ORDER BY at DESC LIMIT $4) AS e ORDER BY e.queue_id, e.worker_id, e.at, e.task_id, e.source;

-- name: gold_evidence
-- What people gave to gold that is not put aside.
SELECT queue_id, worker_id, task_id, source, at, truth, given, is_unanimous, labels FROM evidence
WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND source = 'gold' AND NOT is_aside ORDER BY task_id, worker_id;

-- name: count_gold
-- How often gold was answered, and answered otherwise.
UPDATE gold SET asked = gold.asked + c.asked, wrong = gold.wrong + c.wrong
FROM unnest($2::bigint[], $3::int[], $4::int[]) AS c (task_id, asked, wrong)
WHERE gold.cell = $1 AND gold.task_id = c.task_id;

-- name: put_gold_aside
-- Gold that good workers deny is asked no more.
UPDATE gold SET aside_at = $3, why = g.why FROM unnest($2::bigint[], $4::text[]) AS g (task_id, why)
WHERE gold.cell = $1 AND gold.task_id = g.task_id AND aside_at IS NULL;

-- name: put_evidence_aside
-- What gold that is put aside said of people counts no more.
UPDATE evidence SET is_aside = true WHERE cell = $1 AND task_id = ANY ($2::bigint[]) AND source = 'gold';

-- name: open_skills
-- People of whom nothing is known yet in a queue get a row to count in.
INSERT INTO skill (cell, queue_id, worker_id, as_of) SELECT $1, p.queue_id, p.worker_id, $4
FROM unnest($2::int[], $3::bigint[]) AS p (queue_id, worker_id) ORDER BY p.queue_id, p.worker_id ON CONFLICT DO NOTHING;

-- name: lock_skills
-- What is known of people in queues, locked in the order of the key.
SELECT queue_id, worker_id, right_weight, wrong_weight, confusion, as_of, answered, gold_asked, gold_wrong, suspicion, since,
       barred_at, barred_why, is_to_replace, appealed_at, appeal_words, appeal_decided_at, appeal_accepted, appeal_answer
FROM skill WHERE cell = $1 AND (queue_id, worker_id) IN (SELECT * FROM unnest($2::int[], $3::bigint[]))
ORDER BY queue_id, worker_id FOR UPDATE;

-- name: skills_of_queue
-- What is known of all people in a queue, whom one should look at first before the others.
SELECT queue_id, worker_id, right_weight, wrong_weight, confusion, as_of, answered, gold_asked, gold_wrong, suspicion, since,
       barred_at, barred_why, is_to_replace, appealed_at, appeal_words, appeal_decided_at, appeal_accepted, appeal_answer
FROM skill WHERE cell = $1 AND queue_id = $2 ORDER BY barred_at IS NULL, suspicion DESC, worker_id;

-- name: skills_of_worker
-- What is known of a worker in their queues.
SELECT queue_id, worker_id, right_weight, wrong_weight, confusion, as_of, answered, gold_asked, gold_wrong, suspicion, since,
       barred_at, barred_why, is_to_replace, appealed_at, appeal_words, appeal_decided_at, appeal_accepted, appeal_answer
FROM skill WHERE cell = $1 AND worker_id = $2 ORDER BY queue_id;

-- name: open_bar_appeals
-- Who is stopped in a queue and waits for an operator's word, the longest first.
SELECT queue_id, worker_id, right_weight, wrong_weight, confusion, as_of, answered, gold_asked, gold_wrong, suspicion, since,
       barred_at, barred_why, is_to_replace, appealed_at, appeal_words, appeal_decided_at, appeal_accepted, appeal_answer
FROM skill WHERE cell = $1 AND appealed_at IS NOT NULL AND appeal_decided_at IS NULL
ORDER BY appealed_at, queue_id, worker_id LIMIT $2;

-- name: save_skills
-- What is known of people now; their rows are locked.
UPDATE skill SET right_weight = s.right_weight, wrong_weight = s.wrong_weight, confusion = s.confusion::jsonb, as_of = s.as_of,
       answered = s.answered, gold_asked = s.gold_asked, gold_wrong = s.gold_wrong, suspicion = s.suspicion, since = s.since,
       barred_at = s.barred_at, barred_why = s.barred_why, is_to_replace = s.is_to_replace, appealed_at = s.appealed_at,
       appeal_words = s.appeal_words, appeal_decided_at = s.appeal_decided_at, appeal_accepted = s.appeal_accepted,
       appeal_answer = s.appeal_answer
FROM unnest($2::int[], $3::bigint[], $4::real[], $5::real[], $6::text[], $7::timestamptz[], $8::int[], $9::int[], $10::int[],
            $11::real[], $12::timestamptz[], $13::timestamptz[], $14::text[], $15::boolean[], $16::timestamptz[], $17::text[],
            $18::timestamptz[], $19::boolean[], $20::text[])
     AS s (queue_id, worker_id, right_weight, wrong_weight, confusion, as_of, answered, gold_asked, gold_wrong, suspicion,
           since, barred_at, barred_why, is_to_replace, appealed_at, appeal_words, appeal_decided_at, appeal_accepted,
           appeal_answer)
WHERE skill.cell = $1 AND skill.queue_id = s.queue_id AND skill.worker_id = s.worker_id;

-- name: floors
-- Which queues ask people to be right in a share of their answers, and how often what others say there is right.
SELECT queue_id, floor, peers_right FROM queue WHERE queue_id = ANY ($1::int[]) AND floor IS NOT NULL;

-- name: any_to_replace
-- Whether answers of anybody who lost a queue are to be asked of others.
SELECT EXISTS (SELECT FROM skill WHERE cell = $1 AND is_to_replace);

-- name: to_replace
-- Whose answers that are not decided are to be asked of others.
SELECT queue_id, worker_id FROM skill WHERE cell = $1 AND is_to_replace ORDER BY queue_id, worker_id LIMIT $2;

-- name: set_replaced
-- Nothing of these people's is left to be asked of others, nor lies on their desks, nor is laid aside: that becomes an answer
-- yet. Asked one by one: each has an index of its own.
UPDATE skill SET is_to_replace = false FROM unnest($2::int[], $3::bigint[]) AS p (queue_id, worker_id)
WHERE skill.cell = $1 AND skill.queue_id = p.queue_id AND skill.worker_id = p.worker_id
  AND NOT EXISTS (SELECT FROM work AS w WHERE w.cell = $1 AND w.worker_id = p.worker_id AND w.queue_id = p.queue_id
                  AND w.state IN (1, 2) AND w.purpose = 1)
  AND NOT EXISTS (SELECT FROM work AS w WHERE w.cell = $1 AND w.worker_id = p.worker_id AND w.queue_id = p.queue_id
                  AND w.state = 4 AND w.purpose = 1);

-- name: gold_of_queue
-- The gold of a queue that may be asked.
SELECT task_id FROM gold WHERE cell = $1 AND queue_id = $2 AND aside_at IS NULL ORDER BY task_id;

-- name: queues_to_learn
-- Queues with answers since skills were last worked out from all of them, at least a day ago.
SELECT queue_id FROM queue AS q WHERE (learned_at IS NULL OR learned_at <= $2::timestamptz - interval '1 day')
  AND EXISTS (SELECT FROM answer AS a WHERE a.cell = $1 AND a.queue_id = q.queue_id
              AND a.answered_at > coalesce(q.learned_at, $2::timestamptz - interval '60 days')) ORDER BY queue_id;

-- name: set_learned
-- How a queue's answers are weighed from now on, and how often what others say is right.
UPDATE queue SET method = $2, learned_at = $3, peers_right = $4 WHERE queue_id = $1;

-- name: truths
-- What gold and reviewers said is right, of a queue's tasks; what was put aside says nothing.
SELECT DISTINCT ON (task_id) task_id, truth FROM evidence
WHERE cell = $1 AND queue_id = $2 AND source IN ('gold', 'verdict') AND NOT is_aside AND truth <> '' ORDER BY task_id, source;

-- name: lost_queues
-- The queues whose floor a worker is below, whether they ever came or not.
SELECT queue_id FROM skill WHERE cell = $1 AND worker_id = $2 AND barred_at IS NOT NULL;

-- name: peers_checked
-- How often what others said of a task is what gold or a reviewer says, of a queue since an instant.
SELECT (count(*) FILTER (WHERE p.truth = s.truth))::int AS agreeing, count(*)::int AS checked
FROM (SELECT DISTINCT task_id, truth FROM evidence
      WHERE cell = $1 AND queue_id = $2 AND at > $3 AND source = 'peers' AND truth <> '') AS p,
     LATERAL (SELECT (min(ARRAY[e.source, e.truth]))[2] AS truth FROM evidence AS e
              WHERE e.cell = $1 AND e.task_id = p.task_id AND e.source IN ('gold', 'verdict')
                AND NOT e.is_aside AND e.truth <> '') AS s
WHERE s.truth IS NOT NULL;

-- name: gold_had
-- How much gold somebody had since an instant, and how much of it they passed on.
SELECT count(*)::int AS laid, (count(*) FILTER (WHERE passed_lease <> 0))::int AS passed
FROM gold_seen WHERE cell = $1 AND worker_id = $2 AND laid_at > $3;
