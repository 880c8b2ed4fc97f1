-- name: link_requests
-- Who asks for a link, the oldest first.
SELECT request_id, name, reach, address, asked_at FROM link_request ORDER BY asked_at, request_id;

-- name: lock_asking
-- Let nobody else ask until this is decided: the row is there when no request is.
SELECT name FROM counter WHERE name = 'link_request' FOR UPDATE;

-- name: lock_link_requests
-- Some of them, kept as they are until they are closed.
SELECT request_id, name, reach, address, asked_at FROM link_request WHERE request_id = ANY ($1::bigint[])
ORDER BY request_id FOR UPDATE;

-- name: insert_link_requests
-- Keep requests.
INSERT INTO link_request (request_id, name, reach, address, asked_at)
SELECT s.request_id, s.name, s.reach, s.address, s.asked_at
FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
     AS s (request_id, name, reach, address, asked_at)
ORDER BY s.request_id ON CONFLICT (request_id) DO NOTHING;

-- name: delete_link_requests
-- Forget requests, in the order of the key.
DELETE FROM link_request USING (
    SELECT request_id FROM link_request WHERE request_id = ANY ($1::bigint[]) ORDER BY request_id FOR UPDATE) AS gone
WHERE link_request.request_id = gone.request_id;

-- name: forget_old_requests
-- Forget requests from before an instant, in the order of the key.
DELETE FROM link_request USING (
    SELECT request_id FROM link_request WHERE asked_at <= $1 ORDER BY request_id FOR UPDATE) AS gone
WHERE link_request.request_id = gone.request_id;

-- name: workers_called
-- Which workers who may work are of one of these numbers, or have one of these names, in whatever letters: of each name
-- a few, so that a common one leaves room for the others.
SELECT s.asked, w.worker_id, w.name FROM unnest($1::text[]) AS s (asked)
CROSS JOIN LATERAL (
    SELECT worker_id, name FROM worker WHERE worker_id = CASE WHEN s.asked ~ '^[1-9][0-9]{0,17}$' THEN s.asked::bigint END
      AND disabled_at IS NULL
    UNION
    (SELECT worker_id, name FROM worker WHERE lower(name) = lower(s.asked) AND disabled_at IS NULL
     ORDER BY worker_id LIMIT $2)) AS w
ORDER BY s.asked, w.worker_id;
