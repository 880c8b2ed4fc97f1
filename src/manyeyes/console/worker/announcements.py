"""The form by which a worker says that they have read an announcement; the script does the same without a new page."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.forms import number_of
from manyeyes.console.shared.guards import for_workers
from manyeyes.roles.announcements import dismiss_announcement
from manyeyes.runtime.context import Context
from manyeyes.workers.store import Worker


class AnnouncementForms:
    """The form of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_workers
    async def dismiss(self, request: Request, worker: Worker) -> Response:
        """POST /worker/announcements/dismiss: `announcement`, the number of what was read."""
        await dismiss_announcement(self._context, worker, number_of(await request.form(), "announcement"))
        return RedirectResponse("/worker", status_code=303)
