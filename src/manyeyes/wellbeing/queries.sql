-- name: open_wellbeing
-- What is known of people before they say anything.
INSERT INTO wellbeing (cell, worker_id) SELECT $1, w.worker_id FROM unnest($2::bigint[]) AS w (worker_id)
ORDER BY w.worker_id ON CONFLICT DO NOTHING;

-- name: wellbeing
-- What people said of marks and were shown, with their cell's share of their caps.
SELECT worker_id, agreed, avoided, caps, zone, day, spent, in_a_row, marked_until, cells, nth
FROM wellbeing JOIN cell ON cell.cell = $1 WHERE wellbeing.cell = $1 AND worker_id = ANY ($2::bigint[]);

-- name: lock_wellbeing
-- The same, locked in the order of the key, last of all that is locked for a desk.
SELECT worker_id, agreed, avoided, caps, zone, day, spent, in_a_row, marked_until, cells, nth
FROM wellbeing JOIN cell ON cell.cell = $1 WHERE wellbeing.cell = $1 AND worker_id = ANY ($2::bigint[])
ORDER BY worker_id FOR UPDATE OF wellbeing;

-- name: save_spent
-- What people were shown; the rows are locked.
UPDATE wellbeing SET day = s.day, spent = s.spent::jsonb, in_a_row = s.in_a_row, marked_until = s.marked_until
FROM unnest($2::bigint[], $3::date[], $4::text[], $5::int[], $6::timestamptz[])
     AS s (worker_id, day, spent, in_a_row, marked_until)
WHERE wellbeing.cell = $1 AND wellbeing.worker_id = s.worker_id;

-- name: save_choices
-- What people said of marks, and what they may be shown; the rows are locked.
UPDATE wellbeing SET agreed = s.agreed::jsonb, avoided = s.avoided, caps = s.caps::jsonb, zone = s.zone
FROM unnest($2::bigint[], $3::text[], $4::smallint[], $5::text[], $6::text[]) AS s (worker_id, agreed, avoided, caps, zone)
WHERE wellbeing.cell = $1 AND wellbeing.worker_id = s.worker_id;

-- name: marks_of
-- The queues of tasks, and their marks: their own, and their queue's as they are now.
SELECT t.task_id, t.queue_id, t.marks | q.marks AS marks FROM task AS t JOIN queue AS q ON q.queue_id = t.queue_id
WHERE t.cell = $1 AND t.task_id = ANY ($2::bigint[]);

-- name: share_caps
-- Which of so many cells this one is: they share what people may be shown.
UPDATE cell SET cells = $2, nth = $3 WHERE cell = $1 AND (cells, nth) <> ($2::smallint, $3::smallint);
