-- Reviewers have breaks as everybody has who works (docs/decisions/0088).

ALTER TABLE reviewer_record ADD works_since timestamptz;
ALTER TABLE reviewer_record ADD seen_at timestamptz;
ALTER TABLE reviewer_record ADD rests_since timestamptz;
