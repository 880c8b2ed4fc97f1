-- name: has_migrations
-- Whether the schema was ever made.
SELECT to_regclass('migration') IS NOT NULL;

-- name: lock_migrations
-- Only one process migrates at a time.
LOCK TABLE migration IN EXCLUSIVE MODE;

-- name: applied
-- What has been applied.
SELECT number FROM migration ORDER BY number;

-- name: record
-- Remember a migration.
INSERT INTO migration (number, name) VALUES ($1, $2);

-- name: open_cell
-- Make a cell's row of serial numbers.
INSERT INTO cell (cell, next_serial) VALUES ($1, 1) ON CONFLICT DO NOTHING;

-- name: blob_days
-- The days that have a partition.
SELECT relname FROM pg_class JOIN pg_inherits ON inhrelid = pg_class.oid
WHERE inhparent = 'blob'::regclass AND relkind = 'r' ORDER BY relname;

-- name: has_day
-- Whether a day's partition is there.
SELECT to_regclass($1) IS NOT NULL;

-- name: oldest_open_job
-- The day (UTC) on which the oldest job was made that is not over (jobs/rules.py: JobState): from then on pictures of its items may still come.
SELECT (min(created_at) AT TIME ZONE 'UTC')::date FROM job WHERE state < 3;

-- name: secrets
-- The keys of this installation, and what seals each.
SELECT name, value, sealed_by FROM secret ORDER BY name;

-- name: lock_secrets
-- Only one process makes or seals keys at a time.
LOCK TABLE secret IN SHARE ROW EXCLUSIVE MODE;

-- name: keep_secret
-- Keep a key, a fresh one or one that is sealed anew; the table is locked.
INSERT INTO secret (name, value, sealed_by) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET value = excluded.value, sealed_by = excluded.sealed_by;

-- name: forget_secrets
-- Give up the keys of this installation; the next start makes new ones.
DELETE FROM secret RETURNING name;

-- name: server_settings
-- What `manyeyes doctor` looks at.
SELECT name, setting, unit FROM pg_settings WHERE name = ANY ($1::text[]) ORDER BY name;

-- name: oldest_snapshot
-- How long the oldest open snapshot has been holding back the vacuum, in transactions and seconds.
SELECT coalesce(max(age(backend_xmin)), 0)::bigint AS transactions,
       coalesce(extract(epoch FROM max(now() - xact_start)), 0)::float8 AS seconds
FROM pg_stat_activity WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid();

-- name: database_gauges
-- How the database is now: the oldest snapshot, and the standbys that follow, with how far behind the last one is.
SELECT (SELECT coalesce(extract(epoch FROM max(now() - xact_start)), 0) FROM pg_stat_activity
        WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid())::float8 AS snapshot_seconds,
       (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming') AS standbys,
       (SELECT coalesce(extract(epoch FROM max(replay_lag)), 0) FROM pg_stat_replication)::float8 AS standby_lag_seconds;

-- name: synchronous_standbys
-- How many standbys commits wait for.
SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum');

-- name: settled_until
-- Since when the oldest transaction of ours runs that may still write with an instant of its beginning; now, when none does.
-- The margin is for a draft, which took its instant before its transaction began (db/statement_functions.py: MOST_OFF_SECONDS),
-- and for one that has taken its instant at this very moment and not yet told so.
SELECT least(clock_timestamp(), min(xact_start)) - interval '300 ms' FROM pg_stat_activity
WHERE application_name = 'manyeyes' AND datname = current_database() AND pid <> pg_backend_pid();

-- name: has_schema
-- Whether the functions of a version were made (db/statement_functions.py).
SELECT to_regnamespace($1) IS NOT NULL;

-- name: stamp
-- When functions are made, in an order that text has too.
SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US');

-- name: old_schemas
-- The functions of versions that are long over, beside those of this one; another's schema of a like name is none.
SELECT nspname FROM pg_namespace WHERE nspname ~ $1 AND nspname <> $2
ORDER BY obj_description(oid, 'pg_namespace') DESC NULLS LAST OFFSET $3;

-- name: functions
-- The functions of a version: how many arguments each has, and the names of the columns that it gives. None where we may not
-- call them. In order, however they lie: the rows' classes are made once for what is found here.
SELECT proname AS name, pronargs AS arguments, columns FROM pg_proc, LATERAL (
       SELECT array_agg(a.name ORDER BY a.place) AS columns
       FROM unnest(proargnames, proargmodes) WITH ORDINALITY AS a (name, mode, place) WHERE a.mode = 't') AS c
WHERE pronamespace = to_regnamespace($1) AND has_schema_privilege(pronamespace, 'USAGE')
ORDER BY proname;

-- name: has_role_settings
-- Whether sessions of this role in this database begin with all of these settings, each as name=value.
SELECT EXISTS (SELECT FROM pg_db_role_setting AS s
               JOIN pg_roles AS r ON r.oid = s.setrole JOIN pg_database AS d ON d.oid = s.setdatabase
               WHERE r.rolname = current_user AND d.datname = current_database() AND s.setconfig @> $1::text[]);

-- name: who_and_where
-- This role and this database, as names are written in a statement.
SELECT quote_ident(current_user) AS role, quote_ident(current_database()) AS database;

-- name: readiness
-- Whether this database takes writes, which migrations it has, how many synchronous standbys are in step, and whether we may see that.
SELECT current_setting('transaction_read_only') = 'on' AS is_read_only, pg_is_in_recovery() AS is_standby,
       ARRAY(SELECT number FROM migration ORDER BY number) AS migrations,
       (SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')) AS in_step,
       pg_has_role('pg_monitor', 'MEMBER') AS sees_standbys;

-- name: long_transactions
-- Transactions that are open for longer than so many seconds, prepared ones too, the oldest first: old rows cannot be cleared meanwhile.
SELECT who, seconds FROM (
    SELECT concat_ws(' ', 'process', pid, nullif(application_name, ''), state) AS who,
           extract(epoch FROM clock_timestamp() - xact_start)::float8 AS seconds
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
    UNION ALL
    SELECT concat_ws(' ', 'prepared transaction', gid), extract(epoch FROM clock_timestamp() - prepared)::float8
    FROM pg_prepared_xacts WHERE database = current_database()) AS open
WHERE seconds > $1::float8 ORDER BY seconds DESC LIMIT 5;

-- name: archive
-- Whether the journal is archived, and whether the last try failed.
SELECT current_setting('archive_mode') <> 'off' AS is_on, failed_count AS failures, last_failed_wal AS failed_file,
       coalesce(last_failed_time > coalesce(last_archived_time, '-infinity'), false) AS is_failing,
       extract(epoch FROM clock_timestamp() - last_archived_time)::float8 AS archived_seconds
FROM pg_stat_archiver;

-- name: backend
-- The process that serves this connection: not the one that greeted us where a pooler is in between.
SELECT pg_backend_pid();

-- name: clock
-- What time it is there.
SELECT clock_timestamp();
