-- What reviewers of a queue's answers go by (docs/reference/console.md).

ALTER TABLE queue ADD guide text NOT NULL DEFAULT '';
