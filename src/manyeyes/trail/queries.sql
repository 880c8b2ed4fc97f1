-- name: advance
-- Lengthen a chain by one entry; whoever else writes there waits, until this is committed.
INSERT INTO trail_chain (cell, number, previous, hash)
VALUES ($1, 1, decode(repeat('00', 32), 'hex'),
        sha256(convert_to(repeat('00', 32) || E'\n1\n' || $2::text, 'UTF8')))
ON CONFLICT (cell) DO UPDATE SET number = trail_chain.number + 1, previous = trail_chain.hash,
    hash = sha256(convert_to(encode(trail_chain.hash, 'hex') || E'\n' || (trail_chain.number + 1) || E'\n' || $2::text, 'UTF8'));

-- name: record
-- Write the entry by which the chain was lengthened last, in this transaction.
INSERT INTO trail_entry (cell, number, previous, hash, at, deed, subject, role, actor_id, name, via, address, through, before, after)
SELECT cell, number, previous, hash, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12 FROM trail_chain WHERE cell = $1;

-- name: entries_after
-- The next entries of a chain, in their order.
SELECT cell, number, previous, hash, at, deed, subject, role, actor_id, name, via, address, through, before, after
FROM trail_entry WHERE cell = $1 AND number > $2 ORDER BY cell, number LIMIT $3;

-- name: chain_end
-- Where a chain has got to.
SELECT number, hash FROM trail_chain WHERE cell = $1;

-- name: hold_chain_end
-- Where a chain has got to, kept from growing until the transaction ends.
SELECT number, hash FROM trail_chain WHERE cell = $1 FOR UPDATE;

-- name: has_head
-- Whether a day has its head.
SELECT EXISTS (SELECT FROM trail_head WHERE cell = $1 AND day = $2);

-- name: insert_head
-- Keep a signed head; the chain is locked, so that a day has one.
INSERT INTO trail_head (cell, day, number, hash, signed_at, public_key, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: heads
-- The signed heads of a chain, the oldest first.
SELECT cell, day, number, hash, signed_at, public_key, signature FROM trail_head WHERE cell = $1 ORDER BY cell, day;

-- name: entries_before
-- Entries of a chain before an instant and a number in it, the newest first; null for every one of what is asked.
SELECT cell, number, previous, hash, at, deed, subject, role, actor_id, name, via, address, through, before, after
FROM trail_entry WHERE cell = $1 AND (at, number) < ($2, $3) AND ($4::timestamptz IS NULL OR at >= $4)
AND ($5::text IS NULL OR deed = $5) AND ($6::text IS NULL OR subject = $6) AND ($7::text IS NULL OR role = $7)
AND ($8::bigint IS NULL OR actor_id = $8) AND ($9::text IS NULL OR name = $9)
ORDER BY cell, at DESC, number DESC LIMIT $10;

-- name: entries_about
-- The same, about one subject.
SELECT cell, number, previous, hash, at, deed, subject, role, actor_id, name, via, address, through, before, after
FROM trail_entry WHERE cell = $1 AND (at, number) < ($2, $3) AND ($4::timestamptz IS NULL OR at >= $4)
AND ($5::text IS NULL OR deed = $5) AND subject = $6 AND ($7::text IS NULL OR role = $7)
AND ($8::bigint IS NULL OR actor_id = $8) AND ($9::text IS NULL OR name = $9)
ORDER BY cell, at DESC, number DESC LIMIT $10;

-- name: entries_by
-- The same, of one person or program, by role and number.
SELECT cell, number, previous, hash, at, deed, subject, role, actor_id, name, via, address, through, before, after
FROM trail_entry WHERE cell = $1 AND (at, number) < ($2, $3) AND ($4::timestamptz IS NULL OR at >= $4)
AND ($5::text IS NULL OR deed = $5) AND ($6::text IS NULL OR subject = $6) AND role = $7
AND actor_id = $8 AND ($9::text IS NULL OR name = $9)
ORDER BY cell, at DESC, number DESC LIMIT $10;

-- name: entries_of_role
-- The same, of all who have a part, such as customers.
SELECT cell, number, previous, hash, at, deed, subject, role, actor_id, name, via, address, through, before, after
FROM trail_entry WHERE cell = $1 AND (at, number) < ($2, $3) AND ($4::timestamptz IS NULL OR at >= $4)
AND ($5::text IS NULL OR deed = $5) AND ($6::text IS NULL OR subject = $6) AND role = $7
AND ($8::bigint IS NULL OR actor_id = $8) AND ($9::text IS NULL OR name = $9)
ORDER BY cell, at DESC, number DESC LIMIT $10;

-- name: entries_named
-- The same, of those who had a name.
SELECT cell, number, previous, hash, at, deed, subject, role, actor_id, name, via, address, through, before, after
FROM trail_entry WHERE cell = $1 AND (at, number) < ($2, $3) AND ($4::timestamptz IS NULL OR at >= $4)
AND ($5::text IS NULL OR deed = $5) AND ($6::text IS NULL OR subject = $6) AND ($7::text IS NULL OR role = $7)
AND ($8::bigint IS NULL OR actor_id = $8) AND name = $9
ORDER BY cell, at DESC, number DESC LIMIT $10;

-- name: entries_done
-- The same, of one deed.
SELECT cell, number, previous, hash, at, deed, subject, role, actor_id, name, via, address, through, before, after
FROM trail_entry WHERE cell = $1 AND (at, number) < ($2, $3) AND ($4::timestamptz IS NULL OR at >= $4)
AND deed = $5 AND ($6::text IS NULL OR subject = $6) AND ($7::text IS NULL OR role = $7)
AND ($8::bigint IS NULL OR actor_id = $8) AND ($9::text IS NULL OR name = $9)
ORDER BY cell, at DESC, number DESC LIMIT $10;
