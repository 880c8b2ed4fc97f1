-- pgbench: 50 lives, a statement and a transaction for each step of them all. This is the limit.
\set first random(1, 1000000)
\set worker random(1, 9000)
SELECT fixed.create_tasks(array_agg(md5('account ' || (1 + (:first + n * 7919) % 1000))), array_agg(1::smallint), array_agg((100 + (:first + n * 31) % 2900)::int), array_agg('{"type": "ImageToTextTask", "body": "iVBORw0KGgoAAAANSUhEUgAA", "case": true, "numeric": 0, "minLength": 4, "maxLength": 8}'::jsonb)) AS tasks FROM generate_series(1, 50) AS n \gset
SELECT coalesce(array_agg(claimed), '{}') AS claimed, coalesce(array_agg(:worker + place), '{}') AS hands FROM fixed.claim_tasks((SELECT array_agg(:worker + n) FROM generate_series(1, 50) AS n)::int[], 1::smallint) \gset
SELECT cardinality(fixed.answer_tasks(:hands::int[], :claimed::bigint[], array_fill('{"text": "deditur", "url": "http://127.0.0.1/0/147220556452507.jpg"}'::jsonb, ARRAY[cardinality(:claimed::bigint[])]))) AS answered \gset
SELECT count(*) AS read FROM fixed.read_results((SELECT array_agg(md5('account ' || (1 + (:first + n * 7919) % 1000))) FROM generate_series(1, 50) AS n), :tasks::bigint[]) \gset
