-- The installation's keys are sealed by one that is not in the database; whoever is signed in sees where, and ends it.

ALTER TABLE secret ADD COLUMN sealed_by bytea;

ALTER TABLE credential ADD COLUMN address text NOT NULL DEFAULT '';
ALTER TABLE credential ADD COLUMN seen_at timestamptz;
CREATE INDEX credential_subject ON credential (role, subject_id) WHERE kind <> 'token';
