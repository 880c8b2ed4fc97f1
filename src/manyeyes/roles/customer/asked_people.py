"""How many people a customer asks for: read from what they said, and refused where the queue has fewer."""

from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms
from manyeyes.runtime.context import Context
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import MemberFault, Reason, Refusal


async def too_few_people(context: Context, queue: QueueTerms, terms: PeopleTerms | None) -> Refusal | None:
    """Return the refusal of terms that ask more people at once than may take the queue's tasks, there now or not.

    Of one answer, and of a queue's own terms (None), nothing is asked: it waits until somebody is there.
    """
    if terms is None or terms == queue.default_terms or terms.answers == ONE_ANSWER.answers:
        return None
    there = await context.lookups.people(queue.queue_id, terms.answers)
    if there >= terms.answers:
        return None
    people = "1 person takes" if there == 1 else f"{there or 'no'} people take"
    said = f"{people} tasks of this queue, and nobody is asked twice"
    return Refusal(Reason.TASK_PROPERTIES, f"/terms/answers: {said}", (MemberFault(said, "/terms/answers"),))
