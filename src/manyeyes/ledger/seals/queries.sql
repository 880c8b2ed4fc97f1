-- name: seals
-- The seals of a cell, the oldest first.
SELECT cell, until, transfers, previous, digest, sealed_at, public_key, signature FROM seal WHERE cell = $1 ORDER BY until;

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
-- Where a month's entries are not what its seal says beyond the one before; only where they differ.
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
HAVING sum(entries) <> 0 OR sum(amount_micros) <> 0
ORDER BY kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id;
