-- name: insert_passkey
-- Keep what a device proved that it has; one that is there already belongs to whom it belongs to.
INSERT INTO passkey (credential_id, role, subject_id, cell, person_id, user_handle, public_key, sign_count, name, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, now())
ON CONFLICT (credential_id) DO NOTHING RETURNING true;

-- name: passkey
-- A passkey by what its device calls it.
SELECT credential_id, role, subject_id, cell, person_id, user_handle, public_key, sign_count, name, created_at, used_at FROM passkey
WHERE credential_id = $1;

-- name: hold_passkey
-- A passkey that is not removed before the session is there which it begins.
SELECT true FROM passkey WHERE credential_id = $1 FOR KEY SHARE;

-- name: passkeys_of
-- Somebody's passkeys, the oldest first.
SELECT credential_id, role, subject_id, cell, person_id, user_handle, public_key, sign_count, name, created_at, used_at FROM passkey
WHERE role = $1 AND subject_id = $2 AND ($3::bigint IS NULL OR person_id = $3) ORDER BY created_at, credential_id;

-- name: use_passkey
-- Sign in with it: a device that counts has counted on, one that does not says 0 each time.
UPDATE passkey SET sign_count = $2, used_at = now()
WHERE credential_id = $1 AND ($2 > sign_count OR ($2 = 0 AND sign_count = 0))
RETURNING role, subject_id, cell, person_id;

-- name: use_challenge
-- A challenge is answered once.
INSERT INTO used_challenge (challenge_hash, expires_at) VALUES ($1, $2)
ON CONFLICT (challenge_hash) DO NOTHING RETURNING true;

-- name: forget_used_challenges
-- Forget what can be answered no more anyhow.
DELETE FROM used_challenge WHERE expires_at < now() - interval '1 hour';

-- name: delete_passkey
-- Forget a passkey of somebody's.
DELETE FROM passkey WHERE credential_id = $1 AND role = $2 AND subject_id = $3 RETURNING true;

