"""Looking for proofs at name servers and web servers on loopback, and what the periodic jobs do about it."""

import ipaddress
import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
import trustme

from manyeyes.outbound.door import Door
from manyeyes.outbound.rules import DoorReason, DoorRefused
from manyeyes.roles import site_checks
from manyeyes.roles.site_checks import check, check_due, end_barred, examine
from manyeyes.runtime.context import Context
from manyeyes.server.application import JOBS, SWEEPS
from manyeyes.sites import store as sites
from manyeyes.sites.rules import ProofLookup, Site, SiteState, proof_text
from manyeyes.values.refusals import Refusal
from support import factories, proven_sites
from support.in_process_client import Client
from support.loopback_servers import Heard, Names, http, listening

RECORD = "_manyeyes.shop.example"


class Server:
    """What the owner publishes: TXT records and a web server's reply; a test changes both."""

    def __init__(self) -> None:
        self.records: list[str] = []
        self.reply: bytes = http(status="404 Not Found")
        self.silent_dns = False
        self.heard = Heard(0)


class Zone(Names):
    def __init__(self, server: Server) -> None:
        super().__init__({"shop.example": [["127.0.0.1"]]})
        self._server = server

    async def texts(self, name: str, seconds: float) -> list[str]:
        if self._server.silent_dns:
            raise DoorRefused(DoorReason.RESOLVER_FAILED, f"{name}: no name server answered")
        return self._server.records if name == RECORD else []


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    tls_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("shop.example").configure_cert(tls_context)
    return tls_context


@pytest.fixture
async def owner(
    context: Context, authority: trustme.CA, tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Server]:
    """The owner of shop.example; the context's door finds their name server and their web server on loopback."""
    server = Server()

    async def answer(_: Any, writer: Any) -> None:
        writer.write(server.reply)
        await writer.drain()

    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    loopback = [ipaddress.ip_network("127.0.0.1/32")]
    async with listening(answer, tls=tls) as server.heard:
        context.door = Door(loopback, resolver=Zone(server), seconds=5, ssl_context=trusting)
        monkeypatch.setattr(
            site_checks,
            "file_address",
            lambda domain: f"https://{domain}:{server.heard.port}/.well-known/manyeyes-site",
        )
        yield server


async def test_a_record_is_enough_and_the_file_is_not_asked_for(context: Context, owner: Server):
    owner.records = ["v=spf1 -all", proof_text("word")]
    finding = await examine(context.door, "shop.example", "word")
    assert (finding.dns, finding.detail) == (ProofLookup.FOUND, f"TXT {RECORD} holds the proof")
    assert owner.heard.requests == []


async def test_a_file_is_enough(context: Context, owner: Server):
    owner.reply = http(f"# sites\r\n{proof_text('other')}\r\n  {proof_text('word')}  \r\n".encode())
    finding = await examine(context.door, "shop.example", "word")
    assert (finding.dns, finding.web) == (ProofLookup.ABSENT, ProofLookup.FOUND)
    assert owner.heard.requests[0].startswith(b"GET /.well-known/manyeyes-site HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("reply", "look"),
    [
        (http(b"nothing here"), ProofLookup.ABSENT),
        (http(b"x" * 20_000 + proof_text("word").encode()), ProofLookup.ABSENT),
        (http(status="404 Not Found"), ProofLookup.ABSENT),
        (http(status="301 Moved Permanently", location="https://other.example/"), ProofLookup.ABSENT),
        (http(proof_text("word").encode(), status="403 Forbidden"), ProofLookup.ABSENT),
        (http(status="429 Too Many Requests"), ProofLookup.UNKNOWN),
        (http(status="503 Service Unavailable"), ProofLookup.UNKNOWN),
        (b"SSH-2.0-OpenSSH\r\n", ProofLookup.UNKNOWN),
    ],
)
async def test_what_a_web_server_s_reply_means(context: Context, owner: Server, reply: bytes, look: ProofLookup):
    owner.reply = reply
    finding = await examine(context.door, "shop.example", "word")
    assert (finding.dns, finding.web) == (ProofLookup.ABSENT, look)
    assert finding.detail


async def test_a_host_that_leads_inside_is_not_called(context: Context, owner: Server):
    context.door = Door(resolver=Zone(owner))
    finding = await examine(context.door, "shop.example", "word")
    assert finding.web is ProofLookup.ABSENT
    assert "forbidden" in finding.detail
    assert owner.heard.requests == []


async def add(context: Context, account_id: int) -> Site:
    site = await proven_sites.add_proven_site(context, account_id)
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE site SET check_at = now() - interval '1 s'")
    return site


async def state(context: Context) -> Site:
    async with context.cells.pool(1).acquire() as db:
        (site,) = await sites.every_site(db, 1)
    return site


async def overdue(context: Context) -> None:
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE site SET check_at = now() - interval '1 second'")


async def test_a_site_is_checked_when_its_day_is_over(context: Context, owner: Server):
    customer = await factories.customer(context)
    site = await add(context, customer.account_id)
    owner.records = [proof_text(site.token)]
    await check_due(context, 1)
    found = await state(context)
    assert found.state is SiteState.LIVE
    assert found.verified_at is not None
    assert site.verified_at is not None
    assert found.verified_at > site.verified_at
    asked = len(owner.heard.requests)
    await check_due(context, 1)
    assert len(owner.heard.requests) == asked


async def test_a_record_that_is_gone_ends_what_is_open_at_once(context: Context, owner: Server):
    customer, hand = await factories.customer(context), await factories.hand(context, queues=(6,))
    await add(context, customer.account_id)
    for _ in range(3):
        await factories.submit(context, customer, **proven_sites.asking())
    await factories.taken(context, hand)
    await check_due(context, 1)
    assert (await state(context)).state is SiteState.LOST
    async with context.cells.pool(1).acquire() as db:
        assert await db.fetchval("SELECT count(*) FROM work") == 0
        assert await db.fetchval("SELECT sum(charged_micros) FROM result") == 0
    refused = await factories.submit(context, customer, **proven_sites.asking())
    assert isinstance(refused, Refusal)


async def test_a_silent_place_is_asked_again_three_times_and_then_the_proof_is_lost(context: Context, owner: Server):
    customer = await factories.customer(context)
    await add(context, customer.account_id)
    owner.silent_dns, owner.reply = True, http(status="503 Service Unavailable")
    for failures in (1, 2, 3):
        await check_due(context, 1)
        now = await state(context)
        assert (now.state, now.failures) == (SiteState.LIVE, failures)
        assert not isinstance(await factories.submit(context, customer, **proven_sites.asking()), Refusal)
        await overdue(context)
    await check_due(context, 1)
    assert (await state(context)).state is SiteState.LOST
    assert isinstance(await factories.submit(context, customer, **proven_sites.asking()), Refusal)
    owner.silent_dns, owner.records = False, [proof_text((await state(context)).token)]
    await overdue(context)
    await check_due(context, 1)
    assert (await state(context)).state is SiteState.LIVE


async def test_a_check_says_what_it_saw(context: Context, owner: Server):
    customer = await factories.customer(context)
    site = await add(context, customer.account_id)
    outcome = await check(context, 1, site)
    assert isinstance(outcome, Site)
    assert RECORD in outcome.why
    assert "status 404" in outcome.why
    async with context.cells.pool(1).acquire() as db:
        trail = await sites.events(db, 1, "shop.example")
    assert trail[0].event.detail == outcome.why


def test_both_periodic_jobs_run_by_themselves():
    assert {check_due, end_barred} <= {job for _, job in [*JOBS, *SWEEPS]}


async def test_the_periodic_jobs_end_what_somebody_else_withdrew(client: Client):
    """The whole application: a withdrawal by another process is carried out here within a moment."""
    context = client.context
    customer = await factories.customer(context)
    await proven_sites.add_proven_site(context, customer.account_id)
    await factories.submit(context, customer, **proven_sites.asking())
    async with context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE site SET state = 3, swept = false, check_at = NULL")
        while await db.fetchval("SELECT count(*) FROM work"):
            await db.execute("SELECT pg_sleep(0.05)")
        assert await db.fetchval("SELECT ending FROM result") == 3
