-- The whole schema, for reading. db/migrations/ builds exactly this (tests/tidy/test_migrations.py).
--
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

-- Keys that this installation signs with, sealed by one that is not in the database (runtime/installation_keys.py).
CREATE TABLE secret (
    name      text PRIMARY KEY,
    value     bytea NOT NULL,
    sealed_by bytea                                   -- which key seals the value; null: none yet
);

-- In which cell an account lives.
CREATE TABLE account_place (
    account_id bigint PRIMARY KEY,
    name       text NOT NULL,
    cell       int NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE INDEX account_place_name ON account_place (name);
CREATE INDEX account_place_called ON account_place (lower(name), account_id);

-- A customer's client keys, as SHA-256; two may be valid during a rotation.
CREATE TABLE api_key (
    key_hash          bytea PRIMARY KEY,
    cell              int NOT NULL,
    account_id        bigint NOT NULL,
    allowed_addresses text[] NOT NULL DEFAULT '{}',   -- networks; empty: from anywhere
    created_at        timestamptz NOT NULL,
    revoked_at        timestamptz,
    scopes            text[] NOT NULL DEFAULT '{tasks:read,tasks:write,money:read,webhooks}',  -- what of /v1 it opens
    label             text NOT NULL DEFAULT '',       -- what its people call it
    hint              text NOT NULL DEFAULT '',       -- its last four characters; empty: made before they were kept
    made_by           text NOT NULL DEFAULT '',       -- the name that its maker had; empty: the operator
    used_at           timestamptz,                    -- when it was used last, in minutes (runtime/customer_sweeps.py)
    ends_at           timestamptz                     -- when it ends by itself, having been replaced; null: never
);
CREATE INDEX api_key_account ON api_key (account_id);

-- The people of an account and what they may do (accounts/roles.py). Its first owner, 0, has a row once they are changed.
CREATE TABLE colleague (
    account_id bigint NOT NULL,
    person_id  bigint NOT NULL,
    name       text NOT NULL,
    role       text NOT NULL CHECK (role IN ('owner', 'member', 'billing', 'read_only')),
    made_by    text NOT NULL,
    created_at timestamptz NOT NULL,
    removed_at timestamptz,
    PRIMARY KEY (account_id, person_id)
);
CREATE INDEX colleague_called ON colleague (lower(name), account_id, person_id) WHERE removed_at IS NULL;

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
    disabled_at timestamptz,
    declined_queues    int[] NOT NULL DEFAULT '{}',   -- given to them, and not taken now
    declined_languages text[] NOT NULL DEFAULT '{}',
    own_keys           text NOT NULL DEFAULT ''       -- keys of the screens that they have set: `action=key`, by blanks
);
CREATE INDEX worker_called ON worker (lower(name), worker_id) WHERE disabled_at IS NULL;

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
    through     bytea,                                -- the client key or token that began a session, which ends with it
    address     text NOT NULL DEFAULT '',             -- from where a session was used last; empty: it is not known
    seen_at     timestamptz,                          -- when that was, within an hour
    person_id   bigint NOT NULL DEFAULT 0,            -- who of a customer's people: colleague, or accounts/roles.py
    begun_by    text NOT NULL DEFAULT '',             -- what began a session: passkey, company; empty: a link, or `through`
    factors     smallint NOT NULL DEFAULT 1           -- how many proofs that was: a passkey is two
);
CREATE INDEX credential_subject ON credential (role, subject_id) WHERE kind <> 'token';

-- What somebody's device proved that it has: it signs them in (docs/decisions/0082).
CREATE TABLE passkey (
    credential_id bytea PRIMARY KEY,                  -- what its device calls it
    role          text NOT NULL CHECK (role IN ('worker', 'customer', 'operator')),
    subject_id    bigint NOT NULL,
    cell          int NOT NULL DEFAULT 0,
    person_id     bigint NOT NULL DEFAULT 0,
    user_handle   bytea NOT NULL,                     -- what its device knows the person by; all of theirs have one
    public_key    bytea NOT NULL,                     -- COSE
    sign_count    bigint NOT NULL,                    -- how often it signed; 0: it is shared among devices, which do not count
    name          text NOT NULL,                      -- what its person calls it
    created_at    timestamptz NOT NULL,
    used_at       timestamptz
);
CREATE INDEX passkey_subject ON passkey (role, subject_id);

-- Challenges that were answered: none is twice.
CREATE TABLE used_challenge (
    challenge_hash bytea PRIMARY KEY,
    expires_at     timestamptz NOT NULL               -- from when on it could not be answered anyhow
);
CREATE INDEX used_challenge_over ON used_challenge (expires_at);

-- Whom the company's own sign-in signs in here (docs/decisions/0083).
CREATE TABLE identity (
    issuer     text NOT NULL,
    sub        text NOT NULL,                         -- their number there
    role       text NOT NULL CHECK (role IN ('worker', 'customer', 'operator')),
    subject_id bigint NOT NULL,
    cell       int NOT NULL DEFAULT 0,
    person_id  bigint NOT NULL DEFAULT 0,
    name       text NOT NULL,                         -- what the company calls them
    by_claims  boolean NOT NULL,                      -- they are here because of their groups; else they connected it
    created_at timestamptz NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (issuer, sub)
);
CREATE INDEX identity_subject ON identity (role, subject_id);

-- A kind of work with a price, a language and workers who may do it (a reference table: few rows, rarely written).
CREATE TABLE queue (
    queue_id      int PRIMARY KEY,
    name          text NOT NULL UNIQUE,
    language      text NOT NULL,
    price_micros  bigint NOT NULL CHECK (price_micros > 0),
    pay_micros    bigint NOT NULL CHECK (pay_micros >= 0 AND pay_micros <= price_micros),
    capacity      int NOT NULL CHECK (capacity > 0),       -- waiting tasks above which only a high bid enters
    lease_seconds int NOT NULL CHECK (lease_seconds > 0),
    vote_micros   bigint NOT NULL DEFAULT 100 CHECK (vote_micros >= 0),  -- what a reviewer earns with one vote
    accepts_complaints boolean NOT NULL DEFAULT true,      -- about its pictures; of queue 2, the Russian one, it is false
    life_seconds  int CHECK (life_seconds BETWEEN 60 AND 2592000),  -- of an unanswered task; null: the installation's
    default_terms jsonb,                      -- of tasks that say none: consensus/terms.py; null: one answer
    floor         real CHECK (floor > 0 AND floor < 1),   -- who is right less often stops getting it; null: nobody does
    gold_share    real CHECK (gold_share >= 0 AND gold_share <= 0.5),   -- null: as skills/rules.py says
    audit_share   real NOT NULL DEFAULT 0.05 CHECK (audit_share BETWEEN 0 AND 1),   -- of accepted results, by lot
    method        text NOT NULL DEFAULT 'majority',   -- how answers are weighed: consensus/rules.py, Method
    learned_at    timestamptz,                        -- when skills were last worked out from all answers; null: never
    peers_right   real,                               -- how often what the others say is right, as gold and reviewers told; null: 90 %
    marks         smallint NOT NULL DEFAULT 0,        -- what its pictures may show: values/marks.py
    guide         text NOT NULL DEFAULT ''            -- what reviewers of its answers go by
);

-- Applications of developers by the `softId` that they send. The owner gets a share of what is spent through theirs.
CREATE TABLE soft_app (
    soft_id    int PRIMARY KEY CHECK (soft_id > 0),
    name       text NOT NULL,
    cell       int NOT NULL,             -- the owner's
    account_id bigint NOT NULL,
    created_at timestamptz NOT NULL
);

-- TUPU's apps: what a customer's pictures come under. The secretId is public in spite of its name.
CREATE TABLE app (
    secret_id        text PRIMARY KEY,      -- 24 hex characters
    name             text NOT NULL,
    cell             int NOT NULL,          -- the owner's
    account_id       bigint NOT NULL,
    medium           text NOT NULL CHECK (medium IN ('image', 'text', 'speech')),   -- what its results are of
    time_zone        text NOT NULL,         -- whose days its statistics count; never changed
    public_key       text,                  -- the customer's, PEM; null: none was given (code 9)
    calls_per_second int NOT NULL DEFAULT 50 CHECK (calls_per_second > 0),
    suspended        boolean NOT NULL DEFAULT false,
    created_at       timestamptz NOT NULL
);
CREATE INDEX app_account ON app (account_id);

-- An app's recognitions: a named recogniser with its labels (a reference table: few rows, rarely written).
CREATE TABLE recognition (
    task_id        text PRIMARY KEY,        -- 24 hex characters: the wire's taskId
    recognition_id bigint NOT NULL UNIQUE,  -- its small number in the cells' tables
    secret_id      text NOT NULL,
    name           text NOT NULL,
    recogniser     text NOT NULL,           -- an entry point of recognisers/
    model          text NOT NULL DEFAULT '',    -- its TOML file, where it wants one
    labels         jsonb NOT NULL,          -- [[number, name], ...], ascending; below -1: only people give them
    threshold      double precision NOT NULL CHECK (threshold BETWEEN 0 AND 2),   -- above 1: nothing is certain
    queue_id       int NOT NULL DEFAULT 0,  -- where people look at what is uncertain; 0: nobody does
    sample_share   double precision NOT NULL DEFAULT 0 CHECK (sample_share BETWEEN 0 AND 1),   -- of the certain ones
    review_seconds int NOT NULL DEFAULT 86400 CHECK (review_seconds > 0),   -- how long a review may wait for a person
    review_url     text NOT NULL DEFAULT '',    -- where verdicts are pushed to; empty: nowhere
    price_micros   bigint NOT NULL DEFAULT 0 CHECK (price_micros >= 0),   -- of one picture recognised
    closed         boolean NOT NULL DEFAULT false,
    created_at     timestamptz NOT NULL,
    terms          jsonb,  -- how many people a verdict takes; null: as its queue says
    bounds         double precision[] NOT NULL DEFAULT '{}',   -- lowest, highest that the customer may choose; {}: none
    CONSTRAINT recognition_bounds CHECK (bounds = '{}' OR (array_ndims(bounds) = 1
        AND cardinality(bounds) = 2 AND array_position(bounds, NULL) IS NULL
        AND bounds[1] >= 0 AND bounds[2] <= 2 AND threshold BETWEEN bounds[1] AND bounds[2]))
);
CREATE INDEX recognition_app ON recognition (secret_id, recognition_id);

-- Who runs the installation beside the founding operator: operators, auditors (who change nothing), support (no money).
CREATE TABLE staff (
    staff_id   bigint PRIMARY KEY,                    -- `subject_id` of their credentials, whose role is operator
    name       text NOT NULL,
    role       text NOT NULL CHECK (role IN ('operator', 'auditor', 'support')),
    created_at timestamptz NOT NULL,
    removed_at timestamptz
);
CREATE UNIQUE INDEX staff_name ON staff (name) WHERE removed_at IS NULL;

-- What the operator tells workers (docs/decisions/0084).
CREATE TABLE announcement (
    announcement_id bigint PRIMARY KEY,
    words           text NOT NULL,
    language        text NOT NULL DEFAULT '',             -- only workers who know it are told; empty: all
    until           timestamptz,                          -- null: until the operator ends it
    created_at      timestamptz NOT NULL
);

-- Who has read which of them; it goes with the announcement.
CREATE TABLE dismissal (
    announcement_id bigint NOT NULL,
    worker_id       bigint NOT NULL,
    PRIMARY KEY (announcement_id, worker_id)
);

-- Who asks for a new sign-in link without being signed in (docs/decisions/0086): a few, for a few days.
CREATE TABLE link_request (
    request_id bigint PRIMARY KEY,
    name       text NOT NULL,                             -- or a number: as they know themselves
    reach      text NOT NULL,                             -- how the operator can reach them
    address    text NOT NULL,                             -- from where it was sent
    asked_at   timestamptz NOT NULL
);

-- ---------------------------------------------------------------- one cell's data

-- The cell's serial numbers: processes take blocks out of this row, so ids exist before the insert.
CREATE TABLE cell (
    cell        int PRIMARY KEY,
    next_serial bigint NOT NULL,
    cells       smallint NOT NULL DEFAULT 1,      -- how many there are in all, and the how manieth this one is, from 0:
    nth         smallint NOT NULL DEFAULT 0       -- they share what people may be shown of a mark
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
    keep_days      int NOT NULL DEFAULT 90 CHECK (keep_days BETWEEN 0 AND 3650),   -- answers and pictures; 0: not at all
    forgotten_until timestamptz NOT NULL DEFAULT 'epoch',     -- what ended before is forgotten, or in `kept_longer`
    low_micros     bigint NOT NULL DEFAULT 0 CHECK (low_micros >= 0),   -- below it the customer is told; 0: never
    low_url        text NOT NULL DEFAULT '',                    -- where to; empty: on their pages alone
    low_since      timestamptz,                                 -- since when that is so; null: it is not
    PRIMARY KEY (cell, account_id)
);
CREATE INDEX account_low ON account (cell, account_id) WHERE low_micros > 0 OR low_since IS NOT NULL;

-- What customers ask to be topped up with. States: accounts/top_ups.py. The posting has the request's number.
CREATE TABLE top_up_request (
    cell          int NOT NULL,
    request_id    bigint NOT NULL,
    account_id    bigint NOT NULL,
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    note          text NOT NULL,
    asked_by      text NOT NULL,
    asked_at      timestamptz NOT NULL,
    state         smallint NOT NULL DEFAULT 0,
    decided_at    timestamptz,
    word          text NOT NULL DEFAULT '',            -- the operator's, when it is declined
    PRIMARY KEY (cell, request_id)
);
CREATE INDEX top_up_request_account ON top_up_request (cell, account_id, asked_at, request_id);
CREATE INDEX top_up_request_asked ON top_up_request (cell, asked_at, request_id);
CREATE INDEX top_up_request_open ON top_up_request (cell, asked_at, request_id) WHERE state = 0;

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
-- What a statement does not take from the minutes of usage: all but holds, charges and what is given back of a hold.
CREATE INDEX transfer_rare ON transfer (cell, account_id, at) INCLUDE (kind, amount_micros)
    WHERE account_id <> 0 AND kind IN (1, 7, 13, 14);
-- A worker's statement is summed from it alone; the pages of workers come after those of customers.
CREATE INDEX transfer_earned ON transfer (cell, worker_id, at, cause_id, kind, n) INCLUDE (amount_micros)
    WHERE worker_id <> 0;
-- Entries are only ever added, in the order of their instants: a summary per megabyte finds those since a seal, and costs an insert
-- nothing.
CREATE INDEX transfer_at ON transfer USING brin (cell, at) WITH (autosummarize = on);

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
    exported_at  timestamptz,             -- when the month was written to files
    dropped_at   timestamptz,             -- since when its tasks are dropped,
    gone_through bigint NOT NULL DEFAULT 0,   -- up to which number
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

-- What dropped tasks were charged, by the second of their end: statements and spending windows add it up as they did the tasks.
CREATE TABLE dropped_charge (
    cell           int NOT NULL,
    account_id     bigint NOT NULL,
    ended_at       timestamptz NOT NULL,  -- a whole second
    queue_id       int NOT NULL,
    soft_id        int NOT NULL,
    ip             text NOT NULL,
    tasks          bigint NOT NULL,
    charged_micros bigint NOT NULL,
    PRIMARY KEY (cell, account_id, ended_at, queue_id, soft_id, ip)
);

-- What people earned with dropped tasks, by the second and kind of entry.
CREATE TABLE dropped_pay (
    cell          int NOT NULL,
    worker_id     bigint NOT NULL,
    at            timestamptz NOT NULL,   -- a whole second
    kind          smallint NOT NULL,
    entries       bigint NOT NULL,
    amount_micros bigint NOT NULL,
    PRIMARY KEY (cell, worker_id, at, kind)
);

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

-- What workers ask to be paid out: of one request at most one row in each cell (docs/decisions/0078). As long as its `state` is
-- below 2 its money is in the book of requested payouts. Locked before wallets.
CREATE TABLE payout (
    cell          int NOT NULL,
    payout_id     bigint NOT NULL,        -- the cell's serial: the cause of its transfers
    request_id    bigint NOT NULL,        -- the number that people type, of all its cells
    worker_id     bigint NOT NULL,
    ask_key       bytea NOT NULL,         -- asked again with it, nothing is asked for
    amount_micros bigint NOT NULL CHECK (amount_micros > 0),
    state         smallint NOT NULL DEFAULT 0,        -- payouts/rules.py: PayoutState
    shown         text NOT NULL,          -- the end of where the money is to go
    details       bytea NOT NULL,         -- where it is to go, sealed (runtime/installation_keys.py)
    words         text NOT NULL DEFAULT '',           -- of a paid one the reference, of a declined one why
    asked_at      timestamptz NOT NULL,
    approved_at   timestamptz,
    ended_at      timestamptz,            -- paid, declined or withdrawn
    PRIMARY KEY (cell, payout_id),
    CONSTRAINT payout_asked UNIQUE (cell, worker_id, ask_key),
    CONSTRAINT payout_request UNIQUE (cell, request_id),
    CHECK ((state >= 2) = (ended_at IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX payout_worker ON payout (cell, worker_id, asked_at);
CREATE INDEX payout_open ON payout (cell, asked_at) WHERE state < 2;
CREATE INDEX payout_ended ON payout (cell, ended_at) WHERE state >= 2;

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
    contract      smallint NOT NULL DEFAULT 0,    -- through which it came (tasks/rules.py: Contract): how its end is told
    question_id   bigint NOT NULL DEFAULT 0,      -- what is asked, with instructions; 0: `options` say it all
    job_id        bigint NOT NULL DEFAULT 0,      -- 0: a task by itself
    line          int NOT NULL DEFAULT 0,         -- its place in the job, from 1
    external_id   text NOT NULL DEFAULT '',       -- the customer's own name for it; of one job no two are alike
    picture_url   text NOT NULL DEFAULT '',       -- where its picture is fetched when its turn comes; empty: it is here
    marks         smallint NOT NULL DEFAULT 0,    -- its own, beside its queue's: values/marks.py
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX task_account ON task (cell, account_id, task_id);
CREATE INDEX task_external ON task (cell, account_id, external_id, task_id) WHERE external_id <> '';
-- Rows come in the order of these instants: a summary per megabyte finds a minute, and costs an insert nothing.
CREATE INDEX task_came ON task USING brin (cell, created_at) WITH (autosummarize = on);
CREATE UNIQUE INDEX task_line ON task (cell, job_id, line) WHERE job_id <> 0;
CREATE UNIQUE INDEX task_item ON task (cell, job_id, external_id) WHERE job_id <> 0 AND external_id <> '';

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
    site           text NOT NULL DEFAULT '',         -- the proven domain that a token task is for; else empty
    callback_url   text NOT NULL DEFAULT '',      -- where its end is told; empty: nowhere
    base_url       text NOT NULL DEFAULT '',      -- how the customer reached us, for the picture's address told there
    share_micros   bigint CHECK (share_micros >= 0),   -- what of the price is its app's owner's; null: no known app
    desk_since     timestamptz,           -- when it was laid on this desk; of a leased one, when it was shown
    question_id    bigint NOT NULL DEFAULT 0,     -- its instructions; 0: it has none
    job_id         bigint NOT NULL DEFAULT 0,
    entered_at     timestamptz,           -- when a job's task entered the queue; null: when it was created
    of_task        bigint NOT NULL DEFAULT 0,     -- of a seat: whose answer is wanted; 0: the task is this row's own
    purpose        smallint NOT NULL DEFAULT 0,   -- dispatch/rules.py: Purpose
    aside_text     text,                  -- of one laid aside: what was answered; null: it was passed on
    aside_reason   text NOT NULL DEFAULT '',      -- why it was passed on
    aside_until    timestamptz,           -- until when that can be taken back
    aside_ms       int NOT NULL DEFAULT 0,        -- how long they had looked at it, then or before it lay behind another
    marks          smallint NOT NULL DEFAULT 0,   -- its task's own; once it was handed out, its queue's too
    PRIMARY KEY (cell, task_id)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
        autovacuum_vacuum_cost_delay = 0);
-- The head of a queue is the first entries of this index, whether a thousand wait or a million.
CREATE INDEX work_waiting ON work (cell, queue_id, bid_micros DESC, turn, task_id) WHERE state = 0;
-- A listed worker takes their customer's oldest task from wherever it stands.
CREATE INDEX work_account ON work (cell, account_id, queue_id, created_at, task_id) WHERE state = 0;
CREATE INDEX work_queued ON work (cell, queue_id, bid_micros DESC, turn, task_id) WHERE state = 2;
CREATE INDEX work_leased ON work (cell, worker_id) WHERE state IN (1, 2);
CREATE INDEX work_expiring ON work (cell, expires_at) WHERE state = 0;
CREATE INDEX work_job ON work (cell, job_id, state) WHERE job_id <> 0;   -- what rests, waits and ends with its job
CREATE INDEX work_site ON work (cell, account_id, site, state) WHERE site <> '';   -- what ends when a proof does
CREATE INDEX work_seats ON work (cell, of_task) WHERE of_task <> 0;   -- who has seats of one task
CREATE INDEX work_aside ON work (cell, worker_id) WHERE state = 4;    -- what they may take back
CREATE INDEX work_aside_due ON work (cell, aside_until) WHERE state = 4;
CREATE INDEX work_marked ON work (cell, queue_id) WHERE marks <> 0;   -- whether it must be asked who may see what

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
    silent        boolean NOT NULL DEFAULT true,   -- no call and no stream of theirs waits for a task
    took_ms       int NOT NULL DEFAULT 0,          -- from showing to answering, the last time; 0: not known
    left_at       timestamptz,                     -- when they were last present, and in which queues,
    left_queues   int[] NOT NULL DEFAULT '{}',     -- before they left
    practice_queue int NOT NULL DEFAULT 0,         -- whose training set they practise with, below its floor; 0: none
    works_since   timestamptz,                     -- since when they work without a break (wellbeing/rules.py)
    PRIMARY KEY (cell, worker_id)
) WITH (fillfactor = 50);
-- Who asks comes before who is merely present.
CREATE INDEX session_room ON session (cell, held, silent, idle_since) WHERE present;
CREATE INDEX session_left ON session (cell, left_at) WHERE NOT present;

-- What people said of marks, what they may be shown of each a day, and what they were shown (wellbeing/rules.py). Of who never
-- said anything there is no row, and they are shown nothing that is marked. Locked after work.
CREATE TABLE wellbeing (
    cell         int NOT NULL,
    worker_id    bigint NOT NULL,
    agreed       jsonb NOT NULL DEFAULT '{}',      -- marks that they said yes to, by queue
    avoided      smallint NOT NULL DEFAULT 0,      -- marks that they are never shown
    caps         jsonb NOT NULL DEFAULT '{}',      -- by mark; of others the usual ones
    zone         text NOT NULL DEFAULT 'UTC',      -- whose days are counted
    day          date NOT NULL DEFAULT '0001-01-01',
    spent        jsonb NOT NULL DEFAULT '{}',      -- on that day, by mark
    in_a_row     int NOT NULL DEFAULT 0,           -- marked pictures without a pause
    marked_until timestamptz,                      -- the end of the last of them
    PRIMARY KEY (cell, worker_id)
) WITH (fillfactor = 50);

-- How often somebody passed tasks on, by day, queue and reason: a skip leaves nothing else (docs/decisions/0089). Its person's
-- presence is locked before. Practice is not counted; gold is, which is as any other task to them.
CREATE TABLE skip_day (
    cell      int NOT NULL,
    worker_id bigint NOT NULL,
    day       date NOT NULL,        -- in UTC
    queue_id  int NOT NULL,
    reason    text NOT NULL,        -- workers/rules.py
    skips     bigint NOT NULL,
    PRIMARY KEY (cell, worker_id, day, queue_id, reason)
) WITH (fillfactor = 50);
CREATE INDEX skip_day_age ON skip_day (cell, day);

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
    share_micros   bigint NOT NULL DEFAULT 0,   -- what of the charge went to the owner of its soft app
    job_id         bigint NOT NULL DEFAULT 0,
    why            text NOT NULL DEFAULT '',    -- of a picture that could not be had: what its address gave
    kept           boolean NOT NULL DEFAULT true,   -- false: answer, picture and words are gone (docs/decisions/0050)
    answers        smallint NOT NULL DEFAULT 1,   -- people whose answers were paid for
    assurance      smallint NOT NULL DEFAULT 0,   -- tasks/rules.py: Assurance
    confidence     real,                          -- of several answers, 0 to 1; null: one person's word
    is_proven      boolean NOT NULL DEFAULT false,   -- audits prove what its terms promise
    PRIMARY KEY (cell, task_id)
);
-- An account's ends in their order: changes since an instant, and, from here alone, the edge minutes of spending windows.
CREATE INDEX result_account ON result (cell, account_id, ended_at, task_id)
    INCLUDE (queue_id, soft_id, ip, charged_micros, job_id);

CREATE INDEX result_ended ON result USING brin (cell, ended_at) WITH (autosummarize = on);

-- Tasks past their account's keep that a complaint, an appeal or a call-back still needs: looked at again and again.
CREATE TABLE kept_longer (
    cell       int NOT NULL,
    task_id    bigint NOT NULL,
    look_at    timestamptz NOT NULL,
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX kept_longer_due ON kept_longer (cell, look_at);

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

-- How a queue looked in a minute, for the operator's charts; minutes in which nothing was there have no row.
CREATE TABLE queue_sample (
    cell     int NOT NULL,
    queue_id int NOT NULL,
    minute   int NOT NULL,          -- Unix time / 60
    waiting  bigint NOT NULL,       -- tasks, when it was looked
    present  int NOT NULL,          -- workers, then
    arrived  bigint NOT NULL,       -- tasks that came in the minute
    expired  bigint NOT NULL,       -- tasks that nobody finished in their life
    PRIMARY KEY (cell, queue_id, minute)
);

-- Which minute of a cell's queues was sampled last: whoever writes it counts that minute, and nobody else does.
CREATE TABLE sampled_minute (
    cell   int PRIMARY KEY,
    minute int NOT NULL             -- Unix time / 60
);

-- ---------------------------------------------------------------- recourse

-- A customer's word on a solution, one per task: a complaint or praise. Kinds and states: reports/rules.py.
CREATE TABLE report (
    cell            int NOT NULL,
    task_id         bigint NOT NULL,
    account_id      bigint NOT NULL,
    queue_id        int NOT NULL,
    worker_id       bigint NOT NULL,                -- who gave the answer
    kind            smallint NOT NULL,
    state           smallint NOT NULL,
    why             text NOT NULL DEFAULT '',       -- why it was ignored, or decided without votes
    ended_at        timestamptz NOT NULL,
    filed_at        timestamptz NOT NULL,
    decided_at      timestamptz,
    refunded_micros bigint NOT NULL DEFAULT 0,
    cancelled_micros bigint NOT NULL DEFAULT 0,     -- pay that the worker lost by it
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX report_account ON report (cell, account_id, filed_at, task_id);
CREATE INDEX report_worker ON report (cell, worker_id, filed_at) WHERE kind = 0;
CREATE INDEX report_open ON report (cell, filed_at) WHERE state = 0;
-- The guard counts a day of token reports from here alone.
CREATE INDEX report_token ON report (cell, filed_at) INCLUDE (account_id, queue_id, kind) WHERE kind IN (1, 2);

-- Reports that were refused: the wire says 16 for all of them, this keeps the true reason for a month. Task 0 stands
-- for many that the account never had.
CREATE TABLE refused_report (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    task_id    bigint NOT NULL,
    kind       smallint NOT NULL,
    reason     text NOT NULL,
    times      int NOT NULL DEFAULT 1,
    at         timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id, task_id, kind, reason)
);
CREATE INDEX refused_report_account ON refused_report (cell, account_id, at);
CREATE INDEX refused_report_age ON refused_report (cell, at);

-- How often reviewers confirmed an account's complaints. Nothing ever sets it back (docs/contracts/anticaptcha.md#complaints).
CREATE TABLE reporter (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    judged     bigint NOT NULL,
    confirmed  bigint NOT NULL,
    PRIMARY KEY (cell, account_id)
) WITH (fillfactor = 50);

-- One of the three judgements of a complaint: leased to a reviewer like a task, then voted or closed unpaid.
CREATE TABLE vote_slot (
    cell        int NOT NULL,
    task_id     bigint NOT NULL,
    n           smallint NOT NULL,
    state       smallint NOT NULL DEFAULT 0,
    author_id   bigint NOT NULL,             -- who gave the answer: never judges it
    queue_id    int NOT NULL,
    filed_at    timestamptz NOT NULL,
    reviewer_id bigint NOT NULL DEFAULT 0,
    lease       int NOT NULL DEFAULT 0,      -- fence: counts the times it was handed out
    lease_until timestamptz,
    verdict     smallint,
    reason      text NOT NULL DEFAULT '',
    voted_at    timestamptz,
    pay_micros  bigint NOT NULL DEFAULT 0,   -- what the vote earns: the queue's when the complaint came
    shown_at    timestamptz,                 -- of a leased one: since when it lies before its reviewer
    passed_by   bigint[] NOT NULL DEFAULT '{}',
    settles_at  timestamptz,                 -- of a vote that can be taken back: until when
    looked_marks smallint NOT NULL DEFAULT 0, -- of a leased one: the marks of which the look at it is counted
    PRIMARY KEY (cell, task_id, n)
) WITH (fillfactor = 50);
CREATE INDEX vote_slot_open ON vote_slot (cell, filed_at, task_id, n) WHERE state = 0;
CREATE INDEX vote_slot_leased ON vote_slot (cell, lease_until) WHERE state IN (1, 5);
CREATE INDEX vote_slot_aside ON vote_slot (cell, settles_at) WHERE state = 4;
-- Nobody judges a complaint twice.
CREATE UNIQUE INDEX vote_slot_once ON vote_slot (cell, task_id, reviewer_id) WHERE reviewer_id <> 0;
CREATE INDEX vote_slot_held ON vote_slot (cell, reviewer_id) WHERE state IN (1, 5);
CREATE INDEX vote_slot_reviewer ON vote_slot (cell, reviewer_id, voted_at) WHERE reviewer_id <> 0;

-- How often a reviewer voted on decided complaints, and how often against the verdict.
CREATE TABLE reviewer_record (
    cell        int NOT NULL,
    reviewer_id bigint NOT NULL,
    votes       bigint NOT NULL,
    against     bigint NOT NULL,
    works_since timestamptz,                       -- since when they judge without a break (workers/breaks/),
    seen_at     timestamptz,                       -- when something was last laid before them, or they last decided,
    rests_since timestamptz,                       -- and when the break began that was due
    PRIMARY KEY (cell, reviewer_id)
) WITH (fillfactor = 50);

-- A worker's one appeal against a confirmed complaint; an accepted one is paid by the house (docs/decisions/0025#pay).
-- Its number is the task's, or of one of several answers that answer's own.
CREATE TABLE appeal (
    cell        int NOT NULL,
    task_id     bigint NOT NULL,
    worker_id   bigint NOT NULL,
    words       text NOT NULL,
    pay_micros  bigint NOT NULL,
    filed_at    timestamptz NOT NULL,
    decided_at  timestamptz,
    accepted    boolean,
    answer      text NOT NULL DEFAULT '',
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX appeal_open ON appeal (cell, filed_at) WHERE decided_at IS NULL;
CREATE INDEX appeal_worker ON appeal (cell, worker_id, filed_at);

-- Money given back, by the end of the task it is for: spending windows take it off there.
CREATE TABLE refund (
    cell            int NOT NULL,
    task_id         bigint NOT NULL,
    account_id      bigint NOT NULL,
    queue_id        int NOT NULL,
    soft_id         int NOT NULL,
    ip              text NOT NULL,
    ended_at        timestamptz NOT NULL,
    refunded_at     timestamptz NOT NULL,
    refunded_micros bigint NOT NULL,
    PRIMARY KEY (cell, task_id),
    CONSTRAINT refund_positive CHECK (refunded_micros > 0)
);
CREATE INDEX refund_account ON refund (cell, account_id, ended_at);
-- Statements, and lists of what changed, have a refund when it was given.
CREATE INDEX refund_given ON refund (cell, account_id, refunded_at, task_id)
    INCLUDE (queue_id, soft_id, ip, refunded_micros, ended_at);

-- ---------------------------------------------------------------- questions and jobs

-- What is asked about pictures, stored once per account and wording. Kinds and options: tasks/questions.py.
CREATE TABLE question (
    cell         int NOT NULL,
    question_id  bigint NOT NULL,
    account_id   bigint NOT NULL,
    digest       bytea NOT NULL,          -- SHA-256 of all that follows, pictures included
    kind         text NOT NULL,
    options      jsonb NOT NULL,
    instructions text NOT NULL,           -- empty: none
    examples     jsonb NOT NULL,          -- [{"answer", "words", "picture": n or null}]
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (cell, question_id)
);
CREATE UNIQUE INDEX question_digest ON question (cell, account_id, digest);

-- Pictures of a question's examples.
CREATE TABLE question_picture (
    cell        int NOT NULL,
    question_id bigint NOT NULL,
    n           smallint NOT NULL,
    media       text NOT NULL,
    bytes       bytea NOT NULL,
    PRIMARY KEY (cell, question_id, n)
);
ALTER TABLE question_picture ALTER bytes SET STORAGE EXTERNAL;

-- Which instructions a worker was shown before their first task of that question.
CREATE TABLE question_seen (
    cell        int NOT NULL,
    worker_id   bigint NOT NULL,
    question_id bigint NOT NULL,
    seen_at     timestamptz NOT NULL,
    PRIMARY KEY (cell, worker_id, question_id)
);

-- The right answer of a task where its customer knows it; nobody who answers sees it.
CREATE TABLE truth (
    cell    int NOT NULL,
    task_id bigint NOT NULL,
    answer  text NOT NULL,
    PRIMARY KEY (cell, task_id)
);

-- Tasks that share a question and terms. Its tasks are rows of `task` from the upload on, in the order of their lines;
-- they enter the queue in that order, `entered` being the last one that did. States and counts: jobs/rules.py.
CREATE TABLE job (
    cell            int NOT NULL,
    job_id          bigint NOT NULL,
    account_id      bigint NOT NULL,
    name            text NOT NULL,
    state           smallint NOT NULL DEFAULT 0,     -- jobs/rules.py: JobState
    queue_id        int NOT NULL,
    question_id     bigint NOT NULL,
    answers         smallint NOT NULL DEFAULT 1 CHECK (answers > 0),   -- people asked per task
    life_seconds    int CHECK (life_seconds BETWEEN 60 AND 2592000),
    deadline        timestamptz,                     -- what waits then ends unanswered
    budget_micros   bigint CHECK (budget_micros >= 0),   -- held and charged stay below; null: no other limit than the balance
    price_at_most_micros bigint CHECK (price_at_most_micros > 0),   -- of one task; null: the queue's price
    callback_url    text NOT NULL DEFAULT '',
    base_url        text NOT NULL DEFAULT '',
    created_at      timestamptz NOT NULL,
    started_at      timestamptz,
    ended_at        timestamptz,
    waits_for       text NOT NULL DEFAULT '',        -- why nothing enters: budget, price, balance, queue, pictures; empty: it goes on
    items           int NOT NULL DEFAULT 0,          -- lines of complete uploads
    entered         int NOT NULL DEFAULT 0,          -- lines up to this one entered the queue or ended before it
    open            int NOT NULL DEFAULT 0,          -- of them wait, rest or are being answered
    solved          int NOT NULL DEFAULT 0,
    unsolvable      int NOT NULL DEFAULT 0,
    unanswered      int NOT NULL DEFAULT 0,
    failed          int NOT NULL DEFAULT 0,          -- their pictures could not be had
    cancelled       int NOT NULL DEFAULT 0,
    held_micros     bigint NOT NULL DEFAULT 0,
    charged_micros  bigint NOT NULL DEFAULT 0,
    refunded_micros bigint NOT NULL DEFAULT 0,
    claim           int NOT NULL DEFAULT 0,          -- fence: counts the times a process took it to feed it
    claimed_until   timestamptz,
    changed_at      timestamptz NOT NULL,
    stuck_at        timestamptz,                     -- since when its customer knows that nobody answers; null: it moves
    terms          jsonb,          -- how many people each of its tasks takes; null: one
    PRIMARY KEY (cell, job_id)
) WITH (fillfactor = 50);
CREATE INDEX job_account ON job (cell, account_id, job_id);
CREATE INDEX job_live ON job (cell, job_id) WHERE state <> 0 AND ended_at IS NULL;   -- of which something is left to do

-- A file of items, taken in parts: one that broke off goes on, one that is complete is not taken twice.
CREATE TABLE job_upload (
    cell       int NOT NULL,
    job_id     bigint NOT NULL,
    upload_key text NOT NULL,
    first_line int NOT NULL,
    lines      int NOT NULL,                  -- of the file, those that hold no item too
    items      int NOT NULL,
    complete   boolean NOT NULL,             -- false: its lines are no items yet
    digest     bytea NOT NULL,               -- of its items so far (jobs/upload_rules.py); empty: they are being deleted
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (cell, job_id, upload_key)
);
CREATE INDEX job_upload_open ON job_upload (cell, changed_at) WHERE NOT complete;

-- Calls of /v1 that carried an Idempotency-Key, kept for ever: what they made is made once.
CREATE TABLE repeated_call (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    key_hash   bytea NOT NULL,               -- SHA-256 of the key
    body_hash  bytea NOT NULL,               -- SHA-256 of what was asked, and of which call
    subject_id bigint NOT NULL,              -- what the call made: a task, a job, a report
    at         timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id, key_hash)
);

-- Where an account's pictures lie with an S3-compatible store, and with which credentials they are read.
CREATE TABLE bucket (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    name       text NOT NULL,
    endpoint   text NOT NULL,
    region     text NOT NULL,
    access_key text NOT NULL,
    secret     bytea NOT NULL,               -- sealed (runtime/installation_keys.py)
    created_at timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id, name)
);

-- ---------------------------------------------------------------- call-backs (webhooks/rules.py)

-- The end of a task that is to be told to its callbackUrl, written in the transaction that ends it; swept after a month.
CREATE TABLE delivery (
    cell         int NOT NULL,
    task_id      bigint NOT NULL,
    account_id   bigint NOT NULL,
    url          text NOT NULL,
    receiver     text NOT NULL,                  -- host and port of the url, of mail its account's line: see receiver_of
    base_url     text NOT NULL,
    state        smallint NOT NULL DEFAULT 0,
    tries        int NOT NULL DEFAULT 0,
    tries_before int NOT NULL DEFAULT 0,         -- of them before the last replay
    claim        int NOT NULL DEFAULT 0,         -- fence: counts the times that a process took it
    next_at      timestamptz NOT NULL,           -- of a waiting one: when it is due, or when a process's claim is over
    ended_at     timestamptz NOT NULL,
    closed_at    timestamptz,                    -- when it was delivered or given up
    last_status  int NOT NULL DEFAULT 0,         -- 0: nothing was answered
    last_fault   text NOT NULL DEFAULT '',
    event        text NOT NULL DEFAULT '',       -- what is told; empty: a task's end as getTaskResult gives it
    subject_id   bigint NOT NULL DEFAULT 0,      -- the job or task that an event is about; `task_id` is then its own serial
    PRIMARY KEY (cell, task_id)
) WITH (fillfactor = 70);
-- The due ones of each receiver are the first entries; receivers are found one after the other.
CREATE INDEX delivery_due ON delivery (cell, receiver, next_at) WHERE state = 0;
CREATE INDEX delivery_account ON delivery (cell, account_id, task_id);
CREATE INDEX delivery_given_up ON delivery (cell, account_id, task_id) WHERE state = 2;
CREATE INDEX delivery_age ON delivery (cell, ended_at);
CREATE INDEX delivery_subject ON delivery (cell, subject_id) WHERE state = 0 AND subject_id <> 0;
CREATE INDEX delivery_mail ON delivery (cell, account_id, url, task_id DESC) WHERE url LIKE 'mailto:%';
CREATE INDEX delivery_low ON delivery (cell, account_id, ended_at) WHERE event = 'balance.low' AND url LIKE 'mailto:%';

-- Every try of a delivery.
CREATE TABLE delivery_try (
    cell         int NOT NULL,
    task_id      bigint NOT NULL,
    n            int NOT NULL,
    at           timestamptz NOT NULL,
    status       int NOT NULL,
    fault        text NOT NULL,                  -- empty when it was delivered
    milliseconds int NOT NULL,
    PRIMARY KEY (cell, task_id, n)
);

-- How often an account's secret was renewed; both sign for a day after that. Without a row it never was.
CREATE TABLE webhook_rotation (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    generation int NOT NULL,
    rotated_at timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id)
);

-- Where an account's notices go by e-mail. Each is a delivery whose url is mailto:.
CREATE TABLE notice_address (
    cell         int NOT NULL,
    account_id   bigint NOT NULL,
    address_id   bigint NOT NULL,                -- a serial of the cell
    address      text NOT NULL,
    notices      text[] NOT NULL,
    language     text NOT NULL,
    created_at   timestamptz NOT NULL,
    confirmed_at timestamptz,                    -- null: nothing but the link to confirm it goes there
    ended_at     timestamptz,                    -- removed, or unsubscribed by whoever reads there
    unsubscribed boolean NOT NULL DEFAULT false,
    PRIMARY KEY (cell, account_id, address_id)
);
CREATE UNIQUE INDEX notice_address_once ON notice_address (cell, account_id, address) WHERE ended_at IS NULL;
CREATE INDEX notice_address_ended ON notice_address (cell, ended_at) WHERE ended_at IS NOT NULL;

-- ---------------------------------------------------------------- soft apps

-- What a customer's tasks through an app came to, by the day (UTC) they ended, written with their ends. The sums of the
-- three amounts are the app's book in the ledger (manyeyes db check).
CREATE TABLE app_day (
    cell              int NOT NULL,
    soft_id           int NOT NULL,
    day               date NOT NULL,
    account_id        bigint NOT NULL,
    solved            bigint NOT NULL DEFAULT 0,
    unsolvable        bigint NOT NULL DEFAULT 0,       -- charged, but not solved
    released          bigint NOT NULL DEFAULT 0,       -- neither solved nor charged
    share_micros      bigint NOT NULL DEFAULT 0,
    taken_back_micros bigint NOT NULL DEFAULT 0,       -- by the day of the task that was refunded
    paid_out_micros   bigint NOT NULL DEFAULT 0,       -- in the owner's rows, by the day of the pay-out
    PRIMARY KEY (cell, soft_id, day, account_id)
) WITH (fillfactor = 70);

-- Calls of createTask through an app that were refused, by day (UTC) and reason (refusals.py).
CREATE TABLE app_refusal_day (
    cell    int NOT NULL,
    soft_id int NOT NULL,
    day     date NOT NULL,
    reason  text NOT NULL,
    times   bigint NOT NULL,
    PRIMARY KEY (cell, soft_id, day, reason)
) WITH (fillfactor = 70);

-- ---------------------------------------------------------------- sites

-- A domain whose owner names this account. States and when it is checked again: sites/rules.py.
CREATE TABLE site (
    cell        int NOT NULL,
    account_id  bigint NOT NULL,
    domain      text NOT NULL,                  -- lower case, IDNA, without a dot at the end
    token       text NOT NULL,                  -- what the owner publishes
    state       smallint NOT NULL,
    proven_by   smallint NOT NULL DEFAULT 0,    -- where the proof was found last
    created_at  timestamptz NOT NULL,
    verified_at timestamptz,                    -- when the proof was found last
    checked_at  timestamptz,
    check_at    timestamptz,                    -- when it is looked for again; null: when somebody asks
    failures    smallint NOT NULL DEFAULT 0,    -- checks in a row that learnt nothing
    why         text NOT NULL DEFAULT '',       -- what the last check saw
    swept       boolean NOT NULL DEFAULT true,  -- false: its open tasks are still to be ended
    PRIMARY KEY (cell, account_id, domain)
);
CREATE INDEX site_due ON site (cell, check_at) WHERE check_at IS NOT NULL;
CREATE INDEX site_unswept ON site (cell, account_id, domain) WHERE NOT swept;

-- The audit trail of sites: every check and every use. Insert-only, kept for ever. Kinds: sites/rules.py.
CREATE TABLE site_event (
    cell       int NOT NULL,
    cause_id   bigint NOT NULL,                 -- the task, or the event's own serial
    kind       smallint NOT NULL,
    n          int NOT NULL,                    -- the lease of a task; else 0
    account_id bigint NOT NULL,
    domain     text NOT NULL,
    worker_id  bigint NOT NULL DEFAULT 0,
    detail     text NOT NULL DEFAULT '',
    at         timestamptz NOT NULL,
    PRIMARY KEY (cell, cause_id, kind, n)
);
CREATE INDEX site_event_site ON site_event (cell, domain, at);
-- What a customer thinks of a worker, for one hour from their last word on them: listed, or filtered (docs/decisions/0011).
CREATE TABLE standing (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    worker_id  bigint NOT NULL,
    filtered   boolean NOT NULL,             -- false: on the allow-list
    until      timestamptz NOT NULL,
    PRIMARY KEY (cell, account_id, worker_id) INCLUDE (filtered, until)
);
CREATE INDEX standing_worker ON standing (cell, worker_id, filtered, until) INCLUDE (account_id);
CREATE INDEX standing_until ON standing (cell, until);

-- Accounts whose reports of incorrect tokens stood out so far that they are ignored for days (docs/decisions/0012).
CREATE TABLE ignored_reporter (
    cell       int NOT NULL,
    account_id bigint NOT NULL,
    until      timestamptz NOT NULL,
    why        text NOT NULL,
    PRIMARY KEY (cell, account_id)
);

-- ---------------------------------------------------------------- recognition

-- What was answered to a signed call, kept while its timestamp would be taken again: a re-send gets the same answer.
CREATE TABLE recognition_call (
    cell      int NOT NULL,
    secret_id text NOT NULL,
    triple    bytea NOT NULL,               -- SHA-256 of the timestamp and the nonce
    call_id   bigint NOT NULL,
    digest    bytea NOT NULL,               -- SHA-256 of what was asked
    answer    text NOT NULL,                -- the inner JSON, before it is signed
    at        timestamptz NOT NULL,
    PRIMARY KEY (cell, secret_id, triple)
);
CREATE INDEX recognition_call_age ON recognition_call (cell, at);

-- One picture (or one frame) under one recognition. Insert-only.
CREATE TABLE recognition_result (
    cell           int NOT NULL,
    recognition_id bigint NOT NULL,
    result_id      bigint NOT NULL,         -- the cell's serial
    call_id        bigint NOT NULL,
    at             timestamptz NOT NULL,
    name           text NOT NULL,           -- address or file name
    tag            text NOT NULL,
    uid            text NOT NULL,
    sequence_id    text NOT NULL,
    label          int NOT NULL,            -- -1: the picture could not be recognised
    rate           double precision NOT NULL,   -- 0: no opinion
    threshold      double precision NOT NULL,   -- as it was then
    review         boolean NOT NULL,        -- uncertain when it was answered; a later verdict does not change it
    fault          text NOT NULL,           -- why the label is -1
    details        jsonb,
    milliseconds   int NOT NULL,            -- from the call's arrival to its answer
    task_id        bigint NOT NULL,         -- what a person is asked; 0: nobody is
    charged_micros bigint NOT NULL,         -- for the recogniser's work; the person's is charged with the task
    PRIMARY KEY (cell, recognition_id, result_id)
);
CREATE INDEX recognition_result_at ON recognition_result (cell, recognition_id, at, result_id);

-- What a person is asked about a result, and the verdict beside the recogniser's label. States: recognitions/rules.py.
CREATE TABLE recognition_review (
    cell           int NOT NULL,
    task_id        bigint NOT NULL,
    recognition_id bigint NOT NULL,
    result_id      bigint NOT NULL,
    asked_at       timestamptz NOT NULL,    -- the result's instant
    day            date NOT NULL,           -- and its day in the app's time zone: where people's part is counted
    label          int NOT NULL,            -- the recogniser's
    rate           double precision NOT NULL,
    threshold      double precision NOT NULL,   -- as it was then; with the share below: how likely a person was asked
    sample_share   double precision NOT NULL,   -- as it was then, of uncertain ones too (recognitions/calibration.py)
    sampled        boolean NOT NULL,        -- it was certain, and is asked to calibrate the threshold
    name           text NOT NULL,
    state          smallint NOT NULL DEFAULT 0,
    verdict        int,
    worker_id      bigint NOT NULL DEFAULT 0,
    ended_at       timestamptz,
    refuted        boolean NOT NULL DEFAULT false,   -- reviewers confirmed a complaint about the verdict
    PRIMARY KEY (cell, task_id)
) WITH (fillfactor = 70);
CREATE INDEX recognition_review_result ON recognition_review (cell, recognition_id, result_id);
CREATE INDEX recognition_review_verdicts ON recognition_review (cell, recognition_id, ended_at) WHERE state = 1;

-- Results by day in the app's time zone and label, written with them; people's part is by the day of the result.
CREATE TABLE recognition_day (
    cell           int NOT NULL,
    recognition_id bigint NOT NULL,
    day            date NOT NULL,
    label          int NOT NULL,            -- the recogniser's; -1: failed
    total          bigint NOT NULL DEFAULT 0,
    review         bigint NOT NULL DEFAULT 0,
    reviewed       bigint NOT NULL DEFAULT 0,
    overturned     bigint NOT NULL DEFAULT 0,   -- the person gave another label
    PRIMARY KEY (cell, recognition_id, day, label)
) WITH (fillfactor = 50);

-- Results by quarter of an hour, and what became of them: the funnel in any time zone.
CREATE TABLE recognition_quarter (
    cell           int NOT NULL,
    recognition_id bigint NOT NULL,
    quarter        int NOT NULL,            -- Unix time / 900, of the result
    certain        bigint NOT NULL DEFAULT 0,
    uncertain      bigint NOT NULL DEFAULT 0,
    failed         bigint NOT NULL DEFAULT 0,
    asked          bigint NOT NULL DEFAULT 0,       -- a person was asked: uncertain ones and samples
    reviewed       bigint NOT NULL DEFAULT 0,
    overturned     bigint NOT NULL DEFAULT 0,
    undecided      bigint NOT NULL DEFAULT 0,       -- the asking ended without a verdict
    PRIMARY KEY (cell, recognition_id, quarter)
) WITH (fillfactor = 50);

-- How long things took, as a histogram. Measures and buckets: recognitions/duration_histograms.py.
CREATE TABLE recognition_time (
    cell           int NOT NULL,
    recognition_id bigint NOT NULL,
    quarter        int NOT NULL,            -- of the result
    measure        smallint NOT NULL,
    bucket         smallint NOT NULL,
    times          bigint NOT NULL,
    PRIMARY KEY (cell, recognition_id, quarter, measure, bucket)
) WITH (fillfactor = 50);

-- ---------------------------------------------------------------- several people

-- The people who are asked about one task of several answers. Open while `state` is below 2 (panels/rules.py: PanelState);
-- kept afterwards, as what was asked for. Locked after work, before pending pay.
CREATE TABLE panel (
    cell          int NOT NULL,
    task_id       bigint NOT NULL,
    account_id    bigint NOT NULL,
    queue_id      int NOT NULL,
    job_id        bigint NOT NULL,
    question_id   bigint NOT NULL,
    terms         jsonb NOT NULL,          -- consensus/terms.py
    state         smallint NOT NULL DEFAULT 0,
    first_seat    bigint NOT NULL,         -- seats are numbered from it: `work.task_id`
    seats         smallint NOT NULL,       -- opened until now
    open          smallint NOT NULL,       -- of them: nobody has answered and they are not closed
    given         smallint NOT NULL DEFAULT 0,    -- answers
    failures      smallint NOT NULL DEFAULT 0,    -- people who failed at closed seats
    asked         bigint[] NOT NULL DEFAULT '{}',   -- who answered or passed on a seat that is closed: never asked again
    bid_micros    bigint NOT NULL,
    turn          bigint NOT NULL,
    price_micros  bigint NOT NULL,
    pay_micros    bigint NOT NULL,
    held_micros   bigint NOT NULL,         -- the most it may cost
    share_micros  bigint,
    lease_seconds int NOT NULL,
    life_seconds  int NOT NULL,
    base_url      text NOT NULL,
    media         text NOT NULL,
    created_at    timestamptz NOT NULL,
    entered_at    timestamptz,
    PRIMARY KEY (cell, task_id)
) WITH (fillfactor = 70);
CREATE INDEX panel_open ON panel (cell, account_id) INCLUDE (held_micros) WHERE state < 2;
CREATE INDEX panel_seat ON panel (cell, first_seat);
CREATE INDEX panel_job ON panel (cell, job_id) WHERE job_id <> 0 AND state < 2;

-- What one person gave to a task of several, to gold or to practice; a task of one answer has it in `result`. Insert-only,
-- but for what is found out later.
CREATE TABLE answer (
    cell         int NOT NULL,
    answer_id    bigint NOT NULL,         -- the seat's number
    task_id      bigint NOT NULL,
    account_id   bigint NOT NULL,
    queue_id     int NOT NULL,
    question_id  bigint NOT NULL,
    purpose      smallint NOT NULL,       -- dispatch/rules.py: Purpose
    worker_id    bigint NOT NULL,
    lease        int NOT NULL,
    answer       text,                    -- in its kind's one form; null: no longer kept
    price_micros bigint NOT NULL,
    pay_micros   bigint NOT NULL,
    took_ms      int NOT NULL,
    answered_at  timestamptz NOT NULL,
    is_right     boolean,                 -- by gold, audit or verdict; null: nobody knows
    refuted_at   timestamptz,             -- a complaint about its result was confirmed, and it said the same
    is_aside     boolean NOT NULL DEFAULT false,   -- who gave it is below the floor: it has no vote, another was asked
    PRIMARY KEY (cell, answer_id)
);
CREATE INDEX answer_task ON answer (cell, task_id, answer_id);
CREATE INDEX answer_worker ON answer (cell, worker_id, queue_id, answered_at);
CREATE INDEX answer_refuted ON answer (cell, worker_id, refuted_at) WHERE refuted_at IS NOT NULL;
CREATE INDEX answer_queue ON answer (cell, queue_id, answered_at);

-- Tasks whose right answer is known, asked of people unseen. One that good workers deny is put aside.
CREATE TABLE gold (
    cell        int NOT NULL,
    task_id     bigint NOT NULL,
    account_id  bigint NOT NULL,
    queue_id    int NOT NULL,
    question_id bigint NOT NULL,
    answer      text NOT NULL,
    source      smallint NOT NULL,        -- skills/rules.py: GoldSource
    asked       int NOT NULL DEFAULT 0,
    wrong       int NOT NULL DEFAULT 0,
    created_at  timestamptz NOT NULL,
    aside_at    timestamptz,              -- not asked any more, and its evidence counts no more; `why` says why
    why         text NOT NULL DEFAULT '',
    PRIMARY KEY (cell, task_id)
);
CREATE INDEX gold_queue ON gold (cell, queue_id, task_id) WHERE aside_at IS NULL;

-- What is known of a worker in a queue: weights of evidence, decayed to `as_of` (skills/rules.py).
CREATE TABLE skill (
    cell         int NOT NULL,
    queue_id     int NOT NULL,
    worker_id    bigint NOT NULL,
    right_weight real NOT NULL DEFAULT 0,
    wrong_weight real NOT NULL DEFAULT 0,
    confusion    jsonb NOT NULL DEFAULT '{}',
    as_of        timestamptz NOT NULL,
    answered     int NOT NULL DEFAULT 0,
    gold_asked   int NOT NULL DEFAULT 0,
    gold_wrong   int NOT NULL DEFAULT 0,
    suspicion    real NOT NULL DEFAULT 0, -- from 0 to 1: brings more gold (skills/floor.py)
    since        timestamptz,             -- what is older is no matter of the floor any more: the bar was lifted then
    barred_at    timestamptz,             -- they get this queue no more
    barred_why   text NOT NULL DEFAULT '',
    is_to_replace boolean NOT NULL DEFAULT false,   -- what they gave and is not decided is to be asked of others
    appealed_at  timestamptz,             -- once for each bar; nothing fades while it is undecided
    appeal_words text NOT NULL DEFAULT '',
    appeal_decided_at timestamptz,
    appeal_accepted boolean,
    appeal_answer text NOT NULL DEFAULT '',
    PRIMARY KEY (cell, queue_id, worker_id)
) WITH (fillfactor = 70);
CREATE INDEX skill_worker ON skill (cell, worker_id);
CREATE INDEX skill_replace ON skill (cell) WHERE is_to_replace;
CREATE INDEX skill_appeal ON skill (cell, appealed_at) WHERE appealed_at IS NOT NULL AND appeal_decided_at IS NULL;

-- Answers that were checked, each with what was right: skills are counted from these (skills/rules.py: Evidence).
CREATE TABLE evidence (
    cell         int NOT NULL,
    queue_id     int NOT NULL,
    worker_id    bigint NOT NULL,
    task_id      bigint NOT NULL,
    source       text NOT NULL,
    at           timestamptz NOT NULL,
    truth        text NOT NULL,           -- keys under which answers are alike (consensus/likeness.py)
    given        text NOT NULL,
    is_unanimous boolean NOT NULL,        -- of peers: all of them said so
    is_aside     boolean NOT NULL DEFAULT false,   -- its gold was put aside: it counts no more
    is_counted   boolean NOT NULL DEFAULT false,   -- `skill` has it
    labels       smallint NOT NULL DEFAULT 0,      -- among how many labels one chose; 0: the answer is typed
    PRIMARY KEY (cell, queue_id, worker_id, task_id, source)
);
CREATE INDEX evidence_order ON evidence (cell, queue_id, worker_id, at);
CREATE INDEX evidence_new ON evidence (cell, at) WHERE NOT is_counted;
CREATE INDEX evidence_task ON evidence (cell, task_id);

-- Gold that was ever laid on somebody's desk, answered or not: nobody gets one twice.
CREATE TABLE gold_seen (
    cell      int NOT NULL,
    worker_id bigint NOT NULL,
    task_id   bigint NOT NULL,
    queue_id  int NOT NULL,
    work_id   bigint NOT NULL,            -- under which number it lay there
    laid_at   timestamptz NOT NULL,
    passed_lease int NOT NULL DEFAULT 0,  -- on which lease they passed it on; 0: they did not
    passed_at    timestamptz,             -- and when
    PRIMARY KEY (cell, worker_id, task_id)
);
CREATE INDEX gold_seen_work ON gold_seen (cell, work_id);

-- Who answers as somebody else does, or as the recogniser, or before they can have looked: a night's finding, for the operator
-- to look at; it stops nobody.
CREATE TABLE alike (
    cell      int NOT NULL,
    queue_id  int NOT NULL,
    worker_id bigint NOT NULL,          -- of a pair the one with the lower number
    kind      text NOT NULL,            -- 'pair', 'model', 'haste'
    other_id  bigint NOT NULL,          -- of a pair the other one; else 0
    tasks     int NOT NULL,             -- pictures that both answered and not both rightly; of haste: timed answers
    alike     int NOT NULL,             -- of these, both wrong in the same way; of haste: quicker than one can look
    expected  real NOT NULL,            -- so many at the most of people who look for themselves
    first_at  timestamptz,              -- of the pictures on which both were wrong alike, the first
    found_at  timestamptz NOT NULL,     -- when a night found it first, and ever since
    as_of     timestamptz NOT NULL,
    PRIMARY KEY (cell, queue_id, worker_id, kind, other_id)
);
CREATE INDEX alike_worker ON alike (cell, worker_id);
CREATE INDEX alike_other ON alike (cell, other_id) WHERE other_id <> 0;

-- What somebody below a queue's floor may do to get it again: pictures whose right answers are known (docs/decisions/0065).
-- They are gold of the queue, and are asked nobody as gold as long as they are in the set; who practised has had them.
CREATE TABLE training (
    cell      int NOT NULL,
    queue_id  int NOT NULL,
    task_ids  bigint[] NOT NULL CHECK (cardinality(task_ids) BETWEEN 1 AND 100),  -- in the order in which they are asked
    is_paid   boolean NOT NULL,
    pass_mark double precision NOT NULL CHECK (pass_mark > 0 AND pass_mark <= 1),
    set_at    timestamptz NOT NULL,
    PRIMARY KEY (cell, queue_id),
    CHECK (is_paid OR cardinality(task_ids) <= 10)  -- nobody works for nothing for long (skills/training.py)
);

-- Somebody's last try with a queue's training set. The terms are those that they were told before they began it.
CREATE TABLE practice (
    cell          int NOT NULL,
    worker_id     bigint NOT NULL,
    queue_id      int NOT NULL,
    tries         smallint NOT NULL,      -- begun since an operator last gave them the queue
    left_ids      bigint[] NOT NULL,      -- what is still to be answered; the first lies on their desk, or will
    given         smallint NOT NULL DEFAULT 0,
    correct       smallint NOT NULL DEFAULT 0,
    is_paid       boolean NOT NULL,
    pass_mark     double precision NOT NULL,
    pay_micros    bigint NOT NULL,
    lease_seconds int NOT NULL,
    begun_at      timestamptz NOT NULL,
    ended_at      timestamptz,            -- null: it goes on, maybe after a break
    is_passed     boolean NOT NULL DEFAULT false,
    PRIMARY KEY (cell, worker_id, queue_id),
    CHECK (correct <= given),
    CHECK (is_paid OR pay_micros = 0),
    CHECK (NOT is_passed OR ended_at IS NOT NULL)
) WITH (fillfactor = 70);
CREATE INDEX practice_of_queue ON practice (cell, queue_id, begun_at);

-- How many lots were drawn for a worker, ever, and what they had answered then: one lot for each answer.
CREATE TABLE gold_draw (
    cell      int NOT NULL,
    worker_id bigint NOT NULL,
    draws     bigint NOT NULL,
    answered  int NOT NULL,
    PRIMARY KEY (cell, worker_id)
) WITH (fillfactor = 70);

-- What reviewers are asked to decide: results that people do not settle, and accepted ones drawn by lot. One table and one
-- screen, so that nobody can tell which is which.
CREATE TABLE judgement (
    cell        int NOT NULL,
    task_id     bigint NOT NULL,
    purpose     smallint NOT NULL,
    account_id  bigint NOT NULL,
    queue_id    int NOT NULL,
    question_id bigint NOT NULL,
    state       smallint NOT NULL DEFAULT 0,
    filed_at    timestamptz NOT NULL,
    reviewer_id bigint NOT NULL DEFAULT 0,
    lease       int NOT NULL DEFAULT 0,
    lease_until timestamptz,
    passed_by   bigint[] NOT NULL DEFAULT '{}',
    proposal    text NOT NULL,            -- the result that was accepted, or the best there is
    score       real NOT NULL,
    value       text,                     -- what the reviewer decided; null: it cannot be judged
    is_right    boolean,
    pay_micros  bigint NOT NULL,
    decided_at  timestamptz,
    is_accepted boolean NOT NULL DEFAULT false,           -- the result passed what its terms ask for
    target      real,                     -- the promise it was drawn by lot for; null: it was not drawn
    until       double precision NOT NULL DEFAULT 0,      -- the score up to which asking went on (consensus/proof.py)
    stops       jsonb NOT NULL DEFAULT '[]',              -- [score, value] after each answer; once decided [score, is wrong]
    round       int NOT NULL DEFAULT 0,   -- the proving that counted it; 0: none did
    shown_at    timestamptz,              -- of a leased one: since when it lies before its reviewer
    settles_at  timestamptz,              -- of a decision that can be taken back: until when
    looked_marks smallint NOT NULL DEFAULT 0,             -- of a leased one: the marks of which the look at it is counted
    PRIMARY KEY (cell, task_id, purpose)
) WITH (fillfactor = 70);
CREATE INDEX judgement_open ON judgement (cell, filed_at, task_id) WHERE state = 0;
CREATE INDEX judgement_leased ON judgement (cell, lease_until) WHERE state IN (1, 5);
CREATE INDEX judgement_aside ON judgement (cell, settles_at) WHERE state = 4;
CREATE INDEX judgement_reviewer ON judgement (cell, reviewer_id, decided_at) WHERE reviewer_id <> 0;
CREATE INDEX judgement_audits ON judgement (cell, account_id, queue_id, question_id, decided_at) WHERE target IS NOT NULL AND state = 2;

-- What audits prove of a customer's question in a queue, for each target.
CREATE TABLE certainty (
    cell        int NOT NULL,
    account_id  bigint NOT NULL,
    queue_id    int NOT NULL,
    question_id bigint NOT NULL,
    target      real NOT NULL,
    accepted    bigint NOT NULL DEFAULT 0,
    audits      int NOT NULL DEFAULT 0,
    wrong       int NOT NULL DEFAULT 0,
    threshold   double precision,         -- the lowest score that keeps the promise; null: not proven
    is_refused  boolean NOT NULL DEFAULT false,
    needed      int NOT NULL DEFAULT 0,   -- audits more until the next look
    since       timestamptz NOT NULL,     -- from when on `accepted`, `audits` and `wrong` count: the rule is unchanged since
    proven_at   timestamptz,
    round       int NOT NULL DEFAULT 1,   -- the proving that is under way
    drawn       int NOT NULL DEFAULT 0,   -- audits that it has so far, of results that were not accepted too
    PRIMARY KEY (cell, account_id, queue_id, question_id, target)
) WITH (fillfactor = 70);

-- Where the audit trail of a cell has got to, 0 being the look-ups'; its row is locked while an entry is written.
CREATE TABLE trail_chain (
    cell     int PRIMARY KEY,
    number   bigint NOT NULL,             -- of its last entry
    previous bytea NOT NULL,              -- hash of the one before the last
    hash     bytea NOT NULL               -- of the last
);

-- Who changed what, when and from where. Insert-only; each is chained to the one before (trail/rules.py).
CREATE TABLE trail_entry (
    cell     int NOT NULL,
    number   bigint NOT NULL,
    previous bytea NOT NULL,
    hash     bytea NOT NULL,
    at       timestamptz NOT NULL,
    deed     text NOT NULL,               -- values/deeds.py
    subject  text NOT NULL,               -- what was changed, as account:12
    role     text NOT NULL,               -- whose change it was: values/actor.py
    actor_id bigint NOT NULL,
    name     text NOT NULL,
    via      text NOT NULL,
    address  text NOT NULL,
    through  text NOT NULL,               -- first digits of the hash of the session, key or token
    before   text NOT NULL,               -- canonical JSON, without secrets
    after    text NOT NULL,
    PRIMARY KEY (cell, number)
);
CREATE INDEX trail_entry_at ON trail_entry (cell, at, number);
CREATE INDEX trail_entry_deed ON trail_entry (cell, deed, at, number);
CREATE INDEX trail_entry_subject ON trail_entry (cell, subject, at, number);
CREATE INDEX trail_entry_actor ON trail_entry (cell, role, actor_id, at, number);
CREATE INDEX trail_entry_role ON trail_entry (cell, role, at, number);
CREATE INDEX trail_entry_name ON trail_entry (cell, name, at, number);

-- Where a trail had got to on a day, signed: what went before cannot be made anew without the key.
CREATE TABLE trail_head (
    cell       int NOT NULL,
    day        date NOT NULL,             -- in UTC
    number     bigint NOT NULL,
    hash       bytea NOT NULL,
    signed_at  timestamptz NOT NULL,
    public_key bytea NOT NULL,
    signature  bytea NOT NULL,            -- Ed25519 (trail/heads.py)
    PRIMARY KEY (cell, day)
);
