-- name: announcements
-- What is announced.
SELECT announcement_id, words, language, until, created_at FROM announcement ORDER BY announcement_id;

-- name: lock_announcements
-- The same, kept as it is until one was added or ended.
SELECT announcement_id, words, language, until, created_at FROM announcement ORDER BY announcement_id FOR UPDATE;

-- name: insert_announcements
-- Announce something.
INSERT INTO announcement (announcement_id, words, language, until, created_at)
SELECT s.announcement_id, s.words, s.language, s.until, s.created_at
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
     AS s (announcement_id, words, language, until, created_at)
ORDER BY s.announcement_id ON CONFLICT (announcement_id) DO NOTHING;

-- name: delete_announcements
-- Forget announcements.
DELETE FROM announcement WHERE announcement_id = ANY ($1::bigint[]);

-- name: delete_dismissals
-- Forget who has read announcements that are gone: after them, so that nobody reads one meanwhile.
DELETE FROM dismissal WHERE announcement_id = ANY ($1::bigint[]);

-- name: dismiss
-- Note who has read what of that which is still there, and keep it there until that is noted.
WITH here AS MATERIALIZED (
    SELECT announcement_id FROM announcement WHERE announcement_id = ANY ($1::bigint[])
    ORDER BY announcement_id FOR KEY SHARE)
INSERT INTO dismissal (announcement_id, worker_id)
SELECT s.announcement_id, s.worker_id
FROM unnest($1::bigint[], $2::bigint[]) AS s (announcement_id, worker_id) JOIN here USING (announcement_id)
ORDER BY s.announcement_id, s.worker_id ON CONFLICT DO NOTHING;

-- name: dismissed
-- Which of these announcements somebody has read.
SELECT announcement_id FROM dismissal WHERE announcement_id = ANY ($1::bigint[]) AND worker_id = $2;
