"""What every edge is handed: settings, cells, the batcher, and what lives for as long as a process does."""

import asyncio
import hashlib
from datetime import UTC, date, datetime
from functools import cached_property

import asyncpg

from manyeyes.accounts import store as accounts
from manyeyes.allow_list.rules import FilterTerms
from manyeyes.db.migrate import SQL, migrate, pending
from manyeyes.db.picture_days import keep_days
from manyeyes.db.pool import FIRST_CELL, LIMITS, PATIENT_SETTINGS, Cells, open_pool
from manyeyes.db.primary import UNANSWERED, connect, looks
from manyeyes.db.role_settings import keep_role_settings
from manyeyes.dispatch import store as dispatch
from manyeyes.outbound.door import Door
from manyeyes.outbound.mail_door import MailDoor
from manyeyes.outbound.picture_fetcher import PictureFetcher
from manyeyes.recognisers.pool import RecogniserPool
from manyeyes.runtime.batching import Batcher
from manyeyes.runtime.disk_room import disk_room_of
from manyeyes.runtime.dispatcher import Dispatcher
from manyeyes.runtime.id_blocks import IdBlocks
from manyeyes.runtime.installation_keys import Keys, SecretsUnreadable, installation_keys
from manyeyes.runtime.job_bell import JobBell
from manyeyes.runtime.lookout import Lookout
from manyeyes.runtime.lookup_cache import LookupCache
from manyeyes.runtime.notifier import Notifier
from manyeyes.runtime.presence import Presence
from manyeyes.runtime.waits import Waits
from manyeyes.settings import Settings
from manyeyes.tasks import store as tasks
from manyeyes.values.challenges import Challenges
from manyeyes.values.pseudonyms import Pseudonyms
from manyeyes.values.response_signing import ResponseSigner
from manyeyes.values.sealing import Sealer
from manyeyes.values.signed_links import ExampleLinks, NoticeLinks, PictureLinks, TopUpSlips, WidgetLinks
from manyeyes.wellbeing import store as wellbeing

PREPARED_SECONDS = 30.0  # for a database that needs no migration


class Context:
    """Built by `open_context`; one per process."""

    def __init__(
        self, settings: Settings, cells: Cells, dsn: str, node_id: int, keys: Keys | SecretsUnreadable
    ) -> None:
        """Hold what is given; ``dsn``: past a pooler, where there is one."""
        self.settings = settings
        self.cells = cells
        self.dsn = dsn
        self.node_id = node_id
        self.written_at: dict[int, float] = {}  # by cell, when the node's beat was last committed, as `time.monotonic`
        self.disk_room = disk_room_of(settings, dsn)
        self.batcher = Batcher(cells, self.disk_room)
        self.lookups = LookupCache(cells)
        self.job_bell = JobBell()
        self.notifier = Notifier(cells, dsn, self._changed)
        self.filter_terms = FilterTerms(settings.filter_others, settings.filter_window_seconds)
        self.dispatcher = Dispatcher(self.batcher, self.notifier, self.filter_terms)
        self.id_blocks = IdBlocks(cells)
        self.presence = Presence()
        self.lookout = Lookout(cells, self.notifier, self.presence, self.lookups, node_id)
        self.waits = Waits(settings.waits_per_caller)
        self.door = Door(settings.private_networks())
        self.mail_door = MailDoor(settings.mail_server(), settings.smtp_password)
        self.fetcher = PictureFetcher()
        self.recognisers = RecogniserPool(
            settings.recogniser_seconds,
            settings.recogniser_megabytes,
            settings.recogniser_processes,
            settings.recogniser_waiting_per_account,
        )
        self._keys = keys

    @cached_property
    def signer(self) -> ResponseSigner:
        """Return what signs the answers of TUPU's contract. Raises `SecretsUnreadable`."""
        return ResponseSigner(self._own_keys.signing)

    @property
    def webhook_key(self) -> bytes:
        """Return what the secrets of call-backs are made of. Raises `SecretsUnreadable`."""
        return self._own_keys.webhooks

    @cached_property
    def pictures(self) -> PictureLinks:
        """Return what makes and opens the addresses of pictures. Raises `SecretsUnreadable`."""
        return PictureLinks(self._own_keys.pictures, self.settings.picture_hours)

    @cached_property
    def examples(self) -> ExampleLinks:
        """Return what makes and opens the addresses of examples' pictures. Raises `SecretsUnreadable`."""
        return ExampleLinks(self._own_keys.pictures)

    @cached_property
    def gold_seed(self) -> bytes:
        """Return what lots of gold are drawn with: nobody outside can foretell them. Raises `SecretsUnreadable`."""
        return hashlib.blake2b(self._own_keys.pictures, person=b"lots of gold").digest()

    @property
    def trace_salt(self) -> bytes:
        """Return what makes the ids of tasks' traces this installation's own. Raises `SecretsUnreadable`."""
        return hashlib.blake2b(self._own_keys.pictures, digest_size=32, person=b"ids of traces").digest()

    @cached_property
    def top_up_slips(self) -> TopUpSlips:
        """Return what signs top-ups that are asked about. Raises `SecretsUnreadable`."""
        return TopUpSlips(self._own_keys.pictures)

    @cached_property
    def notice_links(self) -> NoticeLinks:
        """Return what makes and opens the links in mail. Raises `SecretsUnreadable`."""
        return NoticeLinks(self._own_keys.pictures)

    @cached_property
    def widgets(self) -> WidgetLinks:
        """Return what makes and opens the addresses of widgets' pages. Raises `SecretsUnreadable`."""
        return WidgetLinks(self._own_keys.pictures, self.settings.widget_url)

    @cached_property
    def challenges(self) -> Challenges:
        """Return what makes and opens the challenges of passkeys. Raises `SecretsUnreadable`."""
        return Challenges(self._own_keys.pictures)

    @cached_property
    def sign_in_sealer(self) -> Sealer:
        """Return what seals what browsers keep while their person signs in elsewhere. Raises `SecretsUnreadable`."""
        return Sealer(hashlib.blake2b(self._own_keys.pictures, digest_size=32, person=b"company sign-in").digest())

    @property
    def pseudonyms(self) -> Pseudonyms:
        """Return what names people for customers. Raises `SecretsUnreadable`."""
        return Pseudonyms(self._own_keys.pictures)

    @property
    def trail_key(self) -> bytes:
        """Return what signs the heads of the audit trail. Raises `SecretsUnreadable`."""
        return self._own_keys.trail

    @cached_property
    def bucket_sealer(self) -> Sealer:
        """Return what seals and opens the secrets of customers' buckets. Raises `SecretsUnreadable`."""
        return Sealer(self._own_keys.buckets)

    @cached_property
    def payout_sealer(self) -> Sealer:
        """Return what seals and opens where workers' money is to go. Raises `SecretsUnreadable`."""
        return Sealer(self._own_keys.payouts)

    @property
    def _own_keys(self) -> Keys:
        if isinstance(self._keys, SecretsUnreadable):
            raise self._keys
        return self._keys

    def _changed(self) -> None:
        """Read anew what an operator changed; jobs may go on, as when money came."""
        self.lookups.forget()
        self.lookout.tell_changed()
        self.job_bell.ring()
        self.recognisers.changed.set()

    async def close(self) -> None:
        """End the children, runs and listeners, then close the connections to the databases."""
        await self.recognisers.close()
        await self.lookout.stop()
        await self.dispatcher.stop()
        await self.notifier.stop()
        await self.cells.close()


async def open_context(
    settings: Settings, dsn: str, *, cells: Cells | None = None, pool_size: int = 8, serving: bool = False
) -> Context:
    """Connect to a prepared database and return the context. ``cells`` may route cells to several databases.

    ``serving``: the installation's keys are needed, and are sealed where they are not; raises `SecretsUnreadable`.
    Otherwise that is raised where a key is used: most commands need none.
    """
    if cells is None:
        pool = await open_pool(
            dsn,
            size=pool_size,
            statement_cache_size=settings.statement_cache_size,
            behind_pooler=bool(settings.direct_database_url),
        )
        cells = Cells(pool, drafts=settings.statement_cache_size > 0)
    await cells.find_functions()
    if serving:
        await _share_caps(cells)
    async with cells.directory.acquire() as db:
        node_id = await accounts.take_numbers(db, "node", 1)
        keys = await _keys(db, settings, serving=serving)
    if serving and isinstance(keys, SecretsUnreadable):
        await cells.close()
        raise keys
    return Context(settings, cells, settings.past_pooler(dsn), node_id, keys)


async def _share_caps(cells: Cells) -> None:
    """Note in each cell which of how many it is: what people may be shown is shared (docs/decisions/0079)."""
    for nth, cell in enumerate(cells.numbers):
        async with cells.pool(cell).acquire() as db:
            await wellbeing.share_caps(db, cell, len(cells.numbers), nth)


async def prepare_database(db: asyncpg.Connection, cells: list[int] | None = None) -> list[str]:
    """Bring a database to the newest schema with its cells' first rows; return the migrations applied."""
    applied = await migrate(db)
    queue_ids = list(await tasks.queues(db))
    for cell in cells or [FIRST_CELL]:
        await db.execute(SQL.open_cell, cell)
        await dispatch.open_gates(db, cell, queue_ids)
    await keep_days(db, today())  # old days are dropped by `periodic.keep_picture_days`, which knows the setting
    return applied


async def prepare_database_at(dsn: str, settings: Settings | None = None) -> list[str]:
    """Do what `prepare_database` does, over a connection of its own; past a pooler, for which the role gets the limits.

    Migrations may take as long as they need. Raises TimeoutError, with a sentence, where there are none and all the
    same no answer comes.
    """
    direct = settings.direct_database_url if settings else ""
    db = await connect(direct or dsn, PATIENT_SETTINGS)
    try:
        async with asyncio.timeout(None if await pending(db) else PREPARED_SECONDS):
            applied = await prepare_database(db)
            if direct:
                await keep_role_settings(db, LIMITS)
        return applied
    except TimeoutError:
        seen = ", ".join(f"{place}: {what}" for place, what in (await looks(direct or dsn)).items())
        raise TimeoutError(f"{UNANSWERED} ({seen})") from None
    finally:
        await db.close()


def today() -> date:
    """Return the day in UTC, for making partitions ahead.

    There are two days of margin: by the database's clock is decided what goes where.
    """
    return datetime.now(UTC).date()


async def _keys(db: asyncpg.Connection, settings: Settings, *, serving: bool) -> Keys | SecretsUnreadable:
    try:
        return await installation_keys(db, settings, serving=serving)
    except SecretsUnreadable as error:
        return error
