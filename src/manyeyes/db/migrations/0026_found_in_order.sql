-- Requests for money are listed by when they were asked: serials are taken in blocks, and say nothing of time.
DROP INDEX top_up_request_account;
DROP INDEX top_up_request_open;
CREATE INDEX top_up_request_account ON top_up_request (cell, account_id, asked_at, request_id);
CREATE INDEX top_up_request_asked ON top_up_request (cell, asked_at, request_id);
CREATE INDEX top_up_request_open ON top_up_request (cell, asked_at, request_id) WHERE state = 0;

-- The trail of a part, such as all customers, without going through everybody's.
CREATE INDEX trail_entry_role ON trail_entry (cell, role, at, number);

-- Which minute of a cell's queues was sampled last: whoever writes it counts that minute, and nobody else does.
CREATE TABLE sampled_minute (
    cell   int PRIMARY KEY,
    minute int NOT NULL
);
