-- name: seals
-- The seals of a cell, the oldest first.
SELECT cell, until, transfers, previous, digest, sealed_at, public_key, signature, exported_at, dropped_at, gone_through FROM seal
WHERE cell = $1 ORDER BY until;

-- name: lock_seals
-- One maker of seals at a time; who only reads them never waits.
LOCK TABLE seal IN SHARE ROW EXCLUSIVE MODE;

-- name: first_entry
-- When the transfer with the lowest number was booked: about the oldest one.
SELECT at FROM transfer WHERE cell = $1 ORDER BY cause_id, kind, n LIMIT 1;

-- name: add_seal_sums
-- The sums at an instant: those of the seal before, and what was booked in between.
INSERT INTO seal_sum (cell, until, kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id, entries, amount_micros)
SELECT $1, $3, kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id, sum(entries), sum(amount_micros) FROM (
    SELECT kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id, entries, amount_micros
    FROM seal_sum WHERE cell = $1 AND until = $2
    UNION ALL
    SELECT kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id, count(*), sum(amount_micros)
    FROM transfer WHERE cell = $1 AND at >= $2 AND at < $3
    GROUP BY kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id
) AS parts GROUP BY kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id;

-- name: seal_digest
-- SHA-256 of the seal before, in hexadecimal, and of the sums in their order, a line each; and how many entries they are.
SELECT sha256(convert_to(concat_ws(E'\n', encode($3::bytea, 'hex'), string_agg(
           concat_ws(' ', kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id, entries, amount_micros), E'\n'
           ORDER BY kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id)), 'UTF8')) AS digest,
       coalesce(sum(entries), 0)::bigint AS transfers
FROM seal_sum WHERE cell = $1 AND until = $2;

-- name: add_seal
-- Keep a seal; its sums are there.
INSERT INTO seal (cell, until, transfers, previous, digest, sealed_at, public_key, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: sealed_books
-- Every book's movement up to a seal: credits minus debits.
SELECT book, owner, sum(amount)::bigint AS amount_micros FROM (
    SELECT credit_book AS book, credit_id AS owner, amount_micros AS amount FROM seal_sum WHERE cell = $1 AND until = $2
    UNION ALL
    SELECT debit_book, debit_id, -amount_micros FROM seal_sum WHERE cell = $1 AND until = $2
) AS sides GROUP BY book, owner;

-- name: sealed_pay
-- What every worker got by postings of a kind, up to a seal.
SELECT worker_id, sum(amount_micros)::bigint AS amount_micros FROM seal_sum
WHERE cell = $1 AND until = $2 AND kind = $3 GROUP BY worker_id;

-- name: month_gaps
-- Where a month's entries are not what its seal says beyond the one before; only where they differ. Of a month of which tasks were
-- dropped, some entries of some kinds ($4) are no longer there: none may be there that was not sealed.
SELECT kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id, sum(entries)::bigint AS entries,
       sum(amount_micros)::bigint AS amount_micros
FROM (
    SELECT kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id, entries, amount_micros
    FROM seal_sum WHERE cell = $1 AND until = $3
    UNION ALL
    SELECT kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id, -entries, -amount_micros
    FROM seal_sum WHERE cell = $1 AND until = $2
    UNION ALL
    SELECT kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id, -count(*), -sum(amount_micros)
    FROM transfer WHERE cell = $1 AND at >= $2 AND at < $3
    GROUP BY kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id
) AS parts GROUP BY kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id
HAVING CASE WHEN kind = ANY ($4::smallint[]) THEN sum(entries) < 0 OR sum(amount_micros) < 0
            ELSE sum(entries) <> 0 OR sum(amount_micros) <> 0 END
ORDER BY kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id;

-- name: dropped_gaps
-- Of a month of which tasks were dropped: where what accounts were charged and what people earned, as it was sealed, is not that of
-- the entries that are left and of what was summed up as others went.
SELECT kind, account_id, worker_id, sum(amount_micros)::bigint AS amount_micros FROM (
    SELECT kind, CASE kind WHEN 3 THEN account_id ELSE 0 END AS account_id, CASE kind WHEN 3 THEN 0 ELSE worker_id END AS worker_id,
           CASE until WHEN $3 THEN amount_micros ELSE -amount_micros END AS amount_micros
    FROM seal_sum WHERE cell = $1 AND until IN ($2, $3) AND kind IN (3, 5, 6)
    UNION ALL
    SELECT kind, CASE kind WHEN 3 THEN account_id ELSE 0 END, CASE kind WHEN 3 THEN 0 ELSE worker_id END, -amount_micros
    FROM transfer WHERE cell = $1 AND kind + 0 IN (3, 5, 6) AND at >= $2 AND at < $3
    UNION ALL
    SELECT 3, account_id, 0, -charged_micros FROM dropped_charge WHERE cell = $1 AND ended_at >= $2 AND ended_at < $3
    UNION ALL
    SELECT kind, 0, worker_id, -amount_micros FROM dropped_pay WHERE cell = $1 AND at >= $2 AND at < $3
) AS parts GROUP BY kind, account_id, worker_id HAVING sum(amount_micros) <> 0 ORDER BY kind, account_id, worker_id;

-- name: mark_exported
-- A sealed month was written to files.
UPDATE seal SET exported_at = $3 WHERE cell = $1 AND until = $2 RETURNING until;

-- name: mark_dropped
-- Tasks of a sealed month are dropped from now on.
UPDATE seal SET dropped_at = $3, gone_through = $4 WHERE cell = $1 AND until = $2 AND dropped_at IS NULL RETURNING until;

-- name: gone_through
-- Up to which number tasks were dropped.
SELECT coalesce(max(gone_through), 0)::bigint FROM seal WHERE cell = $1;

-- name: keep_pay
-- Sum up what people earned by entries of these causes, by the second and kind.
INSERT INTO dropped_pay (cell, worker_id, at, kind, entries, amount_micros)
SELECT $1, worker_id, date_trunc('second', at), kind, count(*), sum(amount_micros) FROM transfer
WHERE cell = $1 AND cause_id = ANY ($2::bigint[]) AND worker_id <> 0 GROUP BY worker_id, date_trunc('second', at), kind
ORDER BY worker_id, date_trunc('second', at), kind
ON CONFLICT (cell, worker_id, at, kind) DO UPDATE
SET entries = dropped_pay.entries + excluded.entries, amount_micros = dropped_pay.amount_micros + excluded.amount_micros;

-- name: drop_entries
-- Delete the entries of these causes; seals have their sums.
DELETE FROM transfer WHERE cell = $1 AND cause_id = ANY ($2::bigint[]);

-- name: dropped_newest
-- Dropped tasks of an account before a place of its statement, newest first: by the second of their end, under the number 0.
SELECT 0::bigint AS cause_id, 3::smallint AS kind, 0::smallint AS n, ended_at AS at, -sum(charged_micros)::bigint AS change_micros
FROM dropped_charge
WHERE cell = $1 AND account_id = $2 AND ended_at >= $3 AND ended_at <= $4
  AND (ended_at, 0::bigint, 3::smallint, 0::smallint) < ($4, $5, $6, $7)
GROUP BY ended_at ORDER BY ended_at DESC LIMIT $8;

-- name: dropped_oldest
-- The same, oldest first, after a place.
SELECT 0::bigint AS cause_id, 3::smallint AS kind, 0::smallint AS n, ended_at AS at, -sum(charged_micros)::bigint AS change_micros
FROM dropped_charge
WHERE cell = $1 AND account_id = $2 AND ended_at >= $3 AND ended_at < $4
  AND (ended_at, 0::bigint, 3::smallint, 0::smallint) > ($3, $5, $6, $7)
GROUP BY ended_at ORDER BY ended_at LIMIT $8;

-- name: dropped_earned
-- What a worker earned with dropped tasks, by entries of some kinds, newest first, before a place: by the second, under the number 0.
SELECT 0::bigint AS cause_id, kind, 0::smallint AS n, at, amount_micros FROM dropped_pay
WHERE cell = $1 AND worker_id = $2 AND kind = ANY ($3::smallint[]) AND at >= $4 AND at <= $5
  AND (at, 0::bigint, kind, 0::smallint) < ($5, $6, $7, $8)
ORDER BY at DESC, kind DESC LIMIT $9;
