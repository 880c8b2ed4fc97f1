"""Looks for proofs of control over sites, through the one door out, and carries out what follows from them."""

import asyncio
import random

import structlog

from manyeyes.actions.end_barred_tasks import EndBarredTasks, end_barred_tasks
from manyeyes.actions.record_site_checks import RecordSiteCheck, record_site_checks
from manyeyes.actions.take_due_sites import TakeDueSites, take_due_sites
from manyeyes.outbound.door import Door
from manyeyes.outbound.rules import DoorRefused
from manyeyes.runtime.context import Context
from manyeyes.sites.rules import ProofFinding, ProofLookup, Site, file_address, holds_proof, proof_text, record_name
from manyeyes.values.refusals import Refusal

LARGEST_FILE = 16_384
BUSY = (408, 425, 429)  # "not now": says nothing of the file
log = structlog.get_logger()


async def examine(door: Door, domain: str, token: str) -> ProofFinding:
    """Return what both places hold; the second one is not asked when the first one has the proof."""
    dns, about_dns = await _look_up(door, domain, token)
    if dns is ProofLookup.FOUND:
        return ProofFinding(dns, ProofLookup.ABSENT, about_dns)
    web, about_web = await _fetch(door, domain, token)
    return ProofFinding(dns, web, about_web if web is ProofLookup.FOUND else f"{about_dns}; {about_web}")


async def check(context: Context, cell: int, site: Site) -> Site | Refusal:
    """Look for a site's proof and record what was seen; return the site as it is now."""
    finding = await examine(context.door, site.domain, site.token)
    event_id = await context.id_blocks.take(cell)
    command = RecordSiteCheck(
        cell=cell,
        event_id=event_id,
        account_id=site.account_id,
        domain=site.domain,
        token=site.token,
        finding=finding,
        jitter=random.random(),
    )
    outcome = await context.batcher.ask(record_site_checks, command)
    if isinstance(outcome, Site) and not outcome.swept:
        await end_barred(context, cell)
    return outcome


async def check_due(context: Context, cell: int) -> None:
    """Check the sites whose day is over; a process takes what no other one has."""
    due = await context.batcher.ask(take_due_sites, TakeDueSites(cell))
    for before, after in zip(due, await asyncio.gather(*(check(context, cell, site) for site in due)), strict=True):
        if isinstance(after, Site) and after.state is not before.state:
            log.warning("site_changed", domain=after.domain, account_id=after.account_id, state=after.state.name)


async def end_barred(context: Context, cell: int) -> None:
    """End the open tasks of sites whose proof has ended, and let their workers go on."""
    while True:
        swept = await context.batcher.ask(end_barred_tasks, EndBarredTasks(cell))
        context.notifier.notify(swept.worker_ids)
        if swept.worker_ids:
            context.dispatcher.wake(cell, await context.lookups.queues())
        if not (swept.again and swept.ended):
            return


async def _look_up(door: Door, domain: str, token: str) -> tuple[ProofLookup, str]:
    name = record_name(domain)
    try:
        records = await door.txt(name)
    except DoorRefused as refused:
        return ProofLookup.UNKNOWN, f"TXT {name}: {refused.reason}, {refused.detail}"
    if holds_proof(records, token):
        return ProofLookup.FOUND, f"TXT {name} holds the proof"
    seen = "no record" if not records else f"none of {len(records)} records is {proof_text(token)}"
    return ProofLookup.ABSENT, f"TXT {name}: {seen}"


async def _fetch(door: Door, domain: str, token: str) -> tuple[ProofLookup, str]:
    url = file_address(domain)
    try:
        reply = await door.fetch("GET", url, largest_bytes=LARGEST_FILE)
    except DoorRefused as refused:
        return (
            ProofLookup.ABSENT if refused.is_lasting else ProofLookup.UNKNOWN
        ), f"{url}: {refused.reason}, {refused.detail}"
    if reply.status == 200:
        if holds_proof(reply.body.decode("utf-8", "replace").splitlines(), token):
            return ProofLookup.FOUND, f"{url} holds the proof"
        return ProofLookup.ABSENT, f"{url}: no line is {proof_text(token)}"
    is_temporary = reply.status >= 500 or reply.status in BUSY
    return (ProofLookup.UNKNOWN if is_temporary else ProofLookup.ABSENT), f"{url}: status {reply.status}"
