"""Whom PostgreSQL runs as. It refuses to run as root, so root hands it to a system user."""

import fcntl
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from json import dumps
from pathlib import Path
from typing import NamedTuple

from manyeyes.db.failures import EmbeddedFailed

SERVICE_USER = "manyeyes"
LAUNCHER = Path(__file__).with_name("launcher.py")


class ClusterOwner(NamedTuple):
    """The user that the database's files and processes belong to."""

    uid: int
    gid: int


def choose_owner(cluster: Path, progress: Callable[[str], None]) -> ClusterOwner:
    """Return whom PostgreSQL runs as: this user, or another one when this is root, since PostgreSQL refuses to be root.

    For root it is whoever owns the existing cluster, else the system user `manyeyes`, else `nobody`. Raises
    EmbeddedFailed when the cluster belongs to somebody else and this is not root.
    """
    us = ClusterOwner(os.geteuid(), os.getegid())
    found = cluster.stat() if cluster.exists() else None
    if us.uid != 0:
        if found and found.st_uid != us.uid:
            raise EmbeddedFailed(
                f"{cluster} belongs to user {found.st_uid}; run manyeyes as that user (we are {us.uid})"
            )
        return us
    if found and found.st_uid != 0:
        return ClusterOwner(found.st_uid, found.st_gid)
    return _service_user(progress)


def _service_user(progress: Callable[[str], None]) -> ClusterOwner:
    if not _known(SERVICE_USER):
        _create_service_user(progress)
    entry = _known(SERVICE_USER) or pwd.getpwnam("nobody")
    return ClusterOwner(entry.pw_uid, entry.pw_gid)


def _create_service_user(progress: Callable[[str], None]) -> None:
    """Create the system user once: of two `useradd` at once the later replaces the earlier's user by another number."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if not useradd:
        return
    whole_host = os.open("/etc", os.O_RDONLY)
    try:
        fcntl.flock(whole_host, fcntl.LOCK_EX)
        if _known(SERVICE_USER):
            return
        progress(f"Creating the system user {SERVICE_USER}: PostgreSQL does not run as root")
        subprocess.run(
            [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER],
            capture_output=True,
            check=False,  # a read-only /etc leaves us with nobody
        )
    finally:
        os.close(whole_host)


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def hand_over(directory: Path, owner: ClusterOwner) -> None:
    """Give a directory and all in it to the owner, when we are root (after a restore, say). Follows no link."""
    if os.geteuid() != 0 or directory.stat().st_uid == owner.uid:
        return
    for above, directories, files, fd in os.fwalk(directory, topdown=False):
        for name in (*directories, *files):
            os.chown(name, *owner, dir_fd=fd, follow_symlinks=False)
        if Path(above) == directory:
            os.chown(fd, *owner)  # last, so that an interrupted hand-over starts again


def command(owner: ClusterOwner, reach: Sequence[Path], program: Path, *arguments: str) -> list[str]:
    """Return a command line that runs the program as the owner and lets it die with the thread that forks it."""
    order = {"parent": os.getpid(), "uid": owner.uid, "gid": owner.gid, "reach": [str(place) for place in reach]}
    return [sys.executable, "-I", "-S", str(LAUNCHER), dumps(order), str(program), *arguments]
