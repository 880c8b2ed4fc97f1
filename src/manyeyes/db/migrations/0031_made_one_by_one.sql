-- Rows to lock, from which no number is taken: one batch at a time makes passkeys, or connects people with their company.
INSERT INTO counter (name, next_value) VALUES ('passkey', 1), ('identity', 1);
