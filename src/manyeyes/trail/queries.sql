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
