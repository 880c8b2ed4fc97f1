"""What a recogniser's process cannot do, tried from inside."""

import asyncio

import pytest

from manyeyes.recognisers.pool import RecogniserPool
from support.recogniser_packages import detail, wait_until_dead


async def test_it_opens_no_socket_of_any_family(pool: RecogniserPool):
    refused = await detail(pool, b"connect")
    assert refused == dict.fromkeys(("AF_INET", "AF_INET6", "AF_UNIX"), "PermissionError")


async def test_it_writes_no_file(pool: RecogniserPool):
    assert await detail(pool, b"write") == {"error": "File too large"}


async def test_it_knows_nothing_of_the_servers_environment(pool: RecogniserPool, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MANYEYES_DATABASE_URL", "postgresql://somebody:secret@example.org/x")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org")
    names = (await detail(pool, b"environ"))["names"]
    assert set(names) - {"LC_CTYPE"} == {
        *("LC_ALL", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
        *("PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "TZ"),
    }


async def test_what_it_starts_ends_with_it(pool: RecogniserPool):
    pid = (await detail(pool, b"another"))["pid"]
    await pool.close()
    await asyncio.to_thread(wait_until_dead, pid)
