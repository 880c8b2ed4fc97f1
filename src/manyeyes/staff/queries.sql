-- name: staff_member
-- One of the staff who has not been removed. A right that comes from the company's groups needs their word of late.
SELECT staff_id, name, role FROM staff WHERE staff_id = $1 AND removed_at IS NULL
AND NOT EXISTS (SELECT FROM identity AS i WHERE i.role = 'operator' AND i.subject_id = $1 AND i.by_claims
                AND coalesce(i.used_at, i.created_at) < now() - make_interval(secs => $2));

-- name: every_staff
-- The staff but for those who were removed.
SELECT staff_id, name, role FROM staff WHERE removed_at IS NULL ORDER BY staff_id;

-- name: lock_staff
-- The staff, kept as it is until one was added or removed.
SELECT staff_id, name, role FROM staff WHERE removed_at IS NULL ORDER BY staff_id FOR UPDATE;

-- name: given_number
-- Whether a number was ever given to one of the staff.
SELECT true FROM staff WHERE staff_id = $1;

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
