-- name: lock_making
-- Let nobody else make a passkey until this is decided: the row is there when no passkey is.
SELECT name FROM counter WHERE name = 'passkey' FOR UPDATE;

-- name: insert_passkey
-- Keep what a device proved that it has.
INSERT INTO passkey (credential_id, role, subject_id, cell, person_id, user_handle, public_key, sign_count, name, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now());

-- name: passkey
-- A passkey by what its device calls it.
SELECT credential_id, role, subject_id, cell, person_id, user_handle, public_key, sign_count, name, created_at, used_at FROM passkey
WHERE credential_id = $1;

-- name: hold_passkeys
-- Passkeys that are not removed before the sessions are there which they begin, in the order of the key.
SELECT credential_id FROM passkey WHERE credential_id = ANY ($1::bytea[]) ORDER BY credential_id FOR KEY SHARE;

-- name: lock_passkeys
-- Passkeys that are used, in the order of the key.
SELECT credential_id FROM passkey WHERE credential_id = ANY ($1::bytea[]) ORDER BY credential_id FOR NO KEY UPDATE;

-- name: lock_passkeys_of
-- All passkeys of some people, in the order of the key: some are to be removed.
SELECT p.credential_id FROM passkey AS p JOIN unnest($1::text[], $2::bigint[]) AS s (role, subject_id)
ON p.role = s.role AND p.subject_id = s.subject_id ORDER BY p.credential_id FOR UPDATE OF p;

-- name: passkeys_of
-- Somebody's passkeys, the oldest first.
SELECT credential_id, role, subject_id, cell, person_id, user_handle, public_key, sign_count, name, created_at, used_at FROM passkey
WHERE role = $1 AND subject_id = $2 AND ($3::bigint IS NULL OR person_id = $3) ORDER BY created_at, credential_id;

-- name: use_passkey
-- Sign in with it: a device that counts has counted on, one that does not says 0 each time.
UPDATE passkey SET sign_count = $2, used_at = now()
WHERE credential_id = $1 AND ($2 > sign_count OR ($2 = 0 AND sign_count = 0))
RETURNING role, subject_id, cell, person_id;

-- name: use_challenges
-- Challenges are answered once, each is given once; in the order of the key.
INSERT INTO used_challenge (challenge_hash, expires_at)
SELECT c.challenge_hash, c.expires_at FROM unnest($1::bytea[], $2::timestamptz[]) AS c (challenge_hash, expires_at)
ORDER BY c.challenge_hash ON CONFLICT (challenge_hash) DO NOTHING RETURNING challenge_hash;

-- name: forget_used_challenges
-- Forget what can be answered no more anyhow, in the order of the key.
DELETE FROM used_challenge USING (SELECT challenge_hash FROM used_challenge WHERE expires_at < now() - interval '1 hour'
                                  ORDER BY challenge_hash FOR UPDATE) AS over
WHERE used_challenge.challenge_hash = over.challenge_hash;

-- name: delete_passkey
-- Forget a passkey of somebody's.
DELETE FROM passkey WHERE credential_id = $1 AND role = $2 AND subject_id = $3 RETURNING true;

