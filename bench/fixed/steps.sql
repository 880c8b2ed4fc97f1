-- The four steps of a life, each one function: one statement and one transaction for whoever calls it.

-- createTask: hold the bid, insert the task. Returns its id; -1 for a wrong key, -10 without the money.
CREATE FUNCTION fixed.create_task(key text, queue smallint, bid int, asked jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    owner int;
    made bigint;
BEGIN
    UPDATE fixed.account SET held_micros = held_micros + bid
    WHERE client_key = key AND balance_micros - held_micros >= bid RETURNING account_id INTO owner;
    IF owner IS NULL THEN
        IF EXISTS (SELECT FROM fixed.account WHERE client_key = key) THEN
            RETURN -10;
        END IF;
        RETURN -1;
    END IF;
    INSERT INTO fixed.task (account_id, queue_id, bid_micros, question) VALUES (owner, queue, bid, asked)
    RETURNING task_id INTO made;
    INSERT INTO fixed.waiting (queue_id, bid_micros, task_id, account_id) VALUES (queue, bid, made, owner);
    RETURN made;
END $$;

-- Hand-out: a task of a customer who lists this worker before all others, else the highest bid, else the oldest.
CREATE FUNCTION fixed.claim_task(hand int, queue smallint, OUT claimed bigint, OUT asked jsonb)
LANGUAGE plpgsql AS $$
DECLARE
    lister int;
BEGIN
    FOR lister IN
        SELECT account_id FROM fixed.listed WHERE worker_id = hand AND expires_at > now() LIMIT 8
    LOOP
        DELETE FROM fixed.waiting AS w WHERE (w.queue_id, w.bid_micros, w.task_id) = (
            SELECT h.queue_id, h.bid_micros, h.task_id FROM fixed.waiting AS h
            WHERE h.account_id = lister AND h.queue_id = queue
            ORDER BY h.bid_micros DESC, h.task_id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) RETURNING w.task_id INTO claimed;
        EXIT WHEN claimed IS NOT NULL;
    END LOOP;
    IF claimed IS NULL THEN
        DELETE FROM fixed.waiting AS w WHERE (w.queue_id, w.bid_micros, w.task_id) = (
            SELECT h.queue_id, h.bid_micros, h.task_id FROM fixed.waiting AS h WHERE h.queue_id = queue
            ORDER BY h.bid_micros DESC, h.task_id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) RETURNING w.task_id INTO claimed;
    END IF;
    IF claimed IS NOT NULL THEN
        UPDATE fixed.task AS t SET status = 1, worker_id = hand, handed_out_at = clock_timestamp(),
            lease_until = clock_timestamp() + interval '120 s'
        WHERE t.task_id = claimed RETURNING t.question INTO asked;
    END IF;
END $$;

-- The worker's answer: the hold becomes a charge, three entries sum up to 0, the hour is counted. Returns 0, or -1 when
-- the task is not theirs. The row that most others wait for, the account's, comes last.
CREATE FUNCTION fixed.answer_task(hand int, answered bigint, said jsonb) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    owner int;
    queue smallint;
    bid int;
    fee int;
    at timestamptz := clock_timestamp();
BEGIN
    UPDATE fixed.task AS t SET status = 2, answer = said, ended_at = at, charged_micros = t.bid_micros
    WHERE t.task_id = answered AND t.worker_id = hand AND t.status = 1
    RETURNING t.account_id, t.queue_id, t.bid_micros INTO owner, queue, bid;
    IF owner IS NULL THEN
        RETURN -1;
    END IF;
    fee := bid / 5;
    INSERT INTO fixed.entry (task_id, side, party_id, amount_micros, kind, at)
    VALUES (answered, 0, owner, -bid, 1, at), (answered, 1, hand, bid - fee, 1, at), (answered, 2, 0, fee, 1, at);
    INSERT INTO fixed.usage_hour AS u VALUES (owner, queue, date_trunc('hour', at), 1, bid)
    ON CONFLICT (account_id, queue_id, hour)
    DO UPDATE SET tasks = u.tasks + 1, charged_micros = u.charged_micros + excluded.charged_micros;
    UPDATE fixed.worker SET earned_micros = earned_micros + bid - fee WHERE worker_id = hand;
    UPDATE fixed.account SET balance_micros = balance_micros - bid, held_micros = held_micros - bid
    WHERE account_id = owner;
    RETURN 0;
END $$;

-- getTaskResult.
CREATE FUNCTION fixed.read_result(
    key text, asked bigint, OUT status smallint, OUT answer jsonb, OUT charged_micros int,
    OUT created_at timestamptz, OUT ended_at timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT t.status, t.answer, t.charged_micros, t.created_at, t.ended_at
    FROM fixed.account AS a JOIN fixed.task AS t ON t.account_id = a.account_id
    WHERE a.client_key = key AND t.task_id = asked
$$;
