-- name: lock_connecting
-- Let nobody else be connected, or admitted, until this is decided: the row is there when nobody is.
SELECT name FROM counter WHERE name = 'identity' FOR UPDATE;

-- name: lock_identities
-- Whom sign-ins of companies sign in here, held until the transaction ends, in the order of the key.
SELECT i.issuer, i.sub, i.role, i.subject_id, i.cell, i.person_id, i.name, i.by_claims, i.created_at, i.used_at
FROM identity AS i JOIN unnest($1::text[], $2::text[]) AS k (issuer, sub) ON i.issuer = k.issuer AND i.sub = k.sub
ORDER BY i.issuer, i.sub FOR UPDATE OF i;

-- name: hold_identities
-- Sign-ins of companies that are not disconnected before the sessions are there which they begin, in the order of the key.
SELECT i.issuer, i.sub FROM identity AS i
JOIN unnest($1::text[], $2::text[]) AS k (issuer, sub) ON i.issuer = k.issuer AND i.sub = k.sub
ORDER BY i.issuer, i.sub FOR KEY SHARE OF i;

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
