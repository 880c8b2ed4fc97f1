-- name: staff_member
-- One of the staff who has not been removed.
SELECT staff_id, name, role FROM staff WHERE staff_id = $1 AND removed_at IS NULL;

-- name: every_staff
-- The staff but for those who were removed.
SELECT staff_id, name, role FROM staff WHERE removed_at IS NULL ORDER BY staff_id;

-- name: lock_staff
-- The staff, kept as it is until one was added or removed.
SELECT staff_id, name, role FROM staff WHERE removed_at IS NULL ORDER BY staff_id FOR UPDATE;

-- name: insert_staff
-- Take somebody on.
INSERT INTO staff (staff_id, name, role, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING staff_id;

-- name: remove_staff
-- Part with somebody; their number is never given again.
UPDATE staff SET removed_at = $2 WHERE staff_id = $1 AND removed_at IS NULL;

-- name: change_staff_role
-- What somebody may do from now on.
UPDATE staff SET role = $2 WHERE staff_id = $1 AND removed_at IS NULL;
