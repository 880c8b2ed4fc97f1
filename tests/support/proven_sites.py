"""Sites with proofs, and token tasks for them: on a stage with its own clock, or in a whole context."""

import re
from typing import Any

import asyncpg

from manyeyes.actions.add_sites import AddSite, add_sites
from manyeyes.actions.record_site_checks import RecordSiteCheck, record_site_checks
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.db.migrate import migrations
from manyeyes.dispatch import store as dispatch
from manyeyes.runtime.context import Context
from manyeyes.sites.rules import ProofFinding, ProofLookup, Site
from manyeyes.tasks import store as tasks
from manyeyes.tasks.rules import RECAPTCHA_V2
from manyeyes.tasks.tokens import TokenOptions, queue_of
from support.action_stage import Stage

KEY = "6Le-wvkSAAAAAPBMRTvw0Q4Muexq9bi0DJwx_mJ-"
TOKEN = "03AGdBq27" + "x" * 400
DNS = ProofFinding(ProofLookup.FOUND, ProofLookup.ABSENT, "TXT _manyeyes.shop.example holds the proof")
WEB = ProofFinding(
    ProofLookup.ABSENT, ProofLookup.FOUND, "https://shop.example/.well-known/manyeyes-site holds the proof"
)
GONE = ProofFinding(ProofLookup.ABSENT, ProofLookup.ABSENT, "no record; status 404")
SILENT = ProofFinding(ProofLookup.UNKNOWN, ProofLookup.UNKNOWN, "no name server answered; timed out")


async def open_queues(db: asyncpg.Connection) -> None:
    """Open the token queues, as their migration does; the other tests do without them."""
    text = next(m.text for m in migrations() if m.name == "recourse")
    found = re.search(r"INSERT INTO queue .*?;", text, re.DOTALL)
    assert found
    await db.execute(found[0])
    await dispatch.open_gates(db, 1, list(await tasks.queues(db)))


async def open_on(stage: Stage) -> None:
    """Open the token queues on a stage."""
    async with stage.pool.acquire() as db:
        await open_queues(db)
        stage.queues = await tasks.queues(db)


async def site(stage: Stage, account_id: int, domain: str = "shop.example", finding: ProofFinding | None = DNS) -> Site:
    """Add a site on the stage, and let a check find this of it (None: nobody has checked yet)."""
    event_id = stage.number()
    (added,) = await stage.act(
        add_sites,
        AddSite(cell=stage.cell, event_id=event_id, account_id=account_id, domain=domain, token=f"token-{event_id}"),
    )
    return await checked(stage, added, finding) if finding else added


async def checked(stage: Stage, known: Site, finding: ProofFinding, jitter: float = 1.0) -> Any:
    """Let a check find this of a site; return what the action answers."""
    command = RecordSiteCheck(
        cell=stage.cell,
        event_id=stage.number(),
        account_id=known.account_id,
        domain=known.domain,
        token=known.token,
        finding=finding,
        jitter=jitter,
    )
    (outcome,) = await stage.act(record_site_checks, command)
    return outcome


def options(host: str = "shop.example", **given: Any) -> TokenOptions:
    """Return the options of a token task on a host."""
    return TokenOptions(**{"website_url": f"https://{host}/login", "website_key": KEY, "host": host, **given})


def asking(host: str = "shop.example", kind: str = RECAPTCHA_V2, **given: Any) -> dict[str, Any]:
    """Return what makes `Stage.submitting` ask for a token."""
    return {
        "kind": kind,
        "queue_id": queue_of(kind, given.get("min_score", 0.0)),
        "options": options(host, **given),
        "picture": None,
    }


async def add_proven_site(
    context: Context, account_id: int, domain: str = "shop.example", finding: ProofFinding = DNS
) -> Site:
    """Open the token queues, add a site and let a check find this of it; return the site, which must be proven."""
    async with context.cells.directory.acquire() as db:
        await open_queues(db)
    context.lookups.forget()
    event_id, check_id = await context.id_blocks.take(1), await context.id_blocks.take(1)
    added = await context.batcher.ask(
        add_sites, AddSite(cell=1, event_id=event_id, account_id=account_id, domain=domain, token=f"token-{event_id}")
    )
    command = RecordSiteCheck(
        cell=1, event_id=check_id, account_id=account_id, domain=domain, token=added.token, finding=finding, jitter=1.0
    )
    proven = await context.batcher.ask(record_site_checks, command)
    assert isinstance(proven, Site), proven
    return proven


async def withdrawn(stage: Stage, account_id: int, domain: str) -> None:
    """Withdraw an account's site."""
    command = WithdrawSite(cell=stage.cell, event_id=stage.number(), account_id=account_id, domain=domain)
    await stage.act(withdraw_sites, command)
