"""A program as somebody who is nobody here, on a machine of which it may write to /tmp and one directory alone."""

import os
import shutil
import subprocess
from pathlib import Path

NOBODY = 65534
# Mounts of this process's own: each is made read-only but those named first, and what is no disk's.
_CLOSE = """
set -e
kept=$1 closed=$2
shift 2
for place in /tmp "$kept" "$closed"; do mount --bind "$place" "$place"; done
while read -r _ _ _ _ place _; do
    case $place in
        /proc*|/sys*|/dev*|/tmp|"$kept") ;;
        *) mount -o remount,bind,ro "$place" ;;
    esac
done </proc/self/mountinfo
exec "$@"
"""
# The capability lets this user reach an interpreter and programs that root may keep behind closed directories.
_WAY_IN = ("--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search", "--securebits=+no_setuid_fixup")


def why_open() -> str:
    """Return why nothing can be closed here; empty where it can."""
    if os.geteuid() != 0 or not shutil.which("setpriv") or not shutil.which("unshare"):
        return "needs root, and unshare and setpriv of util-linux"
    done = subprocess.run(closed(Path("/tmp"), Path("/tmp"), "true"), capture_output=True, text=True, check=False)
    return f"no mounts can be made here: {done.stderr.strip()}" if done.returncode else ""


def closed(kept: Path, closed_to: Path, *command: str, user: int = NOBODY) -> list[str]:
    """Return the command as this user's, who may write to ``kept`` and /tmp, and there not to ``closed_to``."""
    as_user = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *_WAY_IN, "env", "HOME=/nonexistent"]
    return ["unshare", "--mount", "sh", "-c", _CLOSE, "sh", str(kept), str(closed_to), *as_user, *command]


def give_away(folder: Path, user: int = NOBODY) -> None:
    """Give a directory to a user, with all that is in it."""
    subprocess.run(["chown", "--recursive", f"{user}:{user}", str(folder)], check=True)


def writable_mounts(pid: int) -> set[str]:
    """Return where a process may write, as far as mounts say; what is no disk's is left out."""
    lines = Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
    found = {parts[4]: parts[5].split(",") for parts in map(str.split, lines)}
    return {place for place, how in found.items() if "rw" in how and not place.startswith(("/proc", "/sys", "/dev"))}
