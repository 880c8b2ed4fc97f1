"""/operator: whether this installation is well, and how queues, accounts and workers are doing. Read-only."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.accounts import store as accounts
from manyeyes.actions.check_books import check_books
from manyeyes.console.operator.health import Check, books_check, snapshot_check, waiting_check
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.guards import for_operators
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.console.shared.rendering import render
from manyeyes.db.migrate import SQL
from manyeyes.db.queries import one_row
from manyeyes.dispatch import open_work
from manyeyes.dispatch.depths import store as queue_depths
from manyeyes.ledger import store as ledger
from manyeyes.roles.operator import open_appeals
from manyeyes.runtime.context import Context
from manyeyes.sites import store as sites
from manyeyes.sites.rules import SiteState, is_live
from manyeyes.workers import store as workers
from manyeyes.workers.rules import WorkerState
from manyeyes.workers.store import Session, state_of

BOOKS_FRESH_SECONDS = 60.0  # the check reads every transfer: not at each view
WAITING_COUNTED = 100_000
STATES = {
    WorkerState.IDLE: mark("Idle"),
    WorkerState.BUSY: mark("Answering"),
    WorkerState.AWAY: mark("Away"),
    WorkerState.OFFLINE: mark("Offline"),
}


SITE_STATES = {
    SiteState.PENDING: mark("Not proven yet"),
    SiteState.LIVE: mark("Proven"),
    SiteState.LOST: mark("No longer proven"),
    SiteState.WITHDRAWN: mark("Withdrawn"),
}
SITE_LOOKS = {SiteState.PENDING: "waiting", SiteState.LIVE: "solved", SiteState.LOST: "unsolvable"}  # reading_pages.css


class OperatorPages:
    """The operator's page of one process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._difference: tuple[float, int] | None = None
        self._proving = asyncio.Lock()

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator: checks, queues, accounts, workers and sites."""
        language = look_of(request).language
        translate = catalogue(language).ugettext
        queues = await self._queues()
        return render(
            request,
            "operator/overview.html",
            person="operator",
            checks=await self._checks(queues, language),
            queues=queues,
            accounts=await self._accounts(),
            workers=await self._workers(),
            sites=await self._sites(language),
            open_appeals=len(await open_appeals(self._context)),
            states={state: translate(message) for state, message in STATES.items()},
        )

    async def _checks(self, queues: list[dict[str, Any]], language: str) -> list[Check]:
        waiting = await self._oldest_waiting_seconds()
        async with self._context.cells.directory.acquire() as db:
            snapshot = (await one_row(db, SQL.oldest_snapshot))["seconds"]
        return [
            waiting_check(waiting, queues, language),
            snapshot_check(snapshot, language),
            books_check(await self.books_difference(), language),
        ]

    async def _oldest_waiting_seconds(self) -> float | None:
        since = []
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                since.append(await open_work.oldest_waiting(db, cell))
        first = min((instant for instant in since if instant is not None), default=None)
        return (datetime.now(UTC) - first).total_seconds() if first else None

    async def books_difference(self) -> int:
        """Return the unexplained micro-units of all cells, proven at most once a minute and by one view at a time.

        While the books are being checked the other views show the result before.
        """
        if self._difference is not None and self._proving.locked():
            return self._difference[1]
        async with self._proving:
            if self._difference is None or time.monotonic() - self._difference[0] > BOOKS_FRESH_SECONDS:
                total, zones = 0, await self._context.lookups.time_zones()
                for cell in self._context.cells.numbers:
                    async with self._context.cells.pool(cell).acquire() as db:
                        total += (await check_books(db, cell, zones)).difference_micros
                self._difference = (time.monotonic(), total)
            return self._difference[1]

    async def _queues(self) -> list[dict[str, Any]]:
        """Return waiting tasks, tasks being answered and present workers of each queue, over all cells."""
        queues = sorted((await self._context.lookups.queues()).items())
        waiting, answering, online = Counter[int](), Counter[int](), Counter[int]()
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                answering.update(await open_work.answering(db, cell))
                for queue_id, _ in queues:
                    waiting[queue_id] += await queue_depths.count_waiting(db, cell, queue_id, WAITING_COUNTED)
                    online[queue_id] += (await workers.presence(db, cell, queue_id))[0]
        return [
            {
                "terms": queue,
                "waiting": waiting[queue_id],
                "answering": answering[queue_id],
                "online": online[queue_id],
            }
            for queue_id, queue in queues
        ]

    async def _accounts(self) -> list[dict[str, Any]]:
        async with self._context.cells.directory.acquire() as db:
            places = await accounts.every_place(db)
        available: dict[int, int] = {}
        held: Mapping[int, int] = {}
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                available |= await ledger.balances(
                    db, cell, [place.account_id for place in places if place.cell == cell]
                )
                held = {**held, **await queue_depths.all_held(db, cell)}
        return [
            {
                "name": place.name,
                "account_id": place.account_id,
                "available_micros": available.get(place.account_id, 0),
                "held_micros": held.get(place.account_id, 0),
            }
            for place in places
        ]

    async def _workers(self) -> list[dict[str, Any]]:
        async with self._context.cells.directory.acquire() as db:
            people = [person for person in await workers.every_worker(db) if not person.disabled]
        sessions: dict[int, Session] = {}
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                sessions |= {each.worker_id: each for each in await workers.all_sessions(db, cell) if each.queues}
        return [
            {
                "name": person.name,
                "worker_id": person.worker_id,
                "languages": ", ".join(person.languages),
                "state": state_of(sessions.get(person.worker_id)),
                "answered": sessions[person.worker_id].answered if person.worker_id in sessions else 0,
            }
            for person in people
        ]

    async def _sites(self, language: str) -> list[dict[str, Any]]:
        """Return every site with what its last check saw; a proof that is too old counts as lost."""
        translate = catalogue(language).ugettext
        async with self._context.cells.directory.acquire() as db:
            names = {place.account_id: place.name for place in await accounts.every_place(db)}
        lines = []
        for cell in self._context.cells.numbers:
            async with self._context.cells.pool(cell).acquire() as db:
                now = await db.fetchval("SELECT now()")
                for site in await sites.every_site(db, cell):
                    is_stale = site.state is SiteState.LIVE and not is_live(site, now)
                    state = SiteState.LOST if is_stale else site.state
                    lines.append(
                        {
                            "domain": site.domain,
                            "account": names.get(site.account_id, str(site.account_id)),
                            "state": translate(SITE_STATES[state]),
                            "look": SITE_LOOKS.get(state, ""),
                            "checked_at": site.checked_at,
                            "why": site.why,
                        }
                    )
        return sorted(lines, key=lambda line: (line["domain"], line["account"]))
