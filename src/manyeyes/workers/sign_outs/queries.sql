-- name: lock_credentials
-- Sessions that end with others, in the order of the key.
SELECT secret_hash FROM credential WHERE secret_hash = ANY ($1::bytea[]) ORDER BY secret_hash FOR UPDATE;

-- name: lock_credentials_of
-- All sessions and links of some people, in the order of the key, before any of them ends.
SELECT c.secret_hash FROM credential AS c JOIN unnest($1::text[], $2::bigint[]) AS s (role, subject_id)
ON c.role = s.role AND c.subject_id = s.subject_id WHERE c.kind <> 'token' ORDER BY c.secret_hash FOR UPDATE OF c;

-- name: end_credential
-- Sign a session out; with somebody named only when it is theirs.
DELETE FROM credential WHERE secret_hash = $1 AND kind = 'session'
AND ($2::text IS NULL OR (role = $2 AND subject_id = $3 AND ($4::bigint IS NULL OR person_id = $4)))
RETURNING role, subject_id, cell, person_id;

-- name: end_sessions_of
-- Sign somebody out everywhere, but for the session that is kept.
DELETE FROM credential WHERE role = $1 AND subject_id = $2 AND kind = 'session' AND secret_hash <> $3
AND ($4::bigint IS NULL OR person_id = $4) RETURNING secret_hash;

-- name: end_links_of
-- End somebody's links that were not used; they stay known, by which it is known that there is an operator.
UPDATE credential SET expires_at = now()
WHERE role = $1 AND subject_id = $2 AND kind = 'link' AND used_at IS NULL AND expires_at > now()
AND ($3::bigint IS NULL OR person_id = $3) RETURNING secret_hash;

-- name: end_sessions_through
-- Sessions that a revoked key began end with it.
DELETE FROM credential WHERE kind = 'session' AND through = $1;

-- name: delete_spent
-- Forget links and sessions that are over, in the order of the key.
DELETE FROM credential USING (
    SELECT secret_hash FROM credential WHERE kind <> 'token' AND role <> 'operator' AND expires_at < now() - interval '1 day'
    ORDER BY secret_hash FOR UPDATE) AS spent
WHERE credential.secret_hash = spent.secret_hash;
