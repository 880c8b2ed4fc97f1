"""Where the picture of a task lies, for as long as it is kept; each edge makes an address of it."""

from datetime import UTC, datetime

import msgspec

from manyeyes.tasks.history import TaskQuestion
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.signed_links import PictureLinks


class KeptPicture(msgspec.Struct, frozen=True):
    """The picture of a task; ``media`` is its file ending. ``marks``: its task's own."""

    cell: int
    task_id: int
    created_at: datetime
    media: str
    marks: int = 0

    def customers_path(self, links: PictureLinks) -> str:
        """Return the signed path under which its customer has it as they sent it."""
        return links.customers_page_path(self.cell, self.task_id, self.created_at, self.media, datetime.now(UTC))

    def peoples_path(self, links: PictureLinks) -> str:
        """Return the signed path under which everybody else sees it: pixels without notes (docs/decisions/0036)."""
        return links.peoples_page_path(self.cell, self.task_id, self.created_at, self.media, datetime.now(UTC))


def marks_now(queue: QueueTerms | None, picture: KeptPicture | None) -> int:
    """Return the marks of a picture that was shown before, its own and its queue's as they are now."""
    return (queue.marks if queue else 0) | (picture.marks if picture else 0)


def kept_picture(cell: int, question: TaskQuestion) -> KeptPicture | None:
    """Return where a task's picture lies; None when it had none, or it is no longer kept."""
    if not question.media or not question.kept:
        return None
    return KeptPicture(cell, question.task_id, question.created_at, question.media, question.marks)
