"""An answer that was checked, as it is kept: by the keys under which answers are alike."""

from manyeyes.consensus.likeness import likeness
from manyeyes.consensus.rules import Shape, ShapeKind
from manyeyes.skills.evidence import NewEvidence
from manyeyes.skills.rules import EvidenceSource


def checked(
    shape: Shape, queue_id: int, worker_id: int, task_id: int, source: EvidenceSource, said: tuple[str, str]
) -> NewEvidence:
    """Return the evidence that somebody gave the second of ``said`` where the first is right."""
    truth, given = (likeness(shape, text) for text in said)
    return NewEvidence(
        queue_id=queue_id,
        worker_id=worker_id,
        task_id=task_id,
        source=source,
        truth=truth,
        given=given,
        labels=len(shape.labels) if shape.kind is ShapeKind.LABEL else 0,
    )
