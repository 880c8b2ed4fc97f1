"""Answers that were checked, as they are kept: by the keys under which answers are alike."""

from collections.abc import Iterable, Sequence

from manyeyes.consensus.likeness import are_alike, likeness
from manyeyes.consensus.rules import Shape, ShapeKind
from manyeyes.dispatch.store import Work
from manyeyes.panels.rules import PanelAnswer
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.rules import EvidenceSource, views_of_peers
from manyeyes.tasks.options import picture_options
from manyeyes.tasks.shapes import shape_of


def checked(
    shape: Shape, queue_id: int, worker_id: int, task_id: int, source: EvidenceSource, said: tuple[str, str]
) -> NewEvidence:
    """Return the evidence that somebody gave the second of ``said`` where the first is right.

    Raises ValueError for texts that are no answers of fields.
    """
    truth, given = said
    return NewEvidence(
        queue_id=queue_id,
        worker_id=worker_id,
        task_id=task_id,
        source=source,
        truth=likeness(shape, truth),
        given=likeness(shape, truth if are_alike(shape, truth, given) else given),
        labels=_labels(shape),
    )


def peers_say(work: Work, given: Sequence[PanelAnswer], later: int) -> list[NewEvidence]:
    """Return what the others say of each answer to a task of several, never with its own vote.

    ``work``: for what was asked; ``later``: the first seat that was not asked at once with the others. Nothing follows
    from half and half, nor from a text that is no answer.
    """
    shape = shape_of(picture_options(work.kind, work.options))
    try:
        keys = {answer.worker_id: likeness(shape, answer.text) for answer in given if answer.text is not None}
    except ValueError:
        return []
    at_once = {answer.worker_id for answer in given if answer.answer_id < later}
    return [
        NewEvidence(
            queue_id=work.queue_id,
            worker_id=worker_id,
            task_id=work.subject_id,
            source=EvidenceSource.PEERS,
            truth=view.truth,
            given=keys[worker_id],
            is_unanimous=view.is_unanimous,
            labels=_labels(shape),
        )
        for worker_id, view in sorted(views_of_peers(keys, at_once).items())
    ]


def verdicts_on(shape: Shape, queue_id: int, value: str, given: Iterable[PanelAnswer]) -> list[NewEvidence]:
    """Return what a reviewer's decision says of the answers to its task."""
    return [
        checked(shape, queue_id, each.worker_id, each.task_id, EvidenceSource.VERDICT, (value, each.text))
        for each in given
        if each.text is not None
    ]


def _labels(shape: Shape) -> int:
    return len(shape.labels) if shape.kind is ShapeKind.LABEL else 0
