"""/v1/worker/announcements: what the operator tells a worker, until they have read it."""

from datetime import datetime
from typing import Annotated

import msgspec

from manyeyes.roles.announcements import dismiss_announcement, unread_announcements
from manyeyes.runtime.context import Context
from manyeyes.v1.authentication import signed_in_worker
from manyeyes.v1.operations import Call, Operation
from manyeyes.workers.store import Worker

LARGEST_NUMBER = 2**53 - 1  # what every reader of JSON has whole


class AnnouncementView(msgspec.Struct, frozen=True):
    """``language``: it is for those who know it, empty: for all; ``until``: when it is over, null: not by itself."""

    id: int
    words: str
    language: str
    until: datetime | None
    created_at: datetime


class AnnouncementsView(msgspec.Struct, frozen=True):
    """What the worker has not read, the oldest first."""

    announcements: list[AnnouncementView]


class DismissRequest(msgspec.Struct, forbid_unknown_fields=True):
    """``announcement``: the id of what was read."""

    announcement: Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)]


class AnnouncementsApi:
    """Two calls, each for the worker that the token or the cookie signs in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def show(self, call: Call[Worker, None]) -> AnnouncementsView:
        """Return what the worker was told and has not read."""
        return await self._unread(call.person)

    async def dismiss(self, call: Call[Worker, DismissRequest]) -> AnnouncementsView:
        """Note that the worker has read one, and return the others; of what is over or never was too."""
        await dismiss_announcement(self._context, call.person, call.body.announcement)
        return await self._unread(call.person)

    async def _unread(self, worker: Worker) -> AnnouncementsView:
        found = await unread_announcements(self._context, worker)
        return AnnouncementsView(
            [
                AnnouncementView(each.announcement_id, each.words, each.language, each.until, each.created_at)
                for each in found
            ]
        )


# What the router serves and openapi.py describes.
OPERATIONS = [
    Operation(
        method="GET",
        path="/v1/worker/announcements",
        handler=AnnouncementsApi.show,
        caller=signed_in_worker,
        reply=AnnouncementsView,
        statuses=(401, 403),
    ),
    Operation(
        method="POST",
        path="/v1/worker/announcements/dismiss",
        handler=AnnouncementsApi.dismiss,
        caller=signed_in_worker,
        body=DismissRequest,
        reply=AnnouncementsView,
        statuses=(400, 401, 403),
    ),
]
