-- What workers do not take now of the queues and languages that they were given (docs/decisions/0085).

ALTER TABLE worker ADD declined_queues int[] NOT NULL DEFAULT '{}';
ALTER TABLE worker ADD declined_languages text[] NOT NULL DEFAULT '{}';
