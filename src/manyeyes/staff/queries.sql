-- name: staff_member
-- One of the staff who has not been removed.
SELECT staff_id, name, role FROM staff WHERE staff_id = $1 AND removed_at IS NULL;

-- name: every_staff
-- The staff but for those who were removed.
SELECT staff_id, name, role FROM staff WHERE removed_at IS NULL ORDER BY staff_id;
