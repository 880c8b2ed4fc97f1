"""The form by which a worker says that they have read an announcement; the script does the same without a new page."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from manyeyes.console.shared.forms import number_of, text_of
from manyeyes.console.shared.guards import for_workers
from manyeyes.roles.announcements import dismiss_announcement
from manyeyes.runtime.context import Context
from manyeyes.workers.store import Worker

SCREENS = [path + at for path in ("/reviewer", "/reviewer/results") for at in ("", "?at=work")]


class AnnouncementForms:
    """The form of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_workers
    async def dismiss(self, request: Request, worker: Worker) -> Response:
        """POST /worker/announcements/dismiss: `announcement`, the number of what was read; `back`: where they were."""
        form = await request.form()
        await dismiss_announcement(self._context, worker, number_of(form, "announcement"))
        back = text_of(form, "back")
        return RedirectResponse(back if back in SCREENS else "/worker", status_code=303)
