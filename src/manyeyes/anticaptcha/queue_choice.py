"""Which queue a task goes to: `queueId`, else the language pool (docs/contracts/anticaptcha.md#choosing-a-queue)."""

from collections.abc import Mapping
from typing import Any

from manyeyes.anticaptcha import lenient_values
from manyeyes.tasks import tokens
from manyeyes.tasks.queue_names import queue_said
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Reason, Refusal, Refused

QUEUE_OF_POOL = {"en": 1, "rn": 2, "ru": 2}  # docs/contracts/anticaptcha.md#language-pools
MOST_NAMED = 20  # queues in a refusal's sentence


def picture_queue(
    body: Mapping[str, Any], task: Mapping[str, Any], queues: Mapping[int, QueueTerms]
) -> tuple[str, QueueTerms]:
    """Return the language pool and the queue of a picture. Raises `Refused`.

    A queue that is named wins over the pool, which many libraries fill in by themselves.
    """
    of_pictures = {queue_id: terms for queue_id, terms in queues.items() if queue_id not in tokens.QUEUES}
    pool = _pool(body, task)
    named = _named(body, task, of_pictures)
    return (pool, of_pictures[named]) if named else (pool, of_pictures[_queue_of(pool, of_pictures)])


def check_token_queue(
    body: Mapping[str, Any], task: Mapping[str, Any], queues: Mapping[int, QueueTerms], queue_id: int
) -> None:
    """Raise `Refused` when another queue is named than the one of the token's kind."""
    _named(body, task, {queue_id: queues[queue_id]})


def _named(body: Mapping[str, Any], task: Mapping[str, Any], queues: Mapping[int, QueueTerms]) -> int:
    """Return the queue that `queueId` names, 0 when it is not said. Raises `Refused` for another or two of them."""
    values = {lenient_values.queue_said(source, "queueId"): source.get("queueId") for source in (task, body)}
    said = {text: value for text, value in values.items() if text}
    found = {queue_said(queues, text) or 0 for text in said}
    if 0 in found:
        unknown = [value for text, value in said.items() if not queue_said(queues, text)][-1]
        names = ", ".join(f"{terms.queue_id} ({terms.name})" for terms in list(queues.values())[:MOST_NAMED])
        raise lenient_values.bad_property("queueId", f"the number or name of a queue for such tasks: {names}", unknown)
    if len(found) > 1:
        detail = "queueId names one queue in the task and another one beside it"
        raise Refused(Refusal(Reason.TASK_PROPERTIES, detail))
    return found.pop() if found else 0


def _pool(body: Mapping[str, Any], task: Mapping[str, Any]) -> str:
    """Return the language pool; the task's own wins (docs/contracts/anticaptcha.md#contradictions)."""
    in_task, beside = (lenient_values.text(source, "languagePool", 20) for source in (task, body))
    return (in_task or beside or "en").lower()


def _queue_of(pool: str, queues: Mapping[int, QueueTerms]) -> int:
    """Return the pool's queue. Raises `Refused` when it has none.

    Beside the contract's two pools, the language of a queue of the operator's own names it (docs/decisions/0006).
    """
    queue_id = QUEUE_OF_POOL.get(pool) or min((q for q, terms in queues.items() if terms.language == pool), default=0)
    if not queue_id:
        languages = sorted({"en", "rn", *(terms.language for terms in queues.values())} - {"ru", ""})
        raise lenient_values.bad_property("languagePool", f"one of {', '.join(languages)}", pool)
    return queue_id
