"""Processor time by part of the product. On a shared machine it says more than a rate does."""

import resource
from pathlib import Path
from typing import NamedTuple

import psutil


class Cpu(NamedTuple):
    """Seconds spent so far; ``machine`` is everything that ran, whoever started it."""

    server: float
    postgres: float
    machine: float

    def since(self, before: "Cpu") -> "Cpu":
        """Return what was spent after ``before``."""
        return Cpu(*(now - then for now, then in zip(self, before, strict=True)))


def spent(pid: int) -> Cpu:
    """Return what the process and all below it have used: PostgreSQL's processes apart from the others."""
    above = psutil.Process(pid)
    seconds = {True: 0.0, False: 0.0}
    for process in [above, *above.children(recursive=True)]:
        try:
            times, is_postgres = process.cpu_times(), process.name() == "postgres"
        except psutil.NoSuchProcess:
            continue
        ended = times.children_user + times.children_system if is_postgres else 0.0  # short-lived vacuum workers
        seconds[is_postgres] += times.user + times.system + ended
    return Cpu(seconds[False], seconds[True], _machine())


def ran(pid: int) -> float:
    """Return the seconds that one process's first thread has run (proc(5): schedstat), exactly."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def not_ours() -> float:
    """Return the seconds that other programs have used, once all our children have ended: only differences count."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return _machine() - sum(usage.ru_utime + usage.ru_stime for usage in used)


def _machine() -> float:
    whole = psutil.cpu_times()
    return float(whole.user + whole.nice + whole.system + whole.irq + whole.softirq)
