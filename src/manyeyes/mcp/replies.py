"""What a tool answers: the task as data for the model, and a sentence for whoever reads along."""

from typing import Any

import msgspec

from manyeyes.mcp.installation import ENDED, State, ToldTask


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """How a question to people stands. ``answer`` is null until ``state`` is "done".

    Its JSON form follows the question's kind: text and label a string, number a number, labels an array of strings,
    fields an object by the fields' names. Money is US dollars as text with six decimals.
    """

    id: int
    state: State
    ended: bool
    answer: Any
    text: str
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
        return f"People answered: {reply.text}\nTask {reply.id} cost ${reply.cost}."
    if reply.ended:
        return f"Task {reply.id} {reply.state}: {reply.failure or 'no answer'}. It cost ${reply.cost}."
    seen = "somebody is answering it" if reply.state == "answering" else f"it is {reply.state}"
    return f"Task {reply.id} has no answer yet ({seen}); it costs at most ${reply.price}.\n{reply.next}"
