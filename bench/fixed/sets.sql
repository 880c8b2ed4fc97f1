-- The same four steps for many at once: one statement serves a whole batch, which is as far as a database goes.

CREATE FUNCTION fixed.create_tasks(keys text[], queues smallint[], bids int[], asked jsonb[]) RETURNS bigint[]
LANGUAGE sql AS $$
    WITH owner AS MATERIALIZED (
        SELECT account_id, client_key, balance_micros - held_micros AS free FROM fixed.account
        WHERE client_key = ANY (keys) ORDER BY account_id FOR UPDATE
    ), wanted AS (
        SELECT u.*, owner.account_id,
            coalesce(sum(u.bid) OVER (PARTITION BY owner.account_id ORDER BY u.place) <= owner.free, false) AS granted
        FROM unnest(keys, queues, bids, asked) WITH ORDINALITY AS u (key, queue, bid, question, place)
        LEFT JOIN owner ON owner.client_key = u.key
    ), held AS (
        UPDATE fixed.account AS a SET held_micros = held_micros + s.bids
        FROM (SELECT account_id, sum(bid) AS bids FROM wanted WHERE granted GROUP BY account_id) AS s
        WHERE a.account_id = s.account_id
    ), made AS MATERIALIZED (
        SELECT wanted.*, nextval('fixed.task_task_id_seq') AS task_id FROM wanted WHERE granted
    ), tasks AS (
        INSERT INTO fixed.task (task_id, account_id, queue_id, bid_micros, question) OVERRIDING SYSTEM VALUE
        SELECT task_id, account_id, queue, bid, question FROM made
    ), queued AS (
        INSERT INTO fixed.waiting (queue_id, bid_micros, task_id, account_id)
        SELECT queue, bid, task_id, account_id FROM made
    )
    SELECT array_agg(
        coalesce(made.task_id, CASE WHEN wanted.account_id IS NULL THEN -1 ELSE -10 END) ORDER BY wanted.place
    ) FROM wanted LEFT JOIN made USING (place)
$$;

-- Workers whom somebody lists are served one by one, all others together from the head of the queue.
CREATE FUNCTION fixed.claim_tasks(hands int[], queue smallint) RETURNS TABLE (place int, claimed bigint, asked jsonb)
LANGUAGE plpgsql AS $$
DECLARE
    given bigint[] := array_fill(NULL::bigint, ARRAY[cardinality(hands)]);
    head bigint[];
    others int[];
    pair record;
    one bigint;
BEGIN
    FOR pair IN
        SELECT h.n, l.account_id FROM unnest(hands) WITH ORDINALITY AS h (worker_id, n)
        JOIN fixed.listed AS l ON l.worker_id = h.worker_id AND l.expires_at > now()
    LOOP
        CONTINUE WHEN given[pair.n] IS NOT NULL;
        DELETE FROM fixed.waiting AS w WHERE (w.queue_id, w.bid_micros, w.task_id) = (
            SELECT h.queue_id, h.bid_micros, h.task_id FROM fixed.waiting AS h
            WHERE h.account_id = pair.account_id AND h.queue_id = queue
            ORDER BY h.bid_micros DESC, h.task_id LIMIT 1 FOR UPDATE SKIP LOCKED
        ) RETURNING w.task_id INTO one;
        given[pair.n] := one;
    END LOOP;
    SELECT array_agg(n) INTO others FROM generate_series(1, cardinality(hands)) AS n WHERE given[n] IS NULL;
    IF others IS NOT NULL THEN
        WITH first AS MATERIALIZED (
            SELECT w.queue_id, w.bid_micros, w.task_id FROM fixed.waiting AS w WHERE w.queue_id = queue
            ORDER BY w.bid_micros DESC, w.task_id LIMIT cardinality(others) FOR UPDATE SKIP LOCKED
        ), taken AS (
            DELETE FROM fixed.waiting AS w USING first
            WHERE (w.queue_id, w.bid_micros, w.task_id) = (first.queue_id, first.bid_micros, first.task_id)
            RETURNING w.bid_micros, w.task_id
        )
        SELECT array_agg(task_id ORDER BY bid_micros DESC, task_id) INTO head FROM taken;
        FOR n IN 1 .. coalesce(cardinality(head), 0) LOOP
            given[others[n]] := head[n];
        END LOOP;
    END IF;
    RETURN QUERY
    UPDATE fixed.task AS t SET status = 1, worker_id = hands[g.n], handed_out_at = clock_timestamp(),
        lease_until = clock_timestamp() + interval '120 s'
    FROM unnest(given) WITH ORDINALITY AS g (task_id, n)
    WHERE t.task_id = g.task_id RETURNING g.n::int, t.task_id, t.question;
END $$;

-- Rows are locked in the order of their ids before any is changed, so that two batches never wait for each other.
CREATE FUNCTION fixed.answer_tasks(hands int[], answered bigint[], said jsonb[]) RETURNS int[] LANGUAGE sql AS $$
    WITH given AS (
        SELECT * FROM unnest(hands, answered, said) WITH ORDINALITY AS u (worker_id, task_id, answer, place)
    ), clock AS (
        SELECT clock_timestamp() AS at
    ), ended AS MATERIALIZED (
        UPDATE fixed.task AS t SET status = 2, answer = given.answer, ended_at = clock.at, charged_micros = t.bid_micros
        FROM given, clock
        WHERE t.task_id = given.task_id AND t.worker_id = given.worker_id AND t.status = 1
        RETURNING t.task_id, t.account_id, t.queue_id, t.bid_micros, t.worker_id, clock.at, given.place
    ), accounts AS MATERIALIZED (
        SELECT account_id FROM fixed.account WHERE account_id IN (SELECT account_id FROM ended)
        ORDER BY account_id FOR UPDATE
    ), workers AS MATERIALIZED (
        SELECT worker_id FROM fixed.worker WHERE worker_id IN (SELECT worker_id FROM ended)
        ORDER BY worker_id FOR UPDATE
    ), entries AS (
        INSERT INTO fixed.entry (task_id, side, party_id, amount_micros, kind, at)
        SELECT task_id, s.side, CASE s.side WHEN 0 THEN account_id WHEN 1 THEN worker_id ELSE 0 END,
            CASE s.side WHEN 0 THEN -bid_micros WHEN 1 THEN bid_micros - bid_micros / 5 ELSE bid_micros / 5 END, 1, at
        FROM ended, (VALUES (0::smallint), (1), (2)) AS s (side)
    ), counted AS (
        INSERT INTO fixed.usage_hour AS u (account_id, queue_id, hour, tasks, charged_micros)
        SELECT account_id, queue_id, date_trunc('hour', at), count(*), sum(bid_micros) FROM ended
        GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT (account_id, queue_id, hour)
        DO UPDATE SET tasks = u.tasks + excluded.tasks, charged_micros = u.charged_micros + excluded.charged_micros
    ), paid AS (
        UPDATE fixed.worker AS w SET earned_micros = earned_micros + s.pay
        FROM (SELECT worker_id, sum(bid_micros - bid_micros / 5) AS pay FROM ended GROUP BY 1) AS s
        WHERE w.worker_id = s.worker_id AND s.worker_id IN (SELECT worker_id FROM workers)
    ), charged AS (
        UPDATE fixed.account AS a SET balance_micros = balance_micros - s.bids, held_micros = held_micros - s.bids
        FROM (SELECT account_id, sum(bid_micros) AS bids FROM ended GROUP BY 1) AS s
        WHERE a.account_id = s.account_id AND s.account_id IN (SELECT account_id FROM accounts)
    )
    SELECT array_agg(CASE WHEN ended.task_id IS NULL THEN -1 ELSE 0 END ORDER BY given.place)
    FROM given LEFT JOIN ended USING (place)
$$;

CREATE FUNCTION fixed.read_results(keys text[], asked bigint[])
RETURNS TABLE (place bigint, status smallint, answer jsonb, charged_micros int) LANGUAGE sql STABLE AS $$
    SELECT u.place, t.status, t.answer, t.charged_micros
    FROM unnest(keys, asked) WITH ORDINALITY AS u (key, task_id, place)
    JOIN fixed.account AS a ON a.client_key = u.key
    JOIN fixed.task AS t ON t.task_id = u.task_id AND t.account_id = a.account_id
$$;
