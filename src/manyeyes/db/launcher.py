"""Becomes a PostgreSQL program. Run by path as `python -I -S launcher.py ORDER PROGRAM ARGUMENT...`.

A process of its own, because what has to happen between fork and exec (dropping rights, asking to die with the parent)
may not be done safely as Python code in the forked copy of a process with threads. Uses the standard library only.

ORDER is a JSON object: `parent` (the pid to die with), `uid` and `gid` (to become, when we are root),
`reach` (directories the program must be able to enter).

When root's directories (mode 0700) lie above the programs or the data, the unprivileged user could not enter them.
Their modes are not ours to change; instead the program keeps a single capability: CAP_DAC_READ_SEARCH ("may enter and
read"), or, where a container withholds that one, CAP_DAC_OVERRIDE. Nothing is kept when nothing is in the way.
"""

import ctypes
import json
import os
import signal
import sys

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 1, 8, 28, 38
PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 47, 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_SETPCAP = 1, 2, 8
CAPABILITY_VERSION_3 = 0x20080522
REFUSED = 71

libc = ctypes.CDLL(None, use_errno=True)


class CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class CapabilitySets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def checked(result: int) -> None:
    """Raise OSError with the C library's errno when a call did not return 0."""
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def prctl(option: int, *values: int) -> None:
    """Call prctl(2). Raises OSError."""
    arguments = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    checked(libc.prctl(option, *arguments))


def hold_only(*capabilities: int) -> None:
    """Make these the process's only capabilities: effective, permitted and inheritable. Raises OSError.

    The kernel's masks have two words.
    """
    sets = (CapabilitySets * 2)()
    sets[0].effective = sets[0].permitted = sets[0].inheritable = sum(1 << number for number in capabilities)
    checked(libc.capset(ctypes.byref(CapabilityHeader(CAPABILITY_VERSION_3, 0)), ctypes.byref(sets)))


def keep_a_way_in() -> bool:
    """Keep one capability over exec (the ambient set); return False when this root may not do that.

    PostgreSQL asks access(2) for its own programs, and access(2) counts capabilities only under NO_SETUID_FIXUP.
    """
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        try:
            hold_only(capability, CAP_SETPCAP)
            prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
            hold_only(capability)
            prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)
        except OSError:
            continue
        return True
    return False


def obstacle(directory: str) -> str:
    """Return the topmost part of the path that this user may not enter."""
    parts = directory.split("/")
    above = ["/".join(parts[: n + 1]) or "/" for n in range(len(parts))]
    return next((part for part in above if not os.access(part, os.X_OK)), directory)


def become(uid: int, gid: int, reach: list[str]) -> None:
    """Give up root for good. Raises PermissionError when the user cannot reach one of the directories in ``reach``.

    After setresuid no capability is effective, so os.access tells what this user may do.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)  # no set-uid program may give anything back
    prctl(PR_SET_KEEPCAPS, 1)
    os.setgroups([gid])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    blocked = [directory for directory in reach if not os.access(directory, os.X_OK)]
    if not blocked:
        hold_only()
    elif not keep_a_way_in():
        raise PermissionError(
            f"user {uid} cannot reach {blocked[0]}: {obstacle(blocked[0])} is closed to it. "
            "Use a data directory (and a virtual environment) that every user can reach, or do not run as root."
        )


def main(argv: list[str]) -> int:
    """Carry out the order and become the program; return `REFUSED` when that is not possible, and say why on stderr."""
    order = json.loads(argv[1])
    try:
        if os.geteuid() == 0:
            become(order["uid"], order["gid"], order["reach"])
        # After the change of user, which would clear it. SIGINT is PostgreSQL's fast shutdown.
        prctl(PR_SET_PDEATHSIG, signal.SIGINT)
        if os.getppid() != order["parent"]:
            raise ProcessLookupError("the process that wanted PostgreSQL is gone")
        os.umask(0o077)
        os.execv(argv[2], argv[2:])
    except OSError as error:
        print(f"manyeyes launcher: {error}", file=sys.stderr)
    return REFUSED


if __name__ == "__main__":
    sys.exit(main(sys.argv))
