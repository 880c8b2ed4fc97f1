"""Processor time by part of the product. On a shared machine it says more than a rate does."""

from typing import NamedTuple

import psutil


class Cpu(NamedTuple):
    """Seconds spent so far; ``machine`` is everything that ran, whoever started it."""

    server: float
    postgres: float
    machine: float

    def since(self, before: "Cpu") -> "Cpu":
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
    whole = psutil.cpu_times()
    return Cpu(seconds[False], seconds[True], sum(whole[:3]) + sum(whole[5:7]))
