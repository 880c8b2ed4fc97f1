-- Work that lies with somebody who does not ask (docs/decisions/0042), and who was there lately (docs/decisions/0045).

ALTER TABLE work ADD COLUMN desk_since timestamptz;

ALTER TABLE session ADD COLUMN silent boolean NOT NULL DEFAULT true,
                    ADD COLUMN took_ms int NOT NULL DEFAULT 0,
                    ADD COLUMN left_at timestamptz,
                    ADD COLUMN left_queues int[] NOT NULL DEFAULT '{}';
DROP INDEX session_room;
CREATE INDEX session_room ON session (cell, held, silent, idle_since) WHERE present AND held < 2;
