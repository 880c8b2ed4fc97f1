-- name: system
-- The number that a cluster was given when it was made; its copies have it too.
SELECT system_identifier::text FROM pg_control_system();

-- name: hold_log
-- Keep the log from now on for as long as this session lasts; refused where another one does under this name.
SELECT slot_name FROM pg_create_physical_replication_slot($1, true, true);

-- name: held_from
-- The log file from which on it is kept.
SELECT pg_walfile_name(restart_lsn) FROM pg_replication_slots WHERE slot_name = $1;

-- name: stream_state
-- The slot that keeps what was not streamed yet: lost where that was more than the server keeps (max_slot_wal_keep_size).
SELECT wal_status = 'lost' AS is_lost FROM pg_replication_slots WHERE slot_name = $1;

-- name: make_slot
-- Keep the log from now on until it is streamed.
SELECT slot_name FROM pg_create_physical_replication_slot($1, true);

-- name: drop_slot
-- Keep nothing any more.
SELECT pg_drop_replication_slot($1)::text;

-- name: has_slot
-- Whether there is a slot of this name.
SELECT true AS has FROM pg_replication_slots WHERE slot_name = $1;

-- name: is_recovering
-- Whether the log is still being replayed.
SELECT pg_is_in_recovery();

-- name: restored_to
-- The last commit that was replayed; none where nothing was.
SELECT pg_last_xact_replay_timestamp();
