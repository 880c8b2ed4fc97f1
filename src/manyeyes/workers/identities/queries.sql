-- name: identity
-- Whom a company's sign-in signs in here, held until the transaction ends.
SELECT issuer, sub, role, subject_id, cell, person_id, name, by_claims, created_at, used_at FROM identity
WHERE issuer = $1 AND sub = $2 FOR UPDATE;

-- name: hold_identity
-- A company's sign-in that is not disconnected before the session is there which it begins.
SELECT true FROM identity WHERE issuer = $1 AND sub = $2 FOR KEY SHARE;

-- name: identities_of
-- What somebody connected, the oldest first.
SELECT issuer, sub, role, subject_id, cell, person_id, name, by_claims, created_at, used_at FROM identity
WHERE role = $1 AND subject_id = $2 AND person_id = $3 ORDER BY created_at, issuer, sub;

-- name: insert_identity
-- Connect a company's sign-in with somebody; one that is there stays with whom it is.
INSERT INTO identity (issuer, sub, role, subject_id, cell, person_id, name, by_claims, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now())
ON CONFLICT (issuer, sub) DO NOTHING RETURNING true;

-- name: use_identity
-- Note that somebody signed in with it, and what the company calls them now.
UPDATE identity SET name = $3, used_at = now() WHERE issuer = $1 AND sub = $2;

-- name: delete_identity
-- Disconnect a company's sign-in of somebody's: one from which their right comes, or one that they connected themselves.
DELETE FROM identity
WHERE issuer = $1 AND sub = $2 AND role = $3 AND subject_id = $4 AND person_id = $5 AND by_claims = $6 RETURNING name;
