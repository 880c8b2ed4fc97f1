"""A PostgreSQL cluster on disk: made whole or not at all, of a known version, cleared of what a crash left.

Everything here is called with both locks of `directory_lock.py` held.
"""

import os
import shutil
import tempfile
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from manyeyes.db.failures import EmbeddedFailed
from manyeyes.db.privileges import ClusterOwner, hand_over

SUPERUSER = "postgres"
SOCKET_PORT = 5432  # only a part of the socket's name; nothing listens on a network
SOCKET_PATH_BYTES = 107  # sun_path of unix(7), without its closing zero
ODD_IN_A_SOCKET_PATH = ",\"'\\"  # separators and quotes, to PostgreSQL or to the driver


def cluster_name(cluster: Path) -> str:
    """Return the name of one data directory's server; each of its processes shows it in its command line."""
    return f"manyeyes-{sha256(os.fsencode(cluster.resolve())).hexdigest()[:12]}"


def check_version(cluster: Path, major: int) -> bool:
    """Tell whether there is a cluster yet. Raises EmbeddedFailed for one that these programs cannot serve."""
    if not cluster.exists():
        return False
    try:
        written_by = (cluster / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise EmbeddedFailed(f"{cluster} is not a PostgreSQL cluster (it has no PG_VERSION)") from None
    if written_by != str(major):
        raise EmbeddedFailed(
            f"{cluster} was written by PostgreSQL {written_by}, but the programs here are version {major}. "
            f"Let MANYEYES_PG_BIN name PostgreSQL {written_by}, or dump with it and restore into a new directory."
        )
    return True


def make_staging(cluster: Path, owner: ClusterOwner) -> Path:
    """Make and return an empty directory to initialise; whatever an interrupted attempt left is removed."""
    staging = cluster.with_name(cluster.name + ".new")
    shutil.rmtree(staging, ignore_errors=True)
    _make_private(staging, owner)
    return staging


def initdb_arguments(staging: Path, major: int) -> list[str]:
    """Return initdb's arguments: checksums, UTF-8, and (from 17 on) an order of texts that no C library changes.

    `trust` is safe only because the one socket lies in a directory that nobody but the owner (and root) may enter.
    """
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    locale = builtin if major >= 17 else ["--locale=C.UTF-8"]
    common = ["--encoding=UTF8", "--data-checksums", "--auth=trust", "--username", SUPERUSER, "--no-instructions"]
    return ["-D", str(staging), *locale, *common]


def put_in_place(staging: Path, cluster: Path) -> None:
    """Rename the initialised directory to the cluster's name, and make the rename durable."""
    staging.rename(cluster)
    fd = os.open(cluster.parent, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def prepare_socket_dir(data_dir: Path, owner: ClusterOwner) -> Path:
    """Make and return the directory of the server's socket, closed to others (0700).

    It is `run` in the data directory, or one under the temporary directory when a socket's path (107 bytes) has no room
    for the first. Raises OSError when neither can be used.
    """
    run = data_dir / "run"
    if _fits(run):
        _make_private(run, owner)
        hand_over(run, owner)
        run.chmod(0o700)
        return run
    name = f"{cluster_name(data_dir)}-{owner.uid}"
    for place in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp")):
        directory = Path(place) / name
        if _fits(directory) and _make_private(directory, owner):
            return directory
    raise OSError(f"{run} is too long a path for a socket, and no temporary directory could be used instead")


def clear_socket_dir(data_dir: Path, socket_dir: Path) -> None:
    """Remove a socket directory that is not in the data directory, unless something is in it."""
    if socket_dir.parent != data_dir:
        with suppress(OSError):
            socket_dir.rmdir()


def _fits(directory: Path) -> bool:
    path = os.fsencode(directory / f".s.PGSQL.{SOCKET_PORT}")
    return len(path) <= SOCKET_PATH_BYTES and not any(mark in str(directory) for mark in ODD_IN_A_SOCKET_PATH)


def _make_private(directory: Path, owner: ClusterOwner) -> bool:
    """Make the directory, or tell whether what stands there is one that only the owner may enter.

    In a temporary directory anybody may have put it there.
    """
    try:
        directory.mkdir(mode=0o700)
        if os.geteuid() == 0:
            os.chown(directory, *owner)
    except FileExistsError:
        found = directory.lstat()
        return found.st_uid == owner.uid and found.st_mode & 0o170077 == 0o040000
    except OSError:
        return False
    return True


def fixed_settings(cluster: Path, socket_dir: Path) -> dict[str, str]:
    """Return the settings that nobody may change: no network, our socket, the name `directory_lock.py` looks for."""
    return {
        "listen_addresses": "",
        "port": str(SOCKET_PORT),
        "unix_socket_directories": str(socket_dir),
        "cluster_name": cluster_name(cluster),
    }


def forget_dead_server(cluster: Path, socket_dir: Path) -> None:
    """Remove pid files that name no server of this cluster.

    PostgreSQL believes them as long as any process, or a zombie, has the pid, and an empty one (a crash in the wrong
    moment) for ever. After a container's restart some process often has it.
    """
    pid_file = cluster / "postmaster.pid"
    if _serves(_pid_in(pid_file), cluster):
        return  # somebody else started it: PostgreSQL itself will refuse, and say so in its log
    pid_file.unlink(missing_ok=True)
    for left in socket_dir.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None


def _serves(pid: int | None, cluster: Path) -> bool:
    """Tell whether the process is a PostgreSQL at work in this directory: each of them has it as working directory."""
    process = Path(f"/proc/{pid}")
    try:
        if (process / "comm").read_text().strip() not in ("postgres", "postmaster"):
            return False
        if not (process / "cmdline").read_bytes():
            return False  # a zombie, or on its way out
        return os.path.samestat(os.stat(process / "cwd"), os.stat(cluster))
    except PermissionError:
        return True
    except (FileNotFoundError, ProcessLookupError):
        return False
