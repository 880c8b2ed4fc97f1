"""Debian's Patroni, etcd and PostgreSQL on loopback, with the files that operators are given (deploy/patroni/).

Three PostgreSQL servers, each with its Patroni, and one etcd for them. As a program it installs them, if it may.
"""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from manyeyes.db.embedded import DATABASE, ROLE
from manyeyes.db.privileges import ClusterOwner, choose_owner, command, hand_over
from support.apt_packages import install
from support.proxies import DEPLOY

SHIPPED = DEPLOY / "patroni"
PATRONI, PATRONICTL, ETCD = "/usr/bin/patroni", "/usr/bin/patronictl", "/usr/bin/etcd"
PACKAGES = ("patroni", "python3-etcd", "etcd-server", "postgresql-15")
MISSING = f"Patroni, etcd or PostgreSQL 15 is not installed (Debian: sudo apt-get install {' '.join(PACKAGES)})"
NAMES = ("db1", "db2", "db3")
ON_ONE_MACHINE = """
# The rehearsal's own words, after the shipped file: the three share a machine, which no watchdog may reset.
postgresql: {parameters: {unix_socket_directories: ""}}
watchdog: {mode: "off"}
"""
LONGEST_SECONDS, LOOK_SECONDS, REPLY_SECONDS = 120.0, 0.2, 2.0
SYNCHRONOUS = """
SELECT array_agg(application_name ORDER BY application_name) FROM pg_stat_replication
WHERE state = 'streaming' AND sync_state = 'sync'
"""


def shipped_environment(name: str) -> dict[str, str]:
    """Return what a shipped file of lines NAME=VALUE says."""
    lines = (SHIPPED / name).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def is_installed() -> bool:
    """Tell whether the programs that the shipped files name are there."""
    postgres = Path(shipped_environment("patroni_env.conf")["PATRONI_POSTGRESQL_BIN_DIR"]) / "postgres"
    return all(os.access(program, os.X_OK) for program in (PATRONI, PATRONICTL, ETCD, postgres))


class Daemon:
    """A program that runs with a shipped file as its environment, in which addresses and places are ours."""

    def __init__(self, folder: Path, owner: ClusterOwner, shipped: str, places: dict[str, str]) -> None:
        self.folder, self.owner = folder, owner
        settings = shipped_environment(shipped)
        if unknown := places.keys() - settings.keys():
            raise LookupError(f"{shipped} does not say {', '.join(sorted(unknown))}")
        self.environment = {**settings, **places, "PATH": "/usr/bin:/bin", "HOME": str(folder), "LANG": "C.UTF-8"}
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir()
        folder.chmod(0o700)

    def start(self, *words: str) -> None:
        """Start it, out of the reach of a terminal's Ctrl-C."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.words(*words),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )

    def words(self, program: str, *arguments: str) -> list[str]:
        """Return the command line of a program that is run as the owner."""
        return command(self.owner, [self.folder.parent], Path(program), *arguments)

    @property
    def log(self) -> Path:
        """Return where it says what it does."""
        return self.folder.with_suffix(".log")

    def processes(self) -> list[psutil.Process]:
        """Return its process and all below that, first whoever would start others."""
        return _with_children(self.process.pid) if self.process and self.process.poll() is None else []


class Host(Daemon):
    """A machine of the cluster: a Patroni, and the PostgreSQL that it runs."""

    def __init__(self, folder: Path, owner: ClusterOwner, etcd: str) -> None:
        self.name, self.data, self.configuration = folder.name, folder / "data", folder / "configuration"
        self.port, rest = free_ports(2)
        self.rest = f"http://127.0.0.1:{rest}"
        places = {
            "PATRONI_NAME": self.name,
            "PATRONI_ETCD_HOSTS": etcd,
            "PATRONI_POSTGRESQL_LISTEN": f"127.0.0.1:{self.port}",
            "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"127.0.0.1:{self.port}",
            "PATRONI_POSTGRESQL_DATA_DIR": str(self.data),
            "PATRONI_POSTGRESQL_PGPASS": str(folder / "pgpass"),
            "PATRONI_RESTAPI_LISTEN": f"127.0.0.1:{rest}",
            "PATRONI_RESTAPI_CONNECT_ADDRESS": f"127.0.0.1:{rest}",
        }
        super().__init__(folder, owner, "patroni_env.conf", places)
        self.configuration.mkdir()  # Patroni reads all that lies there, in the order of its names
        shutil.copyfile(SHIPPED / "patroni.yml", self.configuration / "1-shipped.yml")
        (self.configuration / "2-on-one-machine.yml").write_text(ON_ONE_MACHINE)

    def start(self, *_: str) -> None:
        """Start its Patroni, which starts PostgreSQL."""
        super().start(PATRONI, str(self.configuration))

    def control(self, *arguments: str) -> None:
        """Run patronictl here. Raises CalledProcessError."""
        words = self.words(PATRONICTL, "-c", str(self.configuration), *arguments)
        with self.log.open("ab") as log:
            subprocess.run(words, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self.environment)

    def has_the_lease(self) -> bool:
        """Tell whether Patroni says that this one is the primary."""
        with suppress(httpx.HTTPError):
            return httpx.get(f"{self.rest}/primary", timeout=REPLY_SECONDS).status_code == 200
        return False

    def address(self) -> str:
        """Return the superuser's address of this server alone."""
        password = self.environment["PATRONI_SUPERUSER_PASSWORD"]
        return f"postgresql://postgres:{password}@127.0.0.1:{self.port}/postgres"

    def ask(self, *statements: str) -> Any:
        """Run statements as the superuser; return the last one's first value."""
        return asyncio.run(self._ask(statements))

    async def _ask(self, statements: tuple[str, ...]) -> Any:
        db = await asyncpg.connect(self.address(), timeout=REPLY_SECONDS)
        try:
            return [await db.fetchval(statement) for statement in statements][-1]
        finally:
            db.terminate()

    def postgres(self) -> list[psutil.Process]:
        """Return PostgreSQL's processes, the postmaster first."""
        with suppress(FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if str(self.data) in psutil.Process(pid).cmdline():
                return _with_children(pid)
        return []

    def kill(self) -> None:
        """Kill Patroni and PostgreSQL at once (SIGKILL), as when the machine dies."""
        found = [*self.processes(), *self.postgres()]
        send(signal.SIGKILL, found)
        psutil.wait_procs(found, timeout=LONGEST_SECONDS)

    def freeze(self) -> None:
        """Stop Patroni and PostgreSQL (SIGSTOP): nobody there says anything, and every connection stays open."""
        for _ in range(2):  # again for those that were started while the first ones were stopped
            send(signal.SIGSTOP, [*self.processes(), *self.postgres()])


class Cluster:
    """Three hosts and the etcd that they ask who is primary."""

    def __init__(self, folder: Path) -> None:
        owner = choose_owner(folder, print)
        client, peer = free_ports(2)
        places = {
            "ETCD_DATA_DIR": str(folder / "etcd" / "data"),
            "ETCD_LISTEN_CLIENT_URLS": f"http://127.0.0.1:{client}",
            "ETCD_ADVERTISE_CLIENT_URLS": f"http://127.0.0.1:{client}",
            "ETCD_LISTEN_PEER_URLS": f"http://127.0.0.1:{peer}",
            "ETCD_INITIAL_ADVERTISE_PEER_URLS": f"http://127.0.0.1:{peer}",
            "ETCD_INITIAL_CLUSTER": f"db1=http://127.0.0.1:{peer}",
        }
        self.folder = folder.parent  # where others may lay what they need
        self.etcd = Daemon(folder / "etcd", owner, "etcd", places)
        self._health = f"http://127.0.0.1:{client}/health"
        self.hosts = [Host(folder / name, owner, f"127.0.0.1:{client}") for name in NAMES]
        hand_over(folder, owner)

    @property
    def address(self) -> str:
        """Return the address that names all three."""
        hosts = ",".join(f"127.0.0.1:{host.port}" for host in self.hosts)
        return f"postgresql://{ROLE}:{ROLE}@{hosts}/{DATABASE}?target_session_attrs=read-write"

    def start(self) -> None:
        """Start everything, and make our role and database."""
        self.etcd.start(ETCD)
        asyncio.run(self.until(self._etcd_is_well, "etcd answers"))
        for host in self.hosts:
            host.start()
        asyncio.run(self.until(self.is_whole, "there is a primary with two synchronous standbys"))
        role = f"CREATE ROLE {ROLE} LOGIN PASSWORD '{ROLE}' CREATEDB IN ROLE pg_monitor"
        there_too = "SET synchronous_commit = remote_apply"  # a standby without the database says so to who asks it
        self.primary().ask(there_too, role, f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def primary(self) -> Host:
        """Return the host with the lease. Raises LookupError while there is none."""
        for host in self.hosts:
            if host.has_the_lease():
                return host
        raise LookupError("no host has the lease")

    def is_whole(self) -> bool:
        """Tell whether all but the primary are its synchronous standbys, by its own word and by Patroni's."""
        with suppress(LookupError, OSError, asyncpg.PostgresError, httpx.HTTPError):
            primary = self.primary()
            others = [host.name for host in self.hosts if host is not primary]
            told = httpx.get(f"{primary.rest}/cluster", timeout=REPLY_SECONDS).json()["members"]
            promised = sorted(member["name"] for member in told if member["role"] == "sync_standby")
            return bool(others == promised == primary.ask(SYNCHRONOUS))
        return False

    async def until(self, happened: Callable[[], bool], what: str) -> None:
        """Wait until something happened. Raises TimeoutError with the ends of all logs where it seems never to."""
        give_up = time.monotonic() + LONGEST_SECONDS
        while not await asyncio.to_thread(happened):
            if time.monotonic() > give_up:
                logs = [daemon.log for daemon in (self.etcd, *self.hosts)]
                tails = "\n".join(f"{log.name}:\n{log.read_text()[-2000:]}" for log in logs if log.exists())
                raise TimeoutError(f"it never happened that {what}\n{tails}")
            await asyncio.sleep(LOOK_SECONDS)

    def stop(self) -> None:
        """End all: Patroni at once, so that it starts nothing; PostgreSQL without a word to anybody; etcd."""
        for host in self.hosts:
            send(signal.SIGCONT, [*host.processes(), *host.postgres()])
        patronis = [process for host in self.hosts for process in host.processes()]
        send(signal.SIGKILL, patronis)
        psutil.wait_procs(patronis)
        servers = [process for host in self.hosts for process in host.postgres()]
        send(signal.SIGQUIT, servers)  # unlike SIGKILL it leaves no shared memory
        etcd = self.etcd.processes()
        send(signal.SIGTERM, etcd)
        _, left = psutil.wait_procs([*servers, *etcd], timeout=REPLY_SECONDS * 5)
        send(signal.SIGKILL, left)

    def _etcd_is_well(self) -> bool:
        with suppress(httpx.HTTPError):
            return httpx.get(self._health, timeout=REPLY_SECONDS).status_code == 200
        return False


@contextmanager
def patroni_cluster(folder: Path) -> Iterator[Cluster]:
    """Run a cluster below a folder; nothing of it is left at the end."""
    place = folder / "cluster"
    place.mkdir()
    cluster = Cluster(place)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(place)


def send(number: signal.Signals, processes: list[psutil.Process]) -> None:
    """Send a signal to those that are still there."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)


def free_ports(count: int) -> list[int]:
    """Return so many ports that nobody listens on."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _with_children(pid: int) -> list[psutil.Process]:
    with suppress(psutil.NoSuchProcess):
        first = psutil.Process(pid)
        return [first, *first.children(recursive=True)]
    return []


def main() -> None:
    """Install what is missing where this process may."""
    if not is_installed():
        install("Patroni, etcd and PostgreSQL 15 for the rehearsal (40 MB to fetch)", *((name,) for name in PACKAGES))


if __name__ == "__main__":
    main()
