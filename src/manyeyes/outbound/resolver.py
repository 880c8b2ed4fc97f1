"""Names to addresses by the system's resolver, so that `/etc/hosts` counts; names to TXT records by dnspython."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from typing import Protocol

from manyeyes.outbound.rules import DoorReason, DoorRefused

# Threads of their own, as a hanging name server must not take those that others wait for; and many, since the system
# goes on asking for half a minute after we stopped waiting, and one account may begin 16 look-ups in ten seconds.
LOOK_UPS_AT_ONCE = 128


class Resolver(Protocol):
    """Both raise `DoorRefused`; tests give their own."""

    async def addresses(self, host: str) -> list[str]:
        """Return all IP addresses of a host, at least one (no_such_name, resolver_failed)."""

    async def texts(self, name: str, seconds: float) -> list[str]:
        """Return the TXT records of a name, each in one piece; none when there are none (resolver_failed)."""


class SystemResolver:
    """Asks as every program of this machine does. ``nameserver`` (address, port): who is asked for TXT instead."""

    def __init__(self, nameserver: tuple[str, int] | None = None) -> None:
        self._threads = ThreadPoolExecutor(LOOK_UPS_AT_ONCE, thread_name_prefix="resolver")
        self._nameserver = nameserver

    async def addresses(self, host: str) -> list[str]:
        """Return all IP addresses of a host, by the system's resolver. Raises `DoorRefused` as `Resolver` says."""
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, _look_up, host)
        except socket.gaierror as error:
            lasting = error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
            reason = DoorReason.NO_SUCH_NAME if lasting else DoorReason.RESOLVER_FAILED
            raise DoorRefused(reason, f"{host}: {error.strerror}") from error
        except (OSError, UnicodeError) as error:
            raise DoorRefused(DoorReason.RESOLVER_FAILED, f"{host}: {error}") from error
        return list(dict.fromkeys(found))

    async def texts(self, name: str, seconds: float) -> list[str]:
        """Return the TXT records of a name, within so many seconds. Raises `DoorRefused` as `Resolver` says."""
        records = await asyncio.to_thread(import_module, "manyeyes.outbound.text_records")
        found: list[str] = await records.text_records(name, seconds, self._nameserver)
        return found


def _look_up(host: str) -> list[str]:
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
