"""Ports for servers that take the first free one: a range for each process that runs tests."""

import os

PORTS_EACH = 200  # more than a server tries, and than the ranges that tests begin at lie apart


def own_ports(first: int) -> int:
    """Return the first port of this process's range; two processes that look for a free one at once find others."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return first + PORTS_EACH * int(worker.removeprefix("gw"))
