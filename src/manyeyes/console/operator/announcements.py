"""/operator/announcements: what workers are told on their screens until they have read it."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.house_page import HousePages, done
from manyeyes.console.shared.forms import number_of
from manyeyes.console.shared.guards import for_deed, for_operators
from manyeyes.console.shared.languages import mark
from manyeyes.console.shared.sheets import DrawnSheet, Field, draw_sheet, read_sheet
from manyeyes.roles.acting import actor_of
from manyeyes.roles.house import announcements as house
from manyeyes.roles.house.workers import read_languages
from manyeyes.values.deeds import Deed
from manyeyes.workers.announcements.rules import read_announcement, read_until

PATH = "/operator/announcements"
LEAD = mark(
    "What you write here stands on every worker's screen above their work, also while they wait or rest, until they "
    "say that they have read it. Open screens have it within a minute. What you end is gone from all of them."
)


def _language(text: str) -> str:
    return read_languages([text])[0] if text else ""


NEW_ANNOUNCEMENT = (
    Field(
        name="words",
        label=mark("What to tell them"),
        hint=mark("At most 600 characters, in several lines if you like."),
        kind="area",
        reads=read_announcement,
        unfit=mark("Write from 1 to 600 characters."),
    ),
    Field(
        name="language",
        label=mark("Only to who knows a language"),
        hint=mark("Such as en or vi. Empty: to all."),
        reads=_language,
        unfit=mark("Write a language like en or vi."),
        size=8,
    ),
    Field(
        name="until",
        label=mark("Until"),
        hint=mark("A day, or an instant in UTC such as 2026-12-01 18:00. Empty: until you end it."),
        reads=read_until,
        unfit=mark("Write a day like 2026-12-01 or an instant like 2026-12-01 18:00."),
        size=18,
    ),
)
NOTHING_TOLD = {"words": "", "language": "", "until": ""}


class AnnouncementPages(HousePages):
    """The operator's page of announcements."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/announcements: what is announced, the newest first."""
        return await self._list(request)

    @for_deed(Deed.ANNOUNCEMENT_ADD)
    async def add(self, request: Request) -> Response:
        """POST /operator/announcements: `words`, `language`, `until`."""
        typed = read_sheet(NEW_ANNOUNCEMENT, await request.form())
        if typed.faults:
            return await self._list(request, draw_sheet(request, NEW_ANNOUNCEMENT, NOTHING_TOLD, typed), 422)
        actor = await actor_of(self._context, request)
        given = typed.values
        new = await house.announce(self._context, given["words"], given["language"], given["until"], actor)
        if isinstance(new, int):
            return done(PATH, "announced")
        return await self._list(request, draw_sheet(request, NEW_ANNOUNCEMENT, NOTHING_TOLD, typed, new), 422)

    @for_deed(Deed.ANNOUNCEMENT_END)
    async def end(self, request: Request) -> Response:
        """POST /operator/announcements/end: `announcement`, which is on nobody's screen from then on."""
        number = number_of(await request.form(), "announcement")
        is_done = await house.end_announcement(self._context, number, await actor_of(self._context, request))
        return done(PATH, "announcement_ended" if is_done else "refused")

    async def _list(self, request: Request, sheet: DrawnSheet | None = None, status: int = 200) -> Response:
        return await self.draw(
            request,
            "announcements",
            here="announcements",
            title=mark("Announcements"),
            lead=LEAD,
            status=status,
            announcements=await house.open_announcements(self._context),
            sheet=sheet or draw_sheet(request, NEW_ANNOUNCEMENT, NOTHING_TOLD),
        )
