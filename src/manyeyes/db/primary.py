"""Connections to whichever server takes writes, and what is done about one that says nothing any more.

Every connection that the product makes to a database begins in `connect`: pools', LISTEN's, migrations', the nightly
run's. An address may name several hosts. Nothing is waited for on a connection whose command was given up: it is hung
up, so that the command can be tried where the primary is by then (docs/decisions/0091).
"""

import asyncio
import socket
import weakref
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import asyncpg
from asyncpg.pool import PoolAcquireContext
from asyncpg.transaction import Transaction as DriversTransaction

CONNECT_SECONDS = 10.0  # to a server that is alone
HOST_SECONDS = 3.0  # to each of several: one that says nothing must not keep us from the others
UNHEARD_MILLISECONDS = 6_000  # what was sent and is not acknowledged for so long ends a connection: a cable, a machine
KEEP_ALIVE = {socket.TCP_KEEPIDLE: 5, socket.TCP_KEEPINTVL: 2, socket.TCP_KEEPCNT: 3}  # where nothing was sent
AWAY = (  # the next host may be better
    *(OSError, asyncpg.PostgresConnectionError),
    *(asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError),
)

UNANSWERED = "the database did not answer in time; one whose synchronous standby is away ends no command that writes"
WRITABLE, STANDBY, SILENT = "takes writes", "a standby", "it did not answer in time"  # what a server is found to be


class NoPrimary(ConnectionError):
    """No server of an address takes writes; the message tells why of each."""


class PrimaryConnection(asyncpg.Connection):
    """A connection that is hung up when a command on it is given up: its time was over, or whoever waited is gone.

    asyncpg would ask the server to cancel the command and wait for that. Who is silent does not answer; and a server
    whose commit waits for its standby would end the wait: done there, and nowhere else.
    """

    is_given_up = False
    host = ""  # the address of this one server

    def transaction(
        self, *, isolation: Any = None, readonly: bool = False, deferrable: bool = False
    ) -> "HungUpOrRolledBack":
        """Return a transaction that ends with its connection where that is given up."""
        return HungUpOrRolledBack(self, isolation, readonly, deferrable)

    def _cancel_current_command(self, waiter: Any, cancel_waiter: Any = None) -> None:
        """Hang up, as soon as the driver has told whoever waits."""
        self.is_given_up = True
        asyncio.get_running_loop().call_soon(self.terminate)


class HungUpOrRolledBack(DriversTransaction):
    """A transaction that is not rolled back by a word where nobody listens: the server does that by itself."""

    async def __aexit__(self, *exception: Any) -> None:
        if exception[0] is not None and (self._connection.is_given_up or self._connection.is_closed()):
            self._connection.terminate()
            return
        await super().__aexit__(*exception)


class PrimaryPool(asyncpg.Pool):
    """A pool of connections to one server, the primary: as soon as it is another one, or silent, all are hung up."""

    def __init__(self, dsn: str, **options: Any) -> None:
        self._hosts = each_host(dsn)
        self._made: weakref.WeakSet[PrimaryConnection] = weakref.WeakSet()
        super().__init__(
            dsn,
            connect=self._connect_to_primary,
            connection_class=PrimaryConnection,
            record_class=asyncpg.Record,
            max_queries=50_000,
            loop=None,
            **options,
        )

    def acquire(self, *, timeout: float | None = None) -> "Lent":
        """Lend a connection, as asyncpg's pool does."""
        return Lent(self, timeout)

    def heed(self, lent: Any, error: BaseException) -> None:
        """Hang up where a command was given up, and everywhere when its server was silent or takes no writes.

        All of them lead there: each of the others would cost the next command that is given it as long again.
        """
        if isinstance(error, asyncpg.ReadOnlySQLTransactionError | TimeoutError) or isinstance(
            error.__cause__, TimeoutError
        ):
            for made in list(self._made):
                self._hosts.sort(key=lambda host: host == made.host)
                made.terminate()
        elif lent is not None and lent.is_given_up:
            lent.terminate()

    async def _connect_to_primary(self, dsn: str, **options: Any) -> PrimaryConnection:
        """Connect, to the last known primary first; a new one ends what is open to the old one."""
        made = await _connect_to_one_of(self._hosts, options)
        for other in [other for other in self._made if other.host != made.host]:
            other.terminate()
        self._made.add(made)
        self._hosts.sort(key=lambda host: host != made.host)
        return made


class Lent(PoolAcquireContext):
    """Lends a pool's connection, and has the pool heed what ended the loan."""

    async def __aexit__(self, kind: Any = None, error: Any = None, trace: Any = None) -> None:
        if error is not None:
            self.pool.heed(self.connection._con, error)
        await super().__aexit__(kind, error, trace)


async def connect(
    dsn: str, settings: Mapping[str, str] | None = None, *, command_seconds: float | None = None
) -> asyncpg.Connection:
    """Return a connection to the primary of an address. Raises `NoPrimary`, or what asyncpg raises."""
    options = {"server_settings": dict(settings or {}), "command_timeout": command_seconds}
    return await _connect_to_one_of(each_host(dsn), {"connection_class": PrimaryConnection, **options})


def takes_writes(db: asyncpg.Connection) -> bool:
    """Tell whether the server took writes when it answered last; it says so unasked (not through a pooler)."""
    told = db.get_settings()
    return "on" not in (getattr(told, name, "off") for name in ("in_hot_standby", "default_transaction_read_only"))


async def looks(dsn: str) -> dict[str, str]:
    """Return by host what each server of an address is: it "takes writes", is "a standby", or why it was not heard."""
    found = {}
    for host in each_host(dsn):
        try:
            db = await asyncpg.connect(host, timeout=HOST_SECONDS, target_session_attrs="any")
        except TimeoutError:
            found[_place(host)] = SILENT
        except (OSError, asyncpg.PostgresError) as error:
            found[_place(host)] = str(error)
        else:
            found[_place(host)] = STANDBY if await db.fetchval("SELECT pg_is_in_recovery()") else WRITABLE
            db.terminate()
    return found


def each_host(dsn: str) -> list[str]:
    """Return an address of one host for each that the address names, in its order."""
    at = urlsplit(dsn)
    who, _, places = at.netloc.rpartition("@")
    if "," in places:
        return [urlunsplit(at._replace(netloc=f"{who}@{place}" if who else place)) for place in places.split(",")]
    asked = dict(parse_qsl(at.query))
    hosts, ports = asked.get("host", "").split(","), asked.get("port", "5432").split(",")
    if len(hosts) == 1:
        return [dsn]
    ports = ports if len(ports) == len(hosts) else ports[:1] * len(hosts)
    queries = [urlencode({**asked, "host": host, "port": port}) for host, port in zip(hosts, ports, strict=True)]
    return [urlunsplit(at._replace(query=query)) for query in queries]


async def _connect_to_one_of(hosts: list[str], options: Mapping[str, Any]) -> PrimaryConnection:
    """Return a connection to the first host that takes writes."""
    seconds = HOST_SECONDS if len(hosts) > 1 else CONNECT_SECONDS
    failed: list[str] = []
    for host in hosts:
        try:
            made: Any = await asyncpg.connect(host, timeout=seconds, target_session_attrs="read-write", **options)
            made.host = host
            _listen_closely(made._transport.get_extra_info("socket"))
            return cast("PrimaryConnection", made)
        except asyncpg.TargetServerAttributeNotMatched:
            failed.append(f"{_place(host)} takes no writes: it is a standby, or was made read-only")
        except TimeoutError:
            failed.append(f"{_place(host)} did not answer within {seconds:.0f} s")
        except AWAY as error:
            if len(hosts) == 1:
                raise
            failed.append(f"{_place(host)}: {error}")
    raise NoPrimary("; ".join(failed))


def _place(dsn: str) -> str:
    """Return the host of an address, without who connects."""
    at = urlsplit(dsn)
    asked = dict(parse_qsl(at.query))
    return at.netloc.rpartition("@")[2] or ":".join(asked[part] for part in ("host", "port") if part in asked) or dsn


def _listen_closely(line: Any) -> None:
    """Have the system notice a machine that is gone; who is on this one is not."""
    if line is None or line.family == socket.AF_UNIX:
        return
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in KEEP_ALIVE.items():
        line.setsockopt(socket.IPPROTO_TCP, option, value)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNHEARD_MILLISECONDS)
