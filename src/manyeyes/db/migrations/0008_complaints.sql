-- Whether complaints are accepted is said by the queue, not by its language (docs/decisions/0038-what-a-customer-meant.md).

ALTER TABLE queue ADD COLUMN accepts_complaints boolean NOT NULL DEFAULT true;
UPDATE queue SET accepts_complaints = false WHERE queue_id = 2;
UPDATE refused_report SET reason = 'report_not_accepted' WHERE reason = 'report_not_english';
