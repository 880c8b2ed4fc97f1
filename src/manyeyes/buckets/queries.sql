-- name: buckets_of
-- An account's buckets.
SELECT account_id, name, endpoint, region, access_key, secret, created_at FROM bucket
WHERE cell = $1 AND account_id = $2 ORDER BY name;

-- name: buckets
-- Those buckets that are there, of accounts and names side by side.
SELECT b.account_id, b.name, b.endpoint, b.region, b.access_key, b.secret, b.created_at
FROM unnest($2::bigint[], $3::text[]) AS k (account_id, name) JOIN bucket b ON b.cell = $1 AND b.account_id = k.account_id
    AND b.name = k.name;

-- name: lock_owners
-- Let nobody else count and add buckets of these accounts.
SELECT account_id FROM account WHERE cell = $1 AND account_id = ANY ($2::bigint[]) ORDER BY account_id FOR NO KEY UPDATE;

-- name: buckets_of_all
-- All buckets of accounts.
SELECT account_id, name, endpoint, region, access_key, secret, created_at FROM bucket
WHERE cell = $1 AND account_id = ANY ($2::bigint[]);

-- name: put_buckets
-- Store buckets, each in the place of one with its name.
INSERT INTO bucket (cell, account_id, name, endpoint, region, access_key, secret, created_at)
SELECT $1, b.account_id, b.name, b.endpoint, b.region, b.access_key, b.secret, b.created_at
FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::timestamptz[])
    AS b (account_id, name, endpoint, region, access_key, secret, created_at)
ON CONFLICT (cell, account_id, name) DO UPDATE
SET endpoint = excluded.endpoint, region = excluded.region, access_key = excluded.access_key, secret = excluded.secret;

-- name: remove_buckets
-- Remove buckets, of accounts and names side by side; the rows are those that were there.
DELETE FROM bucket b USING unnest($2::bigint[], $3::text[]) AS k (account_id, name)
WHERE b.cell = $1 AND b.account_id = k.account_id AND b.name = k.name RETURNING b.account_id, b.name;

-- name: forget_bucket_secrets
-- Forget the secrets of all buckets of a cell; the rows are those that had one.
UPDATE bucket SET secret = '' WHERE cell = $1 AND secret <> '' RETURNING name;
