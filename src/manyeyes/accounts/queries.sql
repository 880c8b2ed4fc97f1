-- name: key_owner
-- The account behind a client key; one that was revoked, or has ended by itself, has none.
SELECT cell, account_id, allowed_addresses, scopes FROM api_key
WHERE key_hash = $1 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > now());

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
INSERT INTO api_key (key_hash, cell, account_id, allowed_addresses, scopes, created_at, label, hint, made_by)
VALUES ($1, $2, $3, $4, $5, now(), $6, $7, $8);

-- name: revoke_key
-- End a client key at once; with an account named only when it is theirs.
UPDATE api_key SET revoked_at = now()
WHERE key_hash = $1 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > now()) AND ($2::bigint IS NULL OR account_id = $2)
RETURNING account_id;

-- name: has_key
-- Whether any client key of an account is valid.
SELECT EXISTS (SELECT FROM api_key WHERE account_id = $1 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > now()));

-- name: count_keys
-- How many of an account's keys may be used.
SELECT count(*) FROM api_key WHERE account_id = $1 AND revoked_at IS NULL AND (ends_at IS NULL OR ends_at > now());

-- name: client_keys
-- An account's keys for their people to look at, those that may be used before those that ended, the newest first.
SELECT key_hash, label, hint, scopes, allowed_addresses, made_by, created_at, used_at, ends_at, revoked_at,
       revoked_at IS NOT NULL OR coalesce(ends_at <= now(), false) AS has_ended
FROM api_key WHERE account_id = $1 ORDER BY has_ended, created_at DESC, key_hash LIMIT $2;

-- name: client_key
-- One key of an account; it is locked.
SELECT key_hash, label, hint, scopes, allowed_addresses, made_by, created_at, used_at, ends_at, revoked_at,
       revoked_at IS NOT NULL OR coalesce(ends_at <= now(), false) AS has_ended
FROM api_key WHERE key_hash = $1 AND account_id = $2;

-- name: change_key
-- What a key's people call it, what it opens, and from where.
UPDATE api_key SET label = $3, scopes = $4, allowed_addresses = $5 WHERE key_hash = $1 AND account_id = $2;

-- name: end_key_later
-- A key that was replaced ends by itself.
UPDATE api_key SET ends_at = $3 WHERE key_hash = $1 AND account_id = $2;

-- name: note_key_uses
-- When keys were used last, in minutes; what another process wrote in this minute stands.
UPDATE api_key SET used_at = date_trunc('minute', $2::timestamptz)
FROM (SELECT key_hash FROM api_key WHERE key_hash = ANY ($1::bytea[]) ORDER BY key_hash FOR UPDATE) AS used
WHERE api_key.key_hash = used.key_hash AND (api_key.used_at IS NULL OR api_key.used_at < date_trunc('minute', $2::timestamptz));

-- name: lock_places
-- Accounts ($1) and those whose keys these are ($2), in their order, so that one change of their people follows the other.
SELECT account_id FROM account_place
WHERE account_id IN (SELECT unnest($1::bigint[]) UNION SELECT account_id FROM api_key WHERE key_hash = ANY ($2::bytea[]))
ORDER BY account_id FOR UPDATE;

-- name: lock_keys
-- Keys in the order of their hashes, in which `note_key_uses` takes them too.
SELECT key_hash FROM api_key WHERE key_hash = ANY ($1::bytea[]) ORDER BY key_hash FOR UPDATE;

-- name: colleagues
-- An account's people, and its first owner though they be removed.
SELECT account_id, person_id, name, role, made_by, created_at, removed_at FROM colleague
WHERE account_id = $1 AND (removed_at IS NULL OR person_id = 0) ORDER BY person_id;

-- name: colleague
-- One of an account's people, though they be removed.
SELECT account_id, person_id, name, role, made_by, created_at, removed_at FROM colleague
WHERE account_id = $1 AND person_id = $2;

-- name: people_called
-- Which accounts are of one of these numbers or have one of these names, in whatever letters, while their first owner may
-- sign in; and which of accounts' people have such a name. Of each name a few.
SELECT s.asked, f.account_id, f.cell, f.person_id, f.name, f.of FROM unnest($1::text[]) AS s (asked)
CROSS JOIN LATERAL (
    SELECT p.account_id, p.cell, 0::bigint AS person_id, p.name, '' AS of FROM account_place AS p
    WHERE p.account_id = CASE WHEN s.asked ~ '^[1-9][0-9]{0,17}$' THEN s.asked::bigint END AND NOT EXISTS (
        SELECT FROM colleague AS c WHERE c.account_id = p.account_id AND c.person_id = 0 AND c.removed_at IS NOT NULL)
    UNION
    (SELECT p.account_id, p.cell, 0::bigint, p.name, '' FROM account_place AS p
     WHERE lower(p.name) = lower(s.asked) AND NOT EXISTS (
         SELECT FROM colleague AS c WHERE c.account_id = p.account_id AND c.person_id = 0 AND c.removed_at IS NOT NULL)
     ORDER BY p.account_id LIMIT $2)
    UNION
    (SELECT c.account_id, p.cell, c.person_id, c.name, p.name FROM colleague AS c JOIN account_place AS p USING (account_id)
     WHERE lower(c.name) = lower(s.asked) AND c.removed_at IS NULL
     ORDER BY c.account_id, c.person_id LIMIT $2)) AS f
ORDER BY s.asked, f.account_id, f.person_id, f.of;

-- name: save_colleague
-- Somebody is new, or has another name or role, or is removed.
INSERT INTO colleague (account_id, person_id, name, role, made_by, created_at, removed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (account_id, person_id) DO UPDATE SET name = excluded.name, role = excluded.role, removed_at = excluded.removed_at;

-- name: insert_top_up_requests
-- What customers ask to be topped up with.
INSERT INTO top_up_request (cell, request_id, account_id, amount_micros, note, asked_by, asked_at)
SELECT $1, r.request_id, r.account_id, r.amount_micros, r.note, r.asked_by, $2
FROM unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[]) AS r (request_id, account_id, amount_micros, note, asked_by)
ON CONFLICT (cell, request_id) DO NOTHING;

-- name: has_request
-- Whether a cell holds a request of this number.
SELECT EXISTS (SELECT FROM top_up_request WHERE cell = $1 AND request_id = $2);

-- name: lock_top_up_requests
-- Requests, to be decided.
SELECT request_id, account_id, amount_micros, note, asked_by, asked_at, state, decided_at, word FROM top_up_request
WHERE cell = $1 AND request_id = ANY ($2::bigint[]) ORDER BY request_id FOR UPDATE;

-- name: decide_top_up_requests
-- Requests that are approved or declined; they are locked.
UPDATE top_up_request SET state = d.state, word = d.word, decided_at = $2
FROM unnest($3::bigint[], $4::int[], $5::text[]) AS d (request_id, state, word)
WHERE top_up_request.cell = $1 AND top_up_request.request_id = d.request_id;

-- name: open_top_up_requests
-- Requests of accounts that wait; of each account there are few.
SELECT request_id, account_id, amount_micros, note, asked_by, asked_at, state, decided_at, word FROM top_up_request
WHERE cell = $1 AND account_id = ANY ($2::bigint[]) AND state = 0 ORDER BY asked_at, request_id;

-- name: top_up_requests
-- An account's requests, the newest first.
SELECT request_id, account_id, amount_micros, note, asked_by, asked_at, state, decided_at, word FROM top_up_request
WHERE cell = $1 AND account_id = $2 ORDER BY asked_at DESC, request_id DESC LIMIT $3;

-- name: every_open_top_up_request
-- Requests that wait for the operator, the oldest first.
SELECT request_id, account_id, amount_micros, note, asked_by, asked_at, state, decided_at, word FROM top_up_request
WHERE cell = $1 AND state = 0 ORDER BY asked_at, request_id LIMIT $2;

-- name: every_top_up_request
-- Requests of all accounts, the newest first.
SELECT request_id, account_id, amount_micros, note, asked_by, asked_at, state, decided_at, word FROM top_up_request
WHERE cell = $1 ORDER BY asked_at DESC, request_id DESC LIMIT $2;

-- name: low_balance
-- Below what an account's people are told, where, and since when that is so.
SELECT low_micros, low_url, low_since FROM account WHERE cell = $1 AND account_id = $2;

-- name: set_low_balance
-- Change below what an account's people are told; what they were told of another amount counts no more.
UPDATE account SET low_micros = $3, low_url = $4, low_since = CASE WHEN low_micros = $3 THEN low_since END
WHERE cell = $1 AND account_id = $2;

-- name: take_crossings
-- Accounts whose balance went below what they named, or is above it again, since somebody looked last.
WITH crossed AS MATERIALIZED (
    SELECT a.account_id, b.available_micros, b.available_micros < a.low_micros AS is_low
    FROM account AS a JOIN balance AS b ON b.cell = $1 AND b.account_id = a.account_id
    WHERE a.cell = $1 AND (a.low_micros > 0 OR a.low_since IS NOT NULL)
      AND (b.available_micros < a.low_micros) <> (a.low_since IS NOT NULL)
    ORDER BY a.account_id LIMIT $3 FOR UPDATE OF a)
UPDATE account SET low_since = CASE WHEN crossed.is_low THEN $2::timestamptz END
FROM crossed WHERE account.cell = $1 AND account.account_id = crossed.account_id
RETURNING account.account_id, crossed.is_low, account.low_url;

-- name: places
-- The accounts of a name or an id.
SELECT account_id, name, cell FROM account_place WHERE account_id = $1 OR name = $2 ORDER BY account_id;

-- name: place_of
-- One account, by its number.
SELECT account_id, name, cell FROM account_place WHERE account_id = $1;

-- name: names_of
-- What these accounts are called.
SELECT account_id, name FROM account_place WHERE account_id = ANY ($1::bigint[]);

-- name: insert_accounts
-- Open accounts in their cell; one that is open already stays as it is.
INSERT INTO account (cell, account_id, name, created_at)
SELECT $1, a.account_id, a.name, $4 FROM unnest($2::bigint[], $3::text[]) AS a (account_id, name)
ON CONFLICT (cell, account_id) DO NOTHING RETURNING account_id;

-- name: lock_accounts
-- Accounts, of which something is decided that must not be decided twice at once.
SELECT account_id FROM account WHERE cell = $1 AND account_id = ANY ($2::bigint[]) ORDER BY account_id FOR UPDATE;

-- name: terms
-- What admission needs to know of accounts.
SELECT account_id, weight, max_bid_micros, suspended, keep_days FROM account WHERE cell = $1 AND account_id = ANY ($2::bigint[]);

-- name: found_places
-- Accounts whose name has these letters, or whose number it is, behind a number: a page of a list.
SELECT account_id, name, cell FROM account_place
WHERE account_id > $2 AND ($1 = '' OR account_id::text = $1 OR strpos(lower(name), lower($1)) > 0)
ORDER BY account_id LIMIT $3;

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
