-- What reviewers say can be taken back for some seconds; complaints can be passed on; the next picture lies behind the one
-- that is looked at (docs/decisions/0081).

ALTER TABLE vote_slot ADD passed_by bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE vote_slot ADD settles_at timestamptz;
ALTER TABLE judgement ADD settles_at timestamptz;

CREATE INDEX vote_slot_aside ON vote_slot (cell, settles_at) WHERE state = 4;
CREATE INDEX judgement_aside ON judgement (cell, settles_at) WHERE state = 4;

-- What lies behind the one that is looked at (5) is kept for as long as a lease, and belongs to one reviewer, too.
DROP INDEX vote_slot_leased;
CREATE INDEX vote_slot_leased ON vote_slot (cell, lease_until) WHERE state IN (1, 5);
DROP INDEX vote_slot_held;
CREATE INDEX vote_slot_held ON vote_slot (cell, reviewer_id) WHERE state IN (1, 5);
DROP INDEX judgement_leased;
CREATE INDEX judgement_leased ON judgement (cell, lease_until) WHERE state IN (1, 5);
