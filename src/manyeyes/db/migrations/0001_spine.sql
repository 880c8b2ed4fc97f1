-- The spine: accounts, workers, tasks, dispatch, ledger, statistics. What each table is for: db/schema.sql.
-- Rules (ARCHITECTURE.md, "Data"): every table of customers' data starts with `cell` and has it first in its key, its
-- unique constraints and hot indexes; statements name one cell. No triggers, identities, sequences, advisory locks.
-- Money is integer micro-units. Tables without `cell` are global look-ups, joined to nothing and cached by processes.

-- ---------------------------------------------------------------- global look-ups

-- What has been applied from db/migrations/.
CREATE TABLE migration (
    number     int PRIMARY KEY,
    name       text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

-- The small numbers that people type: account and worker ids.
CREATE TABLE counter (
    name       text PRIMARY KEY,
    next_value bigint NOT NULL
);

-- Keys that this installation signs its own addresses with.
CREATE TABLE secret (
    name  text PRIMARY KEY,
    value bytea NOT NULL
);

-- In which cell an account lives.
CREATE TABLE account_place (
    account_id bigint PRIMARY KEY,
    name       text NOT NULL,
    cell       int NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX account_place_name ON account_place (name);

-- A customer's client keys, as SHA-256; two may be valid during a rotation.
CREATE TABLE api_key (
    key_hash          bytea PRIMARY KEY,
    cell              int NOT NULL,
    account_id        bigint NOT NULL,
    allowed_addresses text[] NOT NULL DEFAULT '{}',   -- networks; empty: from anywhere
    created_at        timestamptz NOT NULL,
    revoked_at        timestamptz
);

-- Networks that the operator shut out.
CREATE TABLE blocked_address (
    network    text PRIMARY KEY,
    created_at timestamptz NOT NULL
);

-- People who answer; `reviewer` may also judge.
CREATE TABLE worker (
    worker_id   bigint PRIMARY KEY,
    name        text NOT NULL,
    languages   text[] NOT NULL,
    queues      int[] NOT NULL,
    reviewer    boolean NOT NULL DEFAULT false,
    created_at  timestamptz NOT NULL,
    disabled_at timestamptz
);

-- Secrets that sign somebody in, as SHA-256: a worker's token, a one-time link, a console session.
CREATE TABLE credential (
    secret_hash bytea PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('token', 'link', 'session')),
    role        text NOT NULL CHECK (role IN ('worker', 'customer', 'operator')),
    subject_id  bigint NOT NULL,                      -- worker or account; 0 for the operator
    cell        int NOT NULL DEFAULT 0,               -- the account's cell; 0 for others
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,                          -- null: until disabled
    used_at     timestamptz,                          -- a link signs in once
    through     bytea                                 -- the client key or token that began a session, which ends with it
);

-- A kind of work with a price, a language and workers who may do it (a reference table: few rows, rarely written).
CREATE TABLE queue (
    queue_id      int PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    language      text NOT NULL,
    price_micros  bigint NOT NULL CHECK (price_micros > 0),
    pay_micros    bigint NOT NULL CHECK (pay_micros >= 0 AND pay_micros <= price_micros),
    capacity      int NOT NULL CHECK (capacity > 0),       -- waiting tasks above which only a high bid enters
    lease_seconds int NOT NULL CHECK (lease_seconds > 0),
    sensitive     boolean NOT NULL DEFAULT false
);

-- ---------------------------------------------------------------- one cell's data

-- The cell's serial numbers: processes take blocks out of this row, so ids exist before the insert.
CREATE TABLE cell (
    cell        int PRIMARY KEY,
    next_serial bigint NOT NULL
);

-- Processes that serve; a dead one's sessions leave the match.
CREATE TABLE node (
    cell    int NOT NULL,
    node_id bigint NOT NULL,
    beat_at timestamptz NOT NULL,
    PRIMARY KEY (cell, node_id)
);

CREATE TABLE account (
    cell           int NOT NULL,
    account_id     bigint NOT NULL,
    name           text NOT NULL,
    weight         int NOT NULL DEFAULT 1 CHECK (weight > 0),   -- share of a queue against other accounts at one bid
    max_bid_micros bigint NOT NULL DEFAULT 0,                   -- most that a task may cost in a full queue; 0: the price
    suspended      boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id)
);

-- What a customer may still spend; always the sum of their transfers (manyeyes db check).
CREATE TABLE balance (
    cell             int NOT NULL,
    account_id       bigint NOT NULL,
    available_micros bigint NOT NULL,
    PRIMARY KEY (cell, account_id),
    CONSTRAINT balance_not_negative CHECK (available_micros >= 0)
) WITH (fillfactor = 50);

-- What a worker may be paid out; always the sum of their transfers.
CREATE TABLE wallet (
    cell           int NOT NULL,
    worker_id      bigint NOT NULL,
    payable_micros bigint NOT NULL,
    PRIMARY KEY (cell, worker_id),
    CONSTRAINT wallet_not_negative CHECK (payable_micros >= 0)
) WITH (fillfactor = 50);

-- The ledger: one row moves one amount from the debit to the credit side. The key makes each posting happen once.
CREATE TABLE transfer (
    cell          int NOT NULL,
    cause_id      bigint NOT NULL,        -- the task, or the posting's own serial (top-up)
    kind          smallint NOT NULL,      -- ledger/rules.py: Kind
    n             smallint NOT NULL,      -- the nth of this kind for this cause
    debit_book    smallint NOT NULL,      -- ledger/rules.py: Book
    debit_id      bigint NOT NULL,        -- whose: account, worker; 0 for the house
    credit_book   smallint NOT NULL,
    credit_id     bigint NOT NULL,
    amount_micros bigint NOT NULL,
    account_id    bigint NOT NULL,        -- on whose statement it stands; 0: on none
    worker_id     bigint NOT NULL,        -- whose earnings it is; 0: nobody's
    at            timestamptz NOT NULL,
    PRIMARY KEY (cell, cause_id, kind, n),
    CONSTRAINT transfer_positive CHECK (amount_micros > 0),
    CONSTRAINT transfer_two_sides CHECK ((debit_book, debit_id) <> (credit_book, credit_id))
);
CREATE INDEX transfer_account ON transfer (cell, account_id, at) WHERE account_id <> 0;
-- A worker's statement reads their earnings by it; the pages of workers come after those of customers.
CREATE INDEX transfer_worker ON transfer (cell, worker_id, at) WHERE worker_id <> 0;

-- Pay that waits until its complaint window has closed; then it is vested into the wallet.
CREATE TABLE pending_pay (
    cell          int NOT NULL,
    task_id       bigint NOT NULL,
    worker_id     bigint NOT NULL,
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    due_at        timestamptz NOT NULL,
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX pending_pay_due ON pending_pay (cell, due_at);
CREATE INDEX pending_pay_worker ON pending_pay (cell, worker_id);

-- A task as it was submitted. Insert-only.
CREATE TABLE task (
    cell          int NOT NULL,
    task_id       bigint NOT NULL,        -- the cell's serial; its low 31 bits are the wire's taskId
    account_id    bigint NOT NULL,
    queue_id      int NOT NULL,
    kind          text NOT NULL,
    options       jsonb NOT NULL,         -- tasks/rules.py: ImageOptions
    media         text NOT NULL,          -- png, jpg, gif
    soft_id       int NOT NULL,           -- 0: none
    ip            text NOT NULL,
    website_url   text NOT NULL,
    callback_url  text NOT NULL,
    language_pool text NOT NULL,
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (cell, task_id)
);

-- Pictures, by the day they came, so that a day is dropped whole.
CREATE TABLE blob (
    cell    int NOT NULL,
    day     date NOT NULL,
    task_id bigint NOT NULL,
    media   text NOT NULL,
    bytes   bytea NOT NULL,
    PRIMARY KEY (cell, day, task_id)
) PARTITION BY RANGE (day);
ALTER TABLE blob ALTER bytes SET STORAGE EXTERNAL;   -- pictures do not compress: twice the inserts

-- Tasks that wait or are leased: small and busy; a finished task leaves it. States: dispatch/rules.py, WorkState.
CREATE TABLE work (
    cell           int NOT NULL,
    task_id        bigint NOT NULL,
    account_id     bigint NOT NULL,
    queue_id       int NOT NULL,
    bid_micros     bigint NOT NULL,       -- order: bid, then turn
    turn           bigint NOT NULL,       -- start tag of fair queueing (dispatch/rules.py)
    price_micros   bigint NOT NULL,       -- what is held for it
    pay_micros     bigint NOT NULL,       -- price, pay and lease are the queue's when the task came
    lease_seconds  int NOT NULL,
    soft_id        int NOT NULL,
    ip             text NOT NULL,
    kind           text NOT NULL,
    options        jsonb NOT NULL,        -- repeated from `task`: handing out and answering touch this table alone
    media          text NOT NULL,
    created_at     timestamptz NOT NULL,
    expires_at     timestamptz NOT NULL,
    state          smallint NOT NULL DEFAULT 0,
    worker_id      bigint NOT NULL DEFAULT 0,
    lease          int NOT NULL DEFAULT 0,        -- fence: counts the times it was handed out
    lease_until    timestamptz,
    tried          bigint[] NOT NULL DEFAULT '{}',   -- workers who never get it again
    failures       smallint NOT NULL DEFAULT 0,      -- how many of them failed at it
    PRIMARY KEY (cell, task_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0);
-- The head of a queue is the first entries of this index, whether a thousand wait or a million.
CREATE INDEX work_waiting ON work (cell, queue_id, bid_micros DESC, turn, task_id) WHERE state = 0;
CREATE INDEX work_queued ON work (cell, queue_id, bid_micros DESC, turn, task_id) WHERE state = 2;
CREATE INDEX work_leased ON work (cell, worker_id) WHERE state <> 0;
CREATE INDEX work_expiring ON work (cell, expires_at) WHERE state = 0;

-- A worker's presence. `held` counts their leases: 0 is idle; the second one waits on their desk.
CREATE TABLE session (
    cell          int NOT NULL,
    worker_id     bigint NOT NULL,
    node_id       bigint NOT NULL,
    present       boolean NOT NULL,
    queues        int[] NOT NULL,
    languages     text[] NOT NULL,
    held          smallint NOT NULL DEFAULT 0,
    idle_since    timestamptz NOT NULL,
    online_since  timestamptz NOT NULL,
    earned_micros bigint NOT NULL DEFAULT 0,
    answered      int NOT NULL DEFAULT 0,
    lapses        smallint NOT NULL DEFAULT 0,     -- leases in a row that ran out before them
    PRIMARY KEY (cell, worker_id)
) WITH (fillfactor = 50);
CREATE INDEX session_room ON session (cell, held, idle_since) WHERE present AND held < 2;

-- One matcher at a time per cell and queue locks this row; `virtual_turn` is fair queueing's clock.
CREATE TABLE gate (
    cell         int NOT NULL,
    queue_id     int NOT NULL,
    virtual_turn bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (cell, queue_id)
) WITH (fillfactor = 50);

-- How deep a queue is, measured every second: the exact count is read only while it is small.
CREATE TABLE queue_depth (
    cell            int NOT NULL,
    queue_id        int NOT NULL,
    waiting         bigint NOT NULL,
    average_micros  bigint NOT NULL,      -- of the bids at its head
    measured_at     timestamptz NOT NULL,
    PRIMARY KEY (cell, queue_id)
) WITH (fillfactor = 50);

-- Where an account's next task stands in a queue's virtual time.
CREATE TABLE account_turn (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    queue_id   int NOT NULL,
    next_turn  bigint NOT NULL,
    PRIMARY KEY (cell, account_id, queue_id)
) WITH (fillfactor = 50);

-- A task as it ended. Insert-only; `charged_micros` is 0 when it was released.
CREATE TABLE result (
    cell           int NOT NULL,
    task_id        bigint NOT NULL,
    account_id     bigint NOT NULL,
    queue_id       int NOT NULL,
    soft_id        int NOT NULL,
    ip             text NOT NULL,
    created_at     timestamptz NOT NULL,
    ended_at       timestamptz NOT NULL,
    ending         smallint NOT NULL,     -- tasks/rules.py: Ending
    answer         jsonb,                 -- null unless solved
    media          text NOT NULL,
    worker_id      bigint NOT NULL,       -- 0 unless solved
    lease          int NOT NULL,
    solve_count    smallint NOT NULL,     -- workers who tried
    charged_micros bigint NOT NULL,
    pay_micros     bigint NOT NULL,       -- 0 unless solved
    PRIMARY KEY (cell, task_id)
);
-- The edge minutes of a spending window are read from here alone.
CREATE INDEX result_charged ON result (cell, account_id, ended_at)
    INCLUDE (queue_id, soft_id, ip, charged_micros) WHERE charged_micros > 0;

-- Charged tasks by minute of their end, written in the transaction that charges.
CREATE TABLE usage_minute (
    cell           int NOT NULL,
    account_id     bigint NOT NULL,
    minute         int NOT NULL,          -- Unix time / 60
    queue_id       int NOT NULL,
    soft_id        int NOT NULL,
    ip             text NOT NULL,
    tasks          bigint NOT NULL,
    charged_micros bigint NOT NULL,
    PRIMARY KEY (cell, account_id, minute, queue_id, soft_id, ip)
) WITH (fillfactor = 70);

-- How a queue did, by minute: for getQueueStats.
CREATE TABLE queue_minute (
    cell           int NOT NULL,
    queue_id       int NOT NULL,
    minute         int NOT NULL,
    tasks          bigint NOT NULL,
    handling_ms    bigint NOT NULL,       -- sum over tasks, submission to answer
    charged_micros bigint NOT NULL,
    PRIMARY KEY (cell, queue_id, minute)
) WITH (fillfactor = 50);

-- ---------------------------------------------------------------- first rows

INSERT INTO counter (name, next_value) VALUES ('account', 1), ('worker', 1), ('node', 1);

-- Queue ids and names are the contract's (docs/contracts/anticaptcha.md#queues); prices are the operator's to change.
INSERT INTO queue (queue_id, name, language, price_micros, pay_micros, capacity, lease_seconds) VALUES
    (1, 'English ImageToText', 'en', 700, 500, 100000, 60),
    (2, 'Russian ImageToText', 'ru', 700, 500, 100000, 60);
