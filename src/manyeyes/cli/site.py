"""manyeyes site: domains whose owners have proven that an account may have tasks for them."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.accounts.rules import new_token
from manyeyes.accounts.store import AccountPlace
from manyeyes.actions.add_sites import AddSite, add_sites
from manyeyes.actions.withdraw_sites import WithdrawSite, withdraw_sites
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account
from manyeyes.roles.site_checks import check, end_barred
from manyeyes.runtime.context import Context
from manyeyes.sites import store as sites
from manyeyes.sites.rules import Site, SiteState, file_address, is_live, proof_text, read_domain, record_name
from manyeyes.sites.store import RecordedEvent
from manyeyes.values.refusals import Refusal

app = App(name="site", help="Domains whose owners let an account have tasks for them.")
Account = Annotated[str, Parameter(help="Id or name of the account that the owner names.")]
OfAccount = Annotated[str | None, Parameter(help="Only of this account, by id or name. Default: of all.")]


@app.command
def add(domain: str, *, account: Account, common: Common | None = None) -> None:
    """Begin a site; print what its owner publishes. Again for a known site: print the same."""

    async def work(context: Context) -> dict[str, Any]:
        name = _domain(domain)
        place = await find_account(context, account)
        event_id = await context.id_blocks.take(place.cell)
        command = AddSite(place.cell, event_id, place.account_id, name, new_token(), who_types())
        return _row(await context.batcher.ask(add_sites, command))

    run(common, work, _how)


@app.command
def verify(domain: str, *, account: Account, common: Common | None = None) -> None:
    """Look for the proof now; exit 1 when it is not found."""

    async def work(context: Context) -> dict[str, Any]:
        place, site = await _known(context, domain, account)
        outcome = await check(context, place.cell, site)
        if isinstance(outcome, Refusal):
            raise CommandFailed(outcome.detail)
        if outcome.state is not SiteState.LIVE or outcome.failures:
            raise CommandFailed(f"the proof of {outcome.domain} was not found: {outcome.why}")
        return _row(outcome)

    run(common, work, lambda r: f"{r['domain']} is proven for account {r['account_id']}: {r['why']}")


@app.command
def withdraw(domain: str, *, account: Account, common: Common | None = None) -> None:
    """Take a site back at once: its open tasks end without charge, and no new one is taken."""

    async def work(context: Context) -> dict[str, Any]:
        place, site = await _known(context, domain, account)
        event_id = await context.id_blocks.take(place.cell)
        command = WithdrawSite(place.cell, event_id, place.account_id, site.domain, who_types())
        outcome = await context.batcher.ask(withdraw_sites, command)
        if isinstance(outcome, Refusal):
            raise CommandFailed(outcome.detail)
        await end_barred(context, place.cell)
        return _row(outcome)

    run(common, work, lambda r: f"{r['domain']} is withdrawn from account {r['account_id']}")


@app.command(name="list")
def list_sites(*, account: OfAccount = None, common: Common | None = None) -> None:
    """List the sites, withdrawn ones too."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account) if account else None
        rows = []
        for cell in context.cells.numbers if place is None else [place.cell]:
            async with context.cells.pool(cell).acquire() as db:
                now = await db.fetchval("SELECT now()")
                found = await sites.every_site(db, cell)
            rows += [_row(s, now) for s in found if place is None or s.account_id == place.account_id]
        return {"sites": rows}

    run(common, work, lambda r: "\n".join([f"{'account':>7}  {'state':9}  domain", *map(_line, r["sites"])]))


@app.command
def audit(
    domain: str,
    *,
    account: OfAccount = None,
    limit: Annotated[int, Parameter(help="Newest entries that are shown.")] = 100,
    common: Common | None = None,
) -> None:
    """Show every check and every use of a domain, the newest first."""

    async def work(context: Context) -> dict[str, Any]:
        name = _domain(domain)
        if not 0 < limit <= 1_000_000:
            raise CommandFailed("--limit must be from 1 to 1000000")
        place = await find_account(context, account) if account else None
        found: list[RecordedEvent] = []
        for cell in context.cells.numbers if place is None else [place.cell]:
            async with context.cells.pool(cell).acquire() as db:
                found += await sites.events(db, cell, name, place.account_id if place else None, limit)
        found.sort(key=lambda seen: seen.at, reverse=True)
        return {"domain": name, "events": [_event(seen) for seen in found[:limit]]}

    run(common, work, _trail)


def _domain(text: str) -> str:
    try:
        return read_domain(text)
    except ValueError as error:
        raise CommandFailed(str(error)) from error


async def _known(context: Context, domain: str, account: str) -> tuple[AccountPlace, Site]:
    name = _domain(domain)
    place = await find_account(context, account)
    async with context.cells.pool(place.cell).acquire() as db:
        found = [
            s for s in await sites.every_site(db, place.cell) if (s.account_id, s.domain) == (place.account_id, name)
        ]
    if not found:
        raise CommandFailed(f"account {place.account_id} has no site {name}; `manyeyes site add` begins one")
    return place, found[0]


def _row(site: Site, now: Any = None) -> dict[str, Any]:
    is_stale = now is not None and site.state is SiteState.LIVE and not is_live(site, now)
    return {
        "account_id": site.account_id,
        "domain": site.domain,
        "state": "stale" if is_stale else site.state.name.lower(),
        "txt_name": record_name(site.domain),
        "proof": proof_text(site.token),
        "file": file_address(site.domain),
        "verified_at": _stamp(site.verified_at),
        "checked_at": _stamp(site.checked_at),
        "check_at": _stamp(site.check_at),
        "why": site.why,
    }


def _event(seen: RecordedEvent) -> dict[str, Any]:
    event = seen.event
    return {
        "at": _stamp(seen.at),
        "event": event.kind.name.lower(),
        "account_id": event.account_id,
        "task": event.cause_id if event.kind.is_about_a_task else None,
        "lease": event.n or None,
        "worker_id": event.worker_id or None,
        "detail": event.detail,
    }


def _stamp(instant: Any) -> str | None:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}" if instant else None


def _how(row: dict[str, Any]) -> str:
    return "\n".join(
        [
            f"{row['domain']} for account {row['account_id']} is {row['state']}. Its owner publishes one of these:",
            f'  DNS   {row["txt_name"]}  TXT  "{row["proof"]}"',
            "        covers the domain and every host below it",
            f"  file  {row['file']}",
            f"        with the line {row['proof']}; covers this one host",
            f"Then: manyeyes site verify {row['domain']} --account {row['account_id']}",
        ]
    )


def _line(row: dict[str, Any]) -> str:
    return f"{row['account_id']:>7}  {row['state']:9}  {row['domain']}"


def _trail(result: dict[str, Any]) -> str:
    rows = [
        f"{e['at']}  {e['event']:12}  account {e['account_id']}"
        + (f"  task {e['task']}" if e["task"] else "")
        + (f"  worker {e['worker_id']}" if e["worker_id"] else "")
        + (f"  {e['detail']}" if e["detail"] else "")
        for e in result["events"]
    ]
    return "\n".join(rows) or f"nothing is known of {result['domain']}"
