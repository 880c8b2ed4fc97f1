-- The marks of which a reviewer's look is counted: what a queue is marked with meanwhile gives no minutes back (docs/decisions/0079).

ALTER TABLE vote_slot ADD looked_marks smallint NOT NULL DEFAULT 0;
ALTER TABLE judgement ADD looked_marks smallint NOT NULL DEFAULT 0;

-- What lies before reviewers now was counted with the marks that it has.
UPDATE vote_slot SET looked_marks = coalesce((SELECT t.marks FROM task AS t WHERE t.cell = vote_slot.cell AND t.task_id = vote_slot.task_id), 0::smallint)
    | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = vote_slot.queue_id), 0::smallint) WHERE state = 1;
UPDATE judgement SET looked_marks = coalesce((SELECT t.marks FROM task AS t WHERE t.cell = judgement.cell AND t.task_id = judgement.task_id), 0::smallint)
    | coalesce((SELECT q.marks FROM queue AS q WHERE q.queue_id = judgement.queue_id), 0::smallint) WHERE state = 1;
