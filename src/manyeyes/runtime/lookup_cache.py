"""Global look-ups, cached by each process for a few seconds: keys, tokens, queues, soft apps, blocked networks."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, TypeVar

import asyncpg

from manyeyes.accounts import store as accounts
from manyeyes.accounts.colleagues import colleague
from manyeyes.accounts.roles import Colleague
from manyeyes.accounts.rules import digest, is_within
from manyeyes.accounts.store import KeyOwner
from manyeyes.apps import store as apps
from manyeyes.apps.rules import App
from manyeyes.db.pool import Cells, is_lost
from manyeyes.logs.request_note import note_caller
from manyeyes.recognitions import store as recognitions
from manyeyes.recognitions.rules import Recognition
from manyeyes.runtime.batching import read_patiently
from manyeyes.soft_apps import store as soft_apps
from manyeyes.soft_apps.store import SoftApp
from manyeyes.staff.store import StaffMember, staff_member
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import QueueTerms
from manyeyes.values.refusals import Reason, Refusal
from manyeyes.workers import store as workers
from manyeyes.workers.announcements.rules import Announcement
from manyeyes.workers.announcements.store import announcements
from manyeyes.workers.browser_sessions import BrowserSession, browser_session
from manyeyes.workers.store import Subject, Worker

KNOWN_SECONDS = 1.0  # so long a caller waits for something newer than what is known: the database may be away
FRESH_SECONDS = 2.0  # how long a right that ended may still work where the word of it did not arrive
LARGEST_CACHE = 100_000
Value = TypeVar("Value")


class LookupCache:
    """Reads the directory database; every value is at most `FRESH_SECONDS` old.

    While that database is away, or takes long, it is the last one known, if there is one.
    """

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._cache: dict[tuple[str, Hashable], tuple[float, Any]] = {}  # each kind's values are of one type
        self._used_keys: set[bytes] = set()
        self._looks: set[asyncio.Task[Any]] = set()

    async def blocked(self, address: str) -> Refusal | None:
        """Return the refusal of an address that may not call at all, None for every other one."""
        if is_within(address, await self.blocked_networks()):
            return Refusal(Reason.ADDRESS_BLOCKED, f"the address {address} is blocked")
        return None

    async def blocked_networks(self) -> list[str]:
        """Return the networks from which nobody may call at all."""
        return await self._fresh("blocked", None, lambda db: accounts.blocked_networks(db))

    async def owner(self, client_key: object, address: str) -> KeyOwner | Refusal:
        """Return whose client key it is, or the refusal: blocked address, unknown key, address not allowed."""
        blocked = await self.blocked(address)
        if blocked:
            return blocked
        if not isinstance(client_key, str) or not client_key:
            return Refusal(Reason.UNKNOWN_KEY)
        key_hash = digest(client_key)
        owner = await self.key(key_hash)
        if owner is None:
            return Refusal(Reason.UNKNOWN_KEY)
        note_caller(owner)
        refusal = not_from(owner, address)
        if refusal is None:
            self._used_keys.add(key_hash)
        return refusal or owner

    def take_used_keys(self) -> tuple[bytes, ...]:
        """Return the hashes of the client keys that were used here since this was asked last."""
        used, self._used_keys = self._used_keys, set()
        return tuple(used)

    async def key(self, key_hash: bytes) -> KeyOwner | None:
        """Return whose client key it is by its hash, wherever the call came from; None for no valid one."""
        return await self._fresh("key", key_hash, lambda db: accounts.key_owner(db, key_hash))

    async def subject(self, token: str) -> Subject | None:
        """Return whom a worker's token signs in; None for no valid one."""
        found = await self.token(digest(token))
        note_caller(found)
        return found

    async def token(self, token_hash: bytes) -> Subject | None:
        """Return whose token it is by its hash; None for no valid one."""
        return await self._fresh("token", token_hash, lambda db: workers.credential(db, token_hash, ["token"]))

    async def session(self, secret_hash: bytes) -> BrowserSession | None:
        """Return the session of a cookie by its hash; None when it has ended. What else it needs: roles/sign_in.py."""
        return await self._fresh("session", secret_hash, lambda db: browser_session(db, secret_hash))

    async def colleague(self, account_id: int, person_id: int) -> Colleague | None:
        """Return one of an account's people; None for who was removed or never was."""
        place = account_id, person_id
        return await self._fresh("colleague", place, lambda db: colleague(db, account_id, person_id))

    async def worker(self, worker_id: int) -> Worker | None:
        """Return a worker by their number; None when there is none."""
        return await self._fresh("worker", worker_id, lambda db: workers.worker(db, worker_id))

    async def staff(self, staff_id: int) -> StaffMember | None:
        """Return one of those who run the installation; None for nobody, and for somebody who was removed."""
        return await self._fresh("staff", staff_id, lambda db: staff_member(db, staff_id))

    async def queues(self) -> dict[int, QueueTerms]:
        """Return the terms of all queues, by queue."""
        return await self._fresh("queues", None, tasks.queues)

    async def people(self, queue_id: int, wanted: int) -> int:
        """Return how many workers may take a queue's tasks, there now or not; too few are counted anew."""
        found = await self._fresh("people", queue_id, lambda db: workers.count_enabled(db, queue_id))
        if found < wanted:
            self._cache.pop(("people", queue_id), None)
            found = await self._fresh("people", queue_id, lambda db: workers.count_enabled(db, queue_id))
        return found

    async def soft_apps(self) -> dict[int, SoftApp]:
        """Return all registered applications, by their softId."""
        return await self._fresh("soft_apps", None, soft_apps.soft_apps)

    async def app(self, secret_id: str) -> App | None:
        """Return an app by its secretId; None when there is none."""
        found = await self._fresh("app", secret_id, lambda db: apps.app(db, secret_id))
        note_caller(found)
        return found

    async def recognitions(self, secret_id: str) -> list[Recognition]:
        """Return an app's recognitions, closed ones too, the oldest first."""
        return await self._fresh("recognitions", secret_id, lambda db: recognitions.recognitions_of(db, secret_id))

    async def time_zones(self) -> dict[int, str]:
        """Return the time zone of every recognition's app, by the recognition's number."""
        return await self._fresh("time_zones", None, _time_zones)

    async def announcements(self) -> list[Announcement]:
        """Return what workers are told, whoever they are, what is over too, the oldest first."""
        return await self._fresh("announcements", None, announcements)

    def forget(self) -> None:
        """Forget every value, so that all are read anew; called after this process changed something."""
        self._cache.clear()

    def forget_ended(self, secrets: Sequence[bytes], worker_ids: Sequence[int]) -> None:
        """Forget tokens and sessions, by their hashes, and workers, that were seen to have ended."""
        gone = [(kind, key) for kind in ("token", "session") for key in secrets] + [("worker", w) for w in worker_ids]
        for place in gone:
            self._cache.pop(place, None)

    async def cached(self, kind: str, key: Hashable, seconds: float, look_up: Callable[[], Awaitable[Value]]) -> Value:
        """Return what ``look_up`` gave at most ``seconds`` ago, asking it again when that is too old."""
        now = time.monotonic()
        known: tuple[float, Value] | None = self._cache.get((kind, key))
        if known is not None and now - known[0] < seconds:
            return known[1]
        value = await look_up()
        if len(self._cache) >= LARGEST_CACHE:
            self._cache.clear()
        self._cache[kind, key] = (now, value)
        return value

    async def _fresh(
        self, kind: str, key: Hashable, look_up: Callable[[asyncpg.Connection], Awaitable[Value]]
    ) -> Value:
        known: tuple[float, Value] | None = self._cache.get((kind, key))
        if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]  # nearly always, and several times in each call

        async def ask() -> Value:
            if known is None:
                return await read_patiently(self._cells.directory, look_up)
            asked = asyncio.create_task(self._look(look_up))
            self._looks.add(asked)
            asked.add_done_callback(self._looked)
            await asyncio.wait([asked], timeout=KNOWN_SECONDS)
            error = asked.exception() if asked.done() else None
            if error is not None and not is_lost(error):
                raise error
            return known[1] if error is not None or not asked.done() else asked.result()

        return await self.cached(kind, key, FRESH_SECONDS, ask)

    async def _look(self, look_up: Callable[[asyncpg.Connection], Awaitable[Value]]) -> Value:
        async with self._cells.directory.acquire() as db:
            return await look_up(db)

    def _looked(self, asked: asyncio.Task[Any]) -> None:
        """Forget a look; what became of one that nobody waited for to the end is nobody's concern."""
        self._looks.discard(asked)
        if not asked.cancelled():
            asked.exception()


def not_from(owner: KeyOwner, address: str) -> Refusal | None:
    """Return the refusal of an address that the key does not allow; None for every other one."""
    if owner.allowed_addresses and not is_within(address, owner.allowed_addresses):
        return Refusal(Reason.ADDRESS_NOT_ALLOWED, f"the key does not allow calls from {address}")
    return None


async def _time_zones(db: asyncpg.Connection) -> dict[int, str]:
    found = await recognitions.recognitions_of(db)  # first: the app of each is there before it
    zones = {app.secret_id: app.time_zone for app in await apps.apps_of(db)}
    return {of.recognition_id: zones[of.secret_id] for of in found}
