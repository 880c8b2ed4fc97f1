-- Who works at something keeps it for up to three leases; what was answered or passed on can be taken back
-- (docs/decisions/0074).

ALTER TABLE vote_slot ADD shown_at timestamptz;
ALTER TABLE judgement ADD shown_at timestamptz;
