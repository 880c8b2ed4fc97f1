"""What a child may not do: outlive its server, take more memory than its share, write files, open connections."""

import ctypes
import os
import platform
import resource
import signal

from manyeyes.db.launcher import PR_SET_NO_NEW_PRIVS, PR_SET_PDEATHSIG, checked, libc, prctl

PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 22, 2
LOAD_WORD, IF_EQUAL, IF_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # classic BPF, linux/bpf_common.h
ALLOW, REFUSE = 0x7FFF0000, 0x00050000 | 13  # SECCOMP_RET_ERRNO with EACCES
ARCHITECTURE_AT, NUMBER_AT = 4, 0  # in struct seccomp_data
# The kernel's name of the architecture, and its numbers of socket(2) and io_uring_setup(2), which can open sockets too.
ARCHITECTURES = {"x86_64": (0xC000003E, 41, 425), "aarch64": (0xC00000B7, 198, 425)}


class Instruction(ctypes.Structure):
    """struct sock_filter: at ``yes`` and ``no`` how many lines are skipped."""

    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("k", ctypes.c_uint32))


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.POINTER(Instruction)))


def die_with(parent_pid: int) -> None:
    """Ask the kernel for SIGKILL when the server's thread that started us ends; leave when it has ended already."""
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent_pid:
        raise SystemExit("the server that wanted this recogniser is gone")


def limit(megabytes: int) -> None:
    """Limit the memory that is really this process's own, and let it write no file, not even a crash's dump.

    RLIMIT_DATA and not RLIMIT_AS: libraries that are mapped and stacks that are only reserved cost nothing. No
    RLIMIT_CPU, since a child lives long and the server keeps the time; no RLIMIT_NPROC, which counts all of the user.
    """
    size = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def cut_off() -> bool:
    """Have the kernel refuse every socket (EACCES) from here on.

    Returns False where the kernel cannot do that: on another processor or system.
    """
    if platform.machine() not in ARCHITECTURES:
        return False
    architecture, socket, io_uring_setup = ARCHITECTURES[platform.machine()]
    lines = [
        Instruction(LOAD_WORD, 0, 0, ARCHITECTURE_AT),
        Instruction(IF_EQUAL, 0, 5, architecture),  # no call by another architecture's numbers
        Instruction(LOAD_WORD, 0, 0, NUMBER_AT),
        Instruction(IF_AT_LEAST, 3, 0, 0x40000000),  # nor in x86's x32, which shares the architecture
        Instruction(IF_EQUAL, 2, 0, socket),
        Instruction(IF_EQUAL, 1, 0, io_uring_setup),
        Instruction(RETURN, 0, 0, ALLOW),
        Instruction(RETURN, 0, 0, REFUSE),
    ]
    program = Program(len(lines), (Instruction * len(lines))(*lines))
    try:
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        checked(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0))
    except OSError:
        return False
    return True
