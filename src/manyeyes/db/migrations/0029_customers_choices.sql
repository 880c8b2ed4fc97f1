-- Thresholds that customers choose within the operator's bounds (docs/decisions/0087).

ALTER TABLE recognition ADD bounds double precision[] NOT NULL DEFAULT '{}';
ALTER TABLE recognition ADD CONSTRAINT recognition_bounds CHECK (bounds = '{}' OR (array_ndims(bounds) = 1
    AND cardinality(bounds) = 2 AND array_position(bounds, NULL) IS NULL
    AND bounds[1] >= 0 AND bounds[2] <= 2 AND threshold BETWEEN bounds[1] AND bounds[2]));

-- Where customers' notices go by e-mail (docs/decisions/0087).
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
CREATE INDEX delivery_mail ON delivery (cell, account_id, url, task_id DESC) WHERE url LIKE 'mailto:%';
CREATE INDEX delivery_low ON delivery (cell, account_id, ended_at) WHERE event = 'balance.low' AND url LIKE 'mailto:%';
