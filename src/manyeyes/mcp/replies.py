"""What a tool answers: the task as data for the model, and a sentence for whoever reads along."""

from typing import Any

import msgspec

from manyeyes.mcp.installation import ENDED, State, ToldTask


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """How a question to people stands. ``answer`` is null until ``state`` is "done".

    Its JSON form follows the question's kind: text and label a string, number a number, labels an array of strings,
    fields an object by the fields' names. ``answers``: how many people gave one; ``confidence``: how sure it is, 0 to
    1, null where one person's word is all; ``uncertain``: they did not agree as far as was asked. Money is US dollars
    as text with six decimals.
    """

    id: int
    state: State
    ended: bool
    answer: Any
    text: str
    answers: int
    confidence: float | None
    uncertain: bool
    failure: str | None
    price: str
    cost: str
    next: str


def reply_of(task: ToldTask) -> Reply:
    """Return what a tool answers about a task."""
    return Reply(
        id=task.id,
        state=task.state,
        ended=task.state in ENDED,
        answer=task.result.value if task.result else None,
        text=(task.result.text or "") if task.result else "",
        answers=task.result.answers if task.result else 0,
        confidence=task.result.confidence if task.result else None,
        uncertain=bool(task.result and task.result.uncertain),
        failure=f"{task.failure.reason}: {task.failure.detail}" if task.failure else None,
        price=task.price,
        cost=task.cost,
        next="" if task.state in ENDED else f"still waiting: call `wait` with id {task.id} until `ended` is true",
    )


def sentence_of(reply: Reply) -> str:
    """Return the reply as a person reads it."""
    if reply.state == "done" and reply.answer is None:
        return f"People answered task {reply.id}, and its answer is no longer kept. It cost ${reply.cost}."
    if reply.state == "done":
        return f"{_people(reply)}: {reply.text}\nTask {reply.id} cost ${reply.cost}."
    if reply.ended:
        return f"Task {reply.id} {reply.state}: {reply.failure or 'no answer'}. It cost ${reply.cost}."
    seen = "somebody is answering it" if reply.state == "answering" else f"it is {reply.state}"
    return f"Task {reply.id} has no answer yet ({seen}); it costs at most ${reply.price}.\n{reply.next}"


def _people(reply: Reply) -> str:
    """Return who answered, and how sure they are together."""
    if reply.confidence is None:
        return "People answered"
    agreed = f"{reply.answers} people answered, {reply.confidence:.0%} sure"
    return f"{agreed}, which is less than was asked for" if reply.uncertain else agreed
