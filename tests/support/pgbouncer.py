"""Debian's PgBouncer in transaction mode before the tests' PostgreSQL. As a program it installs it, if it may."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from manyeyes.db.embedded import ROLE
from manyeyes.db.privileges import ClusterOwner, hand_over
from manyeyes.db.privileges import command as owned_command
from support.apt_packages import install

MISSING = "PgBouncer is not installed (Debian: sudo apt-get install pgbouncer)"
PORT = 6432  # only a part of the socket's name
LONGEST_START_SECONDS = 60
CONFIGURATION = """
[databases]
{database} = host={host} port={port} dbname={database}
[pgbouncer]
unix_socket_dir = {folder}
listen_port = {pooler_port}
auth_type = trust
auth_file = {folder}/users
pool_mode = transaction
default_pool_size = {connections}
logfile = {folder}/log
{more}
"""


def find_pgbouncer() -> str | None:
    """Return the path of PgBouncer, or None."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


@contextmanager
def pgbouncer(folder: Path, dsn: str, connections: int, more: str = "") -> Iterator[str]:
    """Run a pooler of so many ``connections`` of the server before a database; yield the database's DSN through it.

    ``more``: lines of its configuration. As root it runs as whoever owns the server's socket: it refuses to be root.
    """
    program, address = find_pgbouncer(), urlsplit(dsn)
    assert program, MISSING
    server = {name: values[0] for name, values in parse_qs(address.query).items()}
    database = address.path.lstrip("/")
    place = {"folder": folder, "pooler_port": PORT, "database": database, "connections": connections, **server}
    folder.mkdir()
    (folder / "users").write_text(f'"{ROLE}" ""\n')
    (folder / "ini").write_text(CONFIGURATION.format(more=more, **place))
    found = Path(server["host"]).stat()
    owner = ClusterOwner(found.st_uid, found.st_gid)
    hand_over(folder, owner)
    command = owned_command(owner, [folder, Path(server["host"])], Path(program), str(folder / "ini"))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _await_answer(process, folder)
            yield f"postgresql://{ROLE}@/{database}?host={quote(str(folder), safe='')}&port={PORT}"
        finally:
            process.terminate()


def _await_answer(process: "subprocess.Popen[bytes]", folder: Path) -> None:
    give_up = time.monotonic() + LONGEST_START_SECONDS
    while True:
        with socket.socket(socket.AF_UNIX) as probe:
            if not probe.connect_ex(str(folder / f".s.PGSQL.{PORT}")):
                return
        log = folder / "log"
        assert process.poll() is None, log.read_text() if log.exists() else "it ended"
        assert time.monotonic() < give_up, "never answered"
        time.sleep(0.05)


def main() -> None:
    """Install PgBouncer where it is missing and this process may; say so when it stays missing."""
    if find_pgbouncer():
        return
    install("PgBouncer for the tests behind it (under 1 MB to fetch)", ("pgbouncer",))
    if not find_pgbouncer():
        print(f"== {MISSING}; its tests are skipped", file=sys.stderr)


if __name__ == "__main__":
    main()
