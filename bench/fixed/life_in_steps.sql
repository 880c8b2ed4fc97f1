-- pgbench: one life, a function and a transaction for each of its steps. This is the yardstick.
\set account random(1, 1000)
\set worker random(1, 10000)
\set bid random(100, 3000)
SELECT md5('account ' || :account) AS key \gset
SELECT fixed.create_task(:key, 1::smallint, :bid, '{"type": "ImageToTextTask", "body": "iVBORw0KGgoAAAANSUhEUgAA", "case": true, "numeric": 0, "minLength": 4, "maxLength": 8}') AS task \gset
SELECT coalesce(claimed, 0) AS claimed FROM fixed.claim_task(:worker, 1::smallint) \gset
\if :claimed
SELECT fixed.answer_task(:worker, :claimed, '{"text": "deditur", "url": "http://127.0.0.1/0/147220556452507.jpg"}') AS answered \gset
\endif
SELECT status FROM fixed.read_result(:key, :task) \gset
