-- What the books were at the end of each month, signed: the proof reads what came after it (docs/decisions/0095).
CREATE TABLE seal (
    cell       int NOT NULL,
    until      timestamptz NOT NULL,      -- the month's end, in UTC: what is dated before it is in the sums
    transfers  bigint NOT NULL,           -- entries of the ledger from its beginning on
    previous   bytea NOT NULL,            -- digest of the seal before; 32 zero bytes: there is none
    digest     bytea NOT NULL,            -- SHA-256 of the sums and of the one before (ledger/seals/)
    sealed_at  timestamptz NOT NULL,
    public_key bytea NOT NULL,
    signature  bytea NOT NULL,            -- Ed25519
    PRIMARY KEY (cell, until)
);

-- The sums of a seal, from the beginning of the books on: so a month is the difference of two.
CREATE TABLE seal_sum (
    cell          int NOT NULL,
    until         timestamptz NOT NULL,
    kind          smallint NOT NULL,
    debit_book    smallint NOT NULL,
    debit_id      bigint NOT NULL,
    credit_book   smallint NOT NULL,
    credit_id     bigint NOT NULL,
    account_id    bigint NOT NULL,
    worker_id     bigint NOT NULL,
    entries       bigint NOT NULL,
    amount_micros bigint NOT NULL,
    PRIMARY KEY (cell, until, kind, debit_book, debit_id, credit_book, credit_id, account_id, worker_id)
);

-- Entries are only ever added, in the order of their instants: a summary per megabyte finds those since a seal, and costs an insert
-- nothing.
CREATE INDEX transfer_at ON transfer USING brin (cell, at) WITH (autosummarize = on);
