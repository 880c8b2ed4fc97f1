-- name: open_balances
-- Give new accounts an empty balance; one that has a balance keeps it.
INSERT INTO balance (cell, account_id, available_micros)
SELECT $1, a.account_id, 0 FROM unnest($2::bigint[]) AS a (account_id)
ON CONFLICT (cell, account_id) DO NOTHING;

-- name: lock_balances
-- Lock balances in the order of their ids, so that two batches never wait for each other.
SELECT account_id, available_micros FROM balance
WHERE cell = $1 AND account_id = ANY ($2::bigint[]) ORDER BY account_id FOR UPDATE;

-- name: balances
-- What customers may still spend.
SELECT account_id, available_micros FROM balance WHERE cell = $1 AND account_id = ANY ($2::bigint[]);

-- name: change_balances
-- Add each account's sum of a batch, once per account; the rows are locked already.
UPDATE balance SET available_micros = balance.available_micros + d.change
FROM unnest($2::bigint[], $3::bigint[]) AS d (account_id, change)
WHERE balance.cell = $1 AND balance.account_id = d.account_id;

-- name: insert_transfers
-- Book a batch of transfers; the key refuses a second posting of the same kind for the same cause.
INSERT INTO transfer (cell, cause_id, kind, n, debit_book, debit_id, credit_book, credit_id, amount_micros,
                      account_id, worker_id, at)
SELECT $1, t.cause_id, t.kind, t.n, t.debit_book, t.debit_id, t.credit_book, t.credit_id, t.amount_micros,
       t.account_id, t.worker_id, $12
FROM unnest($2::bigint[], $3::smallint[], $4::smallint[], $5::smallint[], $6::bigint[], $7::smallint[], $8::bigint[],
            $9::bigint[], $10::bigint[], $11::bigint[])
     AS t (cause_id, kind, n, debit_book, debit_id, credit_book, credit_id, amount_micros, account_id, worker_id);

-- name: booked_causes
-- Which of these causes have a posting of this kind already (a batch that is tried again asks).
SELECT cause_id FROM transfer WHERE cell = $1 AND kind = $2 AND cause_id = ANY ($3::bigint[]);

-- name: insert_pending
-- Pay that waits until its complaint window has closed.
INSERT INTO pending_pay (cell, task_id, worker_id, amount_micros, due_at)
SELECT $1, p.task_id, p.worker_id, p.amount_micros, $5
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) AS p (task_id, worker_id, amount_micros);

-- name: set_due
-- Pay of answers whose result stands now waits for its complaint window, unless a complaint holds it.
UPDATE pending_pay SET due_at = $3 WHERE cell = $1 AND task_id = ANY (ARRAY(
    SELECT task_id FROM pending_pay WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY task_id FOR UPDATE));

-- name: any_due_pay
-- Whether the complaint window of any pay has closed.
SELECT EXISTS (SELECT FROM pending_pay WHERE cell = $1 AND due_at <= now());

-- name: take_due_pay
-- The oldest pay whose complaint window has closed leaves the waiting list (another process takes other rows).
DELETE FROM pending_pay WHERE cell = $1 AND task_id = ANY (ARRAY(
    SELECT task_id FROM pending_pay WHERE cell = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED))
RETURNING task_id, worker_id, amount_micros;

-- name: hold_pay
-- Pay that is complained about waits for the verdict; it stays pending.
UPDATE pending_pay SET due_at = 'infinity' WHERE cell = $1 AND task_id = ANY (ARRAY(
    SELECT task_id FROM pending_pay WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY task_id FOR UPDATE));

-- name: free_pay
-- Pay whose complaint came to nothing is due at once.
UPDATE pending_pay SET due_at = $3 WHERE cell = $1 AND task_id = ANY (ARRAY(
    SELECT task_id FROM pending_pay WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY task_id FOR UPDATE));

-- name: cancel_pay
-- Pay whose complaint was confirmed leaves the waiting list; what was vested before stays.
DELETE FROM pending_pay WHERE cell = $1 AND task_id = ANY (ARRAY(
    SELECT task_id FROM pending_pay WHERE cell = $1 AND task_id = ANY ($2::bigint[]) ORDER BY task_id FOR UPDATE))
RETURNING task_id, worker_id, amount_micros;

-- name: worker_pending
-- What a worker has earned and may still be complained about.
SELECT coalesce(sum(amount_micros), 0)::bigint FROM pending_pay WHERE cell = $1 AND worker_id = $2;

-- name: worker_payable
-- What a worker may be paid out.
SELECT payable_micros FROM wallet WHERE cell = $1 AND worker_id = $2;

-- name: purses
-- What each of these workers has earned and may still be complained about, and what they may be paid out.
SELECT w.worker_id,
       (SELECT coalesce(sum(amount_micros), 0) FROM pending_pay AS p WHERE p.cell = $1 AND p.worker_id = w.worker_id)::bigint
           AS pending,
       coalesce((SELECT payable_micros FROM wallet WHERE wallet.cell = $1 AND wallet.worker_id = w.worker_id), 0) AS payable
FROM unnest($2::bigint[]) AS w (worker_id);

-- name: add_to_wallets
-- Add each worker's vested sum; a first one opens the wallet. Rows come sorted, so batches lock in one order.
INSERT INTO wallet (cell, worker_id, payable_micros)
SELECT $1, w.worker_id, w.amount_micros FROM unnest($2::bigint[], $3::bigint[]) AS w (worker_id, amount_micros)
ORDER BY w.worker_id
ON CONFLICT (cell, worker_id) DO UPDATE SET payable_micros = wallet.payable_micros + excluded.payable_micros;

-- name: lock_wallets
-- What workers may be paid out, locked in the order of their ids.
SELECT worker_id, payable_micros FROM wallet
WHERE cell = $1 AND worker_id = ANY ($2::bigint[]) ORDER BY worker_id FOR UPDATE;

-- name: take_from_wallets
-- Take what workers asked to be paid out; the rows are locked already.
UPDATE wallet SET payable_micros = wallet.payable_micros - w.amount_micros
FROM unnest($2::bigint[], $3::bigint[]) AS w (worker_id, amount_micros)
WHERE wallet.cell = $1 AND wallet.worker_id = w.worker_id;

-- name: sum_of_books
-- Every book's movement in a cell since an instant: credits minus debits. They sum to zero, always.
WITH moved AS MATERIALIZED (
    SELECT debit_book, debit_id, credit_book, credit_id, sum(amount_micros) AS amount, count(*) AS entries
    FROM transfer WHERE cell = $1 AND at >= $2 GROUP BY debit_book, debit_id, credit_book, credit_id)
SELECT book, owner, sum(amount)::bigint AS amount_micros, sum(entries)::bigint AS entries FROM (
    SELECT credit_book AS book, credit_id AS owner, amount, entries FROM moved
    UNION ALL
    SELECT debit_book, debit_id, -amount, 0 FROM moved
) AS sides GROUP BY book, owner;

-- name: all_balances
-- Every stored running balance of customers in a cell.
SELECT account_id, available_micros FROM balance WHERE cell = $1;

-- name: all_wallets
-- Every stored running balance of workers in a cell.
SELECT worker_id, payable_micros FROM wallet WHERE cell = $1;

-- name: double_endings
-- Tasks that ended since an instant, and twice: one of their settlements and releases could be left out, and all that was held would still be
-- settled or released. There are none.
SELECT cause_id FROM transfer WHERE cell = $1 AND kind IN (2, 3, 4)
    AND ($2::timestamptz = 'epoch' OR cause_id = ANY (ARRAY(
         SELECT DISTINCT cause_id FROM transfer WHERE cell = $1 AND kind + 0 IN (3, 4) AND at >= $2 ORDER BY cause_id)))
GROUP BY cause_id
HAVING sum(amount_micros) FILTER (WHERE kind IN (3, 4)) - min(amount_micros) FILTER (WHERE kind IN (3, 4))
       >= sum(amount_micros) FILTER (WHERE kind = 2);

-- name: double_pays
-- Pay that was both vested and cancelled, one of them since an instant; there is none.
SELECT cause_id FROM transfer WHERE cell = $1 AND kind IN (6, 8)
    AND ($2::timestamptz = 'epoch' OR cause_id = ANY (ARRAY(
         SELECT DISTINCT cause_id FROM transfer WHERE cell = $1 AND kind + 0 IN (6, 8) AND at >= $2 ORDER BY cause_id)))
GROUP BY cause_id HAVING count(*) > 1;

-- name: amounts
-- What every posting of a kind moved since an instant, by its cause. Here and below `kind + 0` keeps PostgreSQL from walking the whole
-- key for a kind instead of reading the pages since that instant.
SELECT cause_id, sum(amount_micros)::bigint AS amount_micros FROM transfer
WHERE cell = $1 AND kind + 0 = $2::smallint AND at >= $3 GROUP BY cause_id;

-- name: amounts_for
-- What the postings of a kind moved for these causes.
SELECT cause_id, sum(amount_micros)::bigint AS amount_micros FROM transfer
WHERE cell = $1 AND kind = $2 AND cause_id = ANY ($3::bigint[]) GROUP BY cause_id;

-- name: workers_sums
-- What every worker got by postings of a kind since an instant.
SELECT worker_id, sum(amount_micros)::bigint AS amount_micros FROM transfer
WHERE cell = $1 AND kind + 0 = $2::smallint AND at >= $3 GROUP BY worker_id;

-- name: all_pending
-- All pay that waits, by worker.
SELECT worker_id, sum(amount_micros)::bigint AS amount_micros FROM pending_pay WHERE cell = $1 GROUP BY worker_id;

-- name: settled_sums
-- All that each account was charged since an instant, less what it was given back, by the ledger.
SELECT account_id, sum(CASE kind WHEN 3 THEN amount_micros ELSE -amount_micros END)::bigint AS amount_micros
FROM transfer WHERE cell = $1 AND kind + 0 IN (3, 7) AND at >= $2 GROUP BY account_id;

-- name: share_sums
-- All that each soft app was given since an instant, taken back or not.
SELECT credit_id, sum(amount_micros)::bigint AS amount_micros FROM transfer
WHERE cell = $1 AND kind + 0 = 11 AND at >= $2 GROUP BY credit_id;

-- name: postings_of
-- What was booked for one task on its customer's statement, in the order of its instants.
SELECT kind, n, amount_micros, at FROM transfer WHERE cell = $1 AND cause_id = $2 AND account_id = $3
ORDER BY at, kind, n;

-- name: entries_of_causes
-- All that was booked for a task and the answers to it, on whosever statement it stands, in the order of its instants.
SELECT cause_id, kind, n, amount_micros, account_id, worker_id, at FROM transfer
WHERE cell = $1 AND cause_id = ANY ($2::bigint[]) ORDER BY at, kind, n, cause_id;

-- name: worker_sums
-- What a worker earned since an instant, by kind of entry.
SELECT kind, count(*) AS entries, sum(amount_micros)::bigint AS amount_micros FROM transfer
WHERE cell = $1 AND worker_id = $2 AND at >= $3 GROUP BY kind ORDER BY kind;

-- name: recent_holds
-- The tasks that an account submitted last: each began with money held for it.
SELECT cause_id, at, amount_micros FROM transfer
WHERE cell = $1 AND account_id = $2 AND account_id <> 0 AND kind = 2 ORDER BY at DESC, cause_id DESC LIMIT $3;

-- name: entry_sums
-- All of an account's transfers in a window, by kind.
SELECT kind, count(*) AS entries,
       sum(CASE WHEN credit_book = 10 THEN amount_micros WHEN debit_book = 10 THEN -amount_micros ELSE 0 END)::bigint
           AS available_change,
       sum(CASE WHEN credit_book = 11 THEN amount_micros WHEN debit_book = 11 THEN -amount_micros ELSE 0 END)::bigint
           AS held_change
FROM transfer WHERE cell = $1 AND account_id = $2 AND account_id <> 0 AND at >= $3 AND at < $4
GROUP BY kind ORDER BY kind;

-- name: statement_sums
-- What of a statement is not charged for tasks, summed by kind in ranges of seconds.
SELECT p.index, t.kind, t.entries, t.amount_micros
FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS p (index, first, until) CROSS JOIN LATERAL (
    SELECT kind, count(*) AS entries, sum(amount_micros)::bigint AS amount_micros
    FROM transfer WHERE cell = $1 AND account_id = $2 AND account_id <> 0 AND kind IN (1, 7, 13, 14)
      AND at >= to_timestamp(p.first) AND at < to_timestamp(p.until)
    GROUP BY kind) AS t;

-- name: statement_newest
-- Entries of a statement, newest first, before a place; what is only held, or given back of it, is none.
SELECT cause_id, kind, n, at, CASE WHEN kind IN (3, 14) THEN -amount_micros ELSE amount_micros END AS change_micros
FROM transfer
WHERE cell = $1 AND account_id = $2 AND account_id <> 0 AND kind IN (1, 3, 7, 13, 14) AND at >= $3 AND at <= $4
  AND (at, cause_id, kind, n) < ($4, $5, $6, $7)
ORDER BY at DESC, cause_id DESC, kind DESC, n DESC LIMIT $8;

-- name: statement_oldest
-- Entries of a statement, oldest first, after a place.
SELECT cause_id, kind, n, at, CASE WHEN kind IN (3, 14) THEN -amount_micros ELSE amount_micros END AS change_micros
FROM transfer
WHERE cell = $1 AND account_id = $2 AND account_id <> 0 AND kind IN (1, 3, 7, 13, 14) AND at >= $3 AND at < $4
  AND (at, cause_id, kind, n) > ($3, $5, $6, $7)
ORDER BY at, cause_id, kind, n LIMIT $8;

-- name: statement_rest
-- What the entries after a place moved that came before an instant, a second later at most.
SELECT coalesce(sum(CASE WHEN kind IN (3, 14) THEN -amount_micros ELSE amount_micros END), 0)::bigint
FROM transfer
WHERE cell = $1 AND account_id = $2 AND account_id <> 0 AND kind IN (1, 3, 7, 13, 14) AND at >= $3 AND at < $4
  AND (at, cause_id, kind, n) > ($3, $5, $6, $7);

-- name: earned_sums
-- What of a worker's money moved, summed by kind in ranges of seconds: read from indexes alone. Dropped entries are summed up already.
SELECT p.index, t.kind, sum(t.entries)::bigint AS entries, sum(t.amount_micros)::bigint AS amount_micros
FROM unnest($3::int[], $4::bigint[], $5::bigint[]) AS p (index, first, until) CROSS JOIN LATERAL (
    SELECT kind, count(*) AS entries, sum(amount_micros)::bigint AS amount_micros
    FROM transfer WHERE cell = $1 AND worker_id = $2 AND worker_id <> 0
      AND at >= to_timestamp(p.first) AND at < to_timestamp(p.until)
    GROUP BY kind
    UNION ALL
    SELECT kind, sum(entries)::bigint, sum(amount_micros)::bigint
    FROM dropped_pay WHERE cell = $1 AND worker_id = $2 AND at >= to_timestamp(p.first) AND at < to_timestamp(p.until)
    GROUP BY kind) AS t
GROUP BY p.index, t.kind;

-- name: earned_newest
-- Entries of a worker's money of some kinds, newest first, before a place.
SELECT cause_id, kind, n, at, amount_micros FROM transfer
WHERE cell = $1 AND worker_id = $2 AND worker_id <> 0 AND kind = ANY ($3::smallint[]) AND at >= $4 AND at <= $5
  AND (at, cause_id, kind, n) < ($5, $6, $7, $8)
ORDER BY at DESC, cause_id DESC, kind DESC, n DESC LIMIT $9;

-- name: pending_of
-- Pay of a worker that waits for its complaint window, or for a verdict ('infinity').
SELECT task_id, amount_micros, nullif(due_at, 'infinity') AS due_at FROM pending_pay
WHERE cell = $1 AND worker_id = $2 ORDER BY task_id DESC LIMIT $3;

-- name: cancelled_among
-- Which of these causes had their pay taken back.
SELECT cause_id FROM transfer WHERE cell = $1 AND cause_id = ANY ($2::bigint[]) AND kind = 8;
