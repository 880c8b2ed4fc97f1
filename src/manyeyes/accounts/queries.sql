-- name: key_owner
-- The account behind a client key; a revoked key has none.
SELECT cell, account_id, allowed_addresses, scopes FROM api_key WHERE key_hash = $1 AND revoked_at IS NULL;

-- name: blocked_networks
-- Networks that the operator shut out.
SELECT network FROM blocked_address ORDER BY network;

-- name: block_network
-- Shut a network out; repeating it changes nothing.
INSERT INTO blocked_address (network, created_at) VALUES ($1, now()) ON CONFLICT (network) DO NOTHING
RETURNING network;

-- name: unblock_network
-- Let a network in again.
DELETE FROM blocked_address WHERE network = $1 RETURNING network;

-- name: take_numbers
-- Take a block of small numbers for new accounts, workers or nodes.
UPDATE counter SET next_value = next_value + $2 WHERE name = $1 RETURNING next_value - $2;

-- name: insert_place
-- Remember in which cell a new account lives.
INSERT INTO account_place (account_id, name, cell, created_at) VALUES ($1, $2, $3, now());

-- name: insert_key
-- Give an account a client key, known by its hash only.
INSERT INTO api_key (key_hash, cell, account_id, allowed_addresses, scopes, created_at) VALUES ($1, $2, $3, $4, $5, now());

-- name: revoke_key
-- End a client key at once.
UPDATE api_key SET revoked_at = now() WHERE key_hash = $1 AND revoked_at IS NULL RETURNING account_id;

-- name: has_key
-- Whether any client key of an account is valid.
SELECT EXISTS (SELECT FROM api_key WHERE account_id = $1 AND revoked_at IS NULL);

-- name: places
-- The accounts of a name or an id.
SELECT account_id, name, cell FROM account_place WHERE account_id = $1 OR name = $2 ORDER BY account_id;

-- name: every_place
-- All accounts and the cells they live in.
SELECT account_id, name, cell FROM account_place ORDER BY account_id;

-- name: insert_accounts
-- Open accounts in their cell; one that is open already stays as it is.
INSERT INTO account (cell, account_id, name, created_at)
SELECT $1, a.account_id, a.name, $4 FROM unnest($2::bigint[], $3::text[]) AS a (account_id, name)
ON CONFLICT (cell, account_id) DO NOTHING RETURNING account_id;

-- name: terms
-- What admission needs to know of accounts.
SELECT account_id, weight, max_bid_micros, suspended, keep_days FROM account WHERE cell = $1 AND account_id = ANY ($2::bigint[]);

-- name: lock_terms
-- The terms of accounts that may change now.
SELECT account_id, weight, max_bid_micros, suspended, keep_days FROM account
WHERE cell = $1 AND account_id = ANY ($2::bigint[]) ORDER BY account_id FOR UPDATE;

-- name: set_terms
-- Change what an operator may change of an account; null leaves a value as it is.
UPDATE account SET suspended = coalesce($3, suspended), max_bid_micros = coalesce($4, max_bid_micros),
       weight = coalesce($5, weight), keep_days = coalesce($6, keep_days)
WHERE cell = $1 AND account_id = $2 RETURNING account_id;

-- name: claim_calls
-- Take the keys of calls that may be repeated, in the order of the table's key; who holds one of them at this moment is
-- waited for. Those that were free are returned.
INSERT INTO repeated_call (cell, account_id, key_hash, body_hash, subject_id, at)
SELECT $1, c.account_id, c.key_hash, c.body_hash, c.subject_id, $2
FROM unnest($3::bigint[], $4::bytea[], $5::bytea[], $6::bigint[]) AS c (account_id, key_hash, body_hash, subject_id)
ORDER BY c.account_id, c.key_hash
ON CONFLICT (cell, account_id, key_hash) DO NOTHING RETURNING account_id, key_hash;

-- name: known_calls
-- What came of calls with these keys.
SELECT r.account_id, r.key_hash, r.body_hash, r.subject_id
FROM unnest($2::bigint[], $3::bytea[]) AS c (account_id, key_hash)
JOIN repeated_call AS r ON r.cell = $1 AND r.account_id = c.account_id AND r.key_hash = c.key_hash;

-- name: settle_calls
-- Write what calls made that took their keys in this transaction.
UPDATE repeated_call SET body_hash = c.body_hash, subject_id = c.subject_id
FROM unnest($2::bigint[], $3::bytea[], $4::bytea[], $5::bigint[]) AS c (account_id, key_hash, body_hash, subject_id)
WHERE repeated_call.cell = $1 AND repeated_call.account_id = c.account_id AND repeated_call.key_hash = c.key_hash;

-- name: release_calls
-- Calls that were refused leave nothing.
DELETE FROM repeated_call USING unnest($2::bigint[], $3::bytea[]) AS c (account_id, key_hash)
WHERE repeated_call.cell = $1 AND repeated_call.account_id = c.account_id AND repeated_call.key_hash = c.key_hash;
