"""Which queue a number or a name means, wherever somebody says one: createTask, statistics, the command line. Pure."""

from collections.abc import Mapping

from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.integers import whole_number
from manyeyes.values.text.rules import normalised

LONGEST_NUMBER = 10  # digits: a queue's number is an int32


def queue_said(queues: Mapping[int, QueueTerms], said: str) -> int | None:
    """Return the queue of a name or, in digits, of a number; None when there is none. Blanks around it do not count.

    Like every name it is also found by its one form (docs/decisions/0037). A queue whose name is digits is found by its
    name first. See docs/decisions/0038-what-a-customer-meant.md.
    """
    text = said.strip()
    names = (text, normalised(text))
    named = next((queue_id for queue_id, terms in queues.items() if terms.name in names), None)
    number = whole_number(text, LONGEST_NUMBER)
    return named or (number if number in queues else None)
