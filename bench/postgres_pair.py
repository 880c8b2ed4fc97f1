"""Two real PostgreSQL servers on loopback, a primary and its synchronous standby, and what can befall them.

Their configuration is that of docs/how-to/survive-a-lost-database.md, word for word: what is tried is what is written.
Their programs are those that came along (`find_programs`).
"""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import asyncpg

from manyeyes.db.binaries import find_programs
from manyeyes.db.privileges import ClusterOwner, choose_owner, command, hand_over

PAGE = Path(__file__).parent.parent / "docs" / "how-to" / "survive-a-lost-database.md"
ROLE = DATABASE = "manyeyes"
LONGEST_START_SECONDS = 60
STANDBY = "standby"  # by this name it is asked for in `synchronous_standby_names`
ON_LOOPBACK = "listen_addresses = '127.0.0.1'\nport = {port}\nunix_socket_directories = ''\n"


class Node:
    """One server: its data directory, its port, its postmaster."""

    def __init__(self, folder: Path, owner: ClusterOwner) -> None:
        self.folder, self.owner = folder, owner
        self.port = _free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def configure(self, *blocks: str) -> None:
        """Write the configuration of these blocks of the page, then where it listens."""
        (self.folder / "postgresql.conf").write_text("\n".join([*blocks, ON_LOOPBACK.format(port=self.port)]))
        (self.folder / "pg_hba.conf").write_text("host all,replication all 127.0.0.1/32 trust\n")

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            words = self.words("postgres", "-D", str(self.folder))
            self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        give_up = time.monotonic() + LONGEST_START_SECONDS
        while self.run("pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port), check=False):
            if time.monotonic() > give_up or self.process.poll() is not None:
                raise RuntimeError((self.folder.parent / f"{self.folder.name}.log").read_text()[-2000:])
            time.sleep(0.1)

    def run(self, program: str, *arguments: str, check: bool = True) -> int:
        """Run one of PostgreSQL's programs as the owner; return its exit code."""
        return subprocess.run(self.words(program, *arguments), check=check, stdout=subprocess.DEVNULL).returncode

    def words(self, program: str, *arguments: str) -> list[str]:
        """Return the command line of one of PostgreSQL's programs, run as the owner."""
        return command(self.owner, [find_programs(), self.folder.parent], find_programs() / program, *arguments)

    def address(self, database: str = DATABASE, role: str = ROLE) -> str:
        """Return the address of a database on this server alone."""
        return f"postgresql://{role}@127.0.0.1:{self.port}/{database}"

    def kill(self) -> None:
        """Kill all of its processes (SIGKILL)."""
        self._signal(signal.SIGKILL)
        if self.process:
            self.process.wait()

    def freeze(self) -> None:
        """Stop all of its processes (SIGSTOP): its connections stay open, and nobody says anything on them."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let its processes go on."""
        self._signal(signal.SIGCONT)

    def ask(self, *statements: str) -> list[str]:
        """Run statements as the superuser, without waiting for a standby; return the first value of each as text."""
        return asyncio.run(self._ask(statements))

    async def _ask(self, statements: tuple[str, ...]) -> list[str]:
        own = {"synchronous_commit": "local"}
        db = await asyncpg.connect(self.address("postgres", "postgres"), timeout=30, server_settings=own)
        try:
            return [str(await db.fetchval(statement)) for statement in statements]
        finally:
            await db.close()

    def _signal(self, number: signal.Signals) -> None:
        assert self.process
        for pid in [self.process.pid, *_children(self.process.pid)]:  # first whoever would start others
            with suppress(ProcessLookupError):
                os.kill(pid, number)


class Pair:
    """``first`` is the primary to begin with, ``second`` its standby."""

    def __init__(self, first: Node, second: Node) -> None:
        self.first, self.second = first, second

    @property
    def address(self) -> str:
        """Return the address that names both."""
        hosts = f"127.0.0.1:{self.first.port},127.0.0.1:{self.second.port}"
        return f"postgresql://{ROLE}@{hosts}/{DATABASE}?target_session_attrs=read-write"

    def promote(self) -> None:
        """Make the standby the primary, and wait until it is."""
        self.second.ask("SELECT pg_promote(true)")

    def start_standby(self) -> None:
        """Start the standby and wait until the primary waits for it at each commit."""
        self.second.start()
        asked = "SELECT count(*) FROM pg_stat_replication WHERE sync_state IN ('sync', 'quorum')"
        while self.first.ask(asked) != ["1"]:
            time.sleep(0.1)


@contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    """Run a primary and its synchronous standby below a folder; both are killed at the end."""
    owner = choose_owner(folder / "first", print)
    (folder / "servers").mkdir()
    first, second = (Node(folder / "servers" / name, owner) for name in ("first", "second"))
    hand_over(folder / "servers", owner)
    try:
        first.run("initdb", "-D", str(first.folder), "--auth=trust", "-U", "postgres", "--data-checksums", "-N")
        first.configure(page_block("both"), page_block("primary"))
        first.start()
        first.ask(f"CREATE ROLE {ROLE} LOGIN CREATEDB IN ROLE pg_monitor", f"CREATE DATABASE {DATABASE} OWNER {ROLE}")
        source = f"host=127.0.0.1 port={first.port} user=postgres application_name={STANDBY}"
        first.run("pg_basebackup", "-D", str(second.folder), "-R", "-N", "-c", "fast", "-d", source)
        second.configure(page_block("both"))
        found = Pair(first, second)
        found.start_standby()
        yield found
    finally:
        for node in (first, second):
            if node.process and node.process.poll() is None:
                node.kill()
        shutil.rmtree(folder / "servers")


def page_block(name: str) -> str:
    """Return the block of configuration of the page that begins with this name as its comment."""
    found = re.search(rf"```\n# postgresql\.conf, {name}\b[^\n]*\n(.*?)```", PAGE.read_text(), re.S)
    if not found:
        raise LookupError(f"{PAGE.name} has no block of postgresql.conf for {name}")
    return found[1]


def _children(pid: int) -> list[int]:
    with suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
