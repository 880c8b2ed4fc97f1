"""/operator/audit: who changed what, when and from where, on a page with filters and as CSV."""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

from manyeyes.console.shared.guards import for_operators
from manyeyes.console.shared.rendering import render
from manyeyes.roles.operator import open_appeals
from manyeyes.roles.trail_reading import TrailPage, asked_for, trail_page
from manyeyes.runtime.context import Context
from manyeyes.trail.rules import ChainedEntry, canonical, stamp
from manyeyes.trail.store import NEWEST, TrailFilter, TrailPlace
from manyeyes.values.actor import OPERATOR
from manyeyes.values.cursors import OF_TRAIL, cursor, read_cursor
from manyeyes.values.deeds import Deed
from manyeyes.values.spreadsheet import csv_text

PATH = "/operator/audit"
PAGE_ENTRIES, CSV_ENTRIES = 50, 1_000  # on a page; read at once for a file, so that memory stays flat
FIELDS = ("who", "what", "subject", "from", "to")
LONGEST_FIELD = 200
COLUMNS = (
    *("at", "cell", "number", "role", "id", "name", "via", "address", "through"),
    *("what", "subject", "before", "after", "hash"),
)
NOTHING = "–"


class AuditPages:
    """The staff's page about what was changed, their own changes too."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/audit: `who`, `what`, `subject`, `from`, `to` (dates, UTC), `before` (a cursor)."""
        given = _given(request)
        place = _place(request)
        try:
            wanted, is_readable = _wanted(given), place is not None
        except ValueError:
            wanted, is_readable = TrailFilter(), False
        page = await trail_page(self._context, wanted, place=place or NEWEST, limit=PAGE_ENTRIES)
        return render(
            request,
            "operator/audit.html",
            person="operator",
            open_appeals=len(await open_appeals(self._context)),
            given=given,
            deeds=[deed.value for deed in Deed],
            is_readable=is_readable,
            is_filtered=any(given.values()),
            entries=[_row(each) for each in page.entries],
            newest=_address(PATH, given) if place not in (None, NEWEST) else "",
            older=_older(page, given),
            csv=_address(f"{PATH}.csv", given),
        )

    @for_operators
    async def download(self, request: Request) -> Response:
        """GET /operator/audit.csv: all that the filters leave, the newest first."""
        try:
            wanted = _wanted(_given(request))
        except ValueError as error:
            return PlainTextResponse(str(error), status_code=400)
        headers = {
            "Content-Disposition": 'attachment; filename="audit.csv"',
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
        }
        return StreamingResponse(self._lines(wanted), media_type="text/csv; charset=utf-8", headers=headers)

    async def _lines(self, wanted: TrailFilter) -> AsyncIterator[str]:
        yield csv_text([COLUMNS])
        place: TrailPlace | None = NEWEST
        while place is not None:
            page = await trail_page(self._context, wanted, place=place, limit=CSV_ENTRIES)
            yield csv_text([_values(each) for each in page.entries])
            place = page.next_place


def _given(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "").strip()[:LONGEST_FIELD] for name in FIELDS}


def _wanted(given: dict[str, str]) -> TrailFilter:
    if any("\0" in value for value in given.values()):
        raise ValueError("what is asked for has a character that nothing has")
    return asked_for(given["who"], given["what"], given["subject"], given["from"], given["to"])


def _place(request: Request) -> TrailPlace | None:
    """Return where the page begins, the newest without a cursor; None for what is no cursor."""
    text = request.query_params.get("before", "")
    try:
        found = read_cursor(OF_TRAIL, text) if text else (NEWEST.at, [NEWEST.cell, NEWEST.number])
    except OverflowError:
        return None
    return TrailPlace(found[0], *found[1]) if found else None


def _older(page: TrailPage, given: dict[str, str]) -> str:
    place = page.next_place
    return _address(PATH, given | {"before": cursor(place.at, place.cell, place.number)}) if place else ""


def _address(path: str, given: dict[str, str]) -> str:
    asked = urlencode({name: value for name, value in given.items() if value})
    return f"{path}?{asked}" if asked else path


def _row(each: ChainedEntry) -> dict[str, Any]:
    actor = each.entry.actor
    return {
        "at": each.at,
        "actor": actor,
        "who": f"{actor.role}:{actor.actor_id}" if actor.actor_id or actor.role == OPERATOR else actor.role,
        "deed": each.entry.deed,
        "subject": each.entry.subject,
        "sides": _sides(json.loads(each.entry.before), json.loads(each.entry.after)),
        "place": f"{each.cell}/{each.number}",
    }


def _sides(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[tuple[str, str, str]]:
    """Return (member, before, after) of what changed; of what is new there is nothing before."""
    names = list(dict.fromkeys([*(before or {}), *(after or {})]))
    gone = NOTHING if after is None else ""
    return [(name, _said(before, name), _said(after, name) or gone) for name in names]


def _said(side: dict[str, Any] | None, name: str) -> str:
    if side is None or name not in side:
        return ""
    value = side[name]
    return NOTHING if value in (None, "", []) else value if isinstance(value, str) else canonical(value)


def _values(each: ChainedEntry) -> list[str]:
    entry, actor = each.entry, each.entry.actor
    who = [actor.role, str(actor.actor_id), actor.name, actor.via, actor.address, actor.through]
    what = [entry.deed, entry.subject, entry.before, entry.after, each.hash.hex()]
    return [stamp(each.at), str(each.cell), str(each.number), *who, *what]
