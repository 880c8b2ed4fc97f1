-- Who is there and who left lately is read through an index, however many came and went before (docs/decisions/0045).

DROP INDEX session_room;
CREATE INDEX session_room ON session (cell, held, silent, idle_since) WHERE present;
CREATE INDEX session_left ON session (cell, left_at) WHERE NOT present;
