"""manyeyes site: domains whose owners have proven that an account may have tasks for them."""

from typing import Annotated, Any

from cyclopts import App, Parameter

from manyeyes.accounts.store import AccountPlace
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.cli.lookup import find_account
from manyeyes.roles.house import sites as house
from manyeyes.roles.site_checks import check
from manyeyes.runtime.context import Context
from manyeyes.sites.rules import Site, SiteState, file_address, proof_text, read_domain, record_name
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
        return _row(await house.begin_site(context, place, name, who_types()))

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
        outcome = await house.withdraw_site(context, place, site.domain, who_types())
        if isinstance(outcome, Refusal):
            raise CommandFailed(outcome.detail)
        return _row(outcome)

    run(common, work, lambda r: f"{r['domain']} is withdrawn from account {r['account_id']}")


@app.command(name="list")
def list_sites(*, account: OfAccount = None, common: Common | None = None) -> None:
    """List the sites, withdrawn ones too."""

    async def work(context: Context) -> dict[str, Any]:
        place = await find_account(context, account) if account else None
        found = await house.every_site(context, place.account_id if place else None)
        return {"sites": [_row(each.site, is_stale=each.is_stale) for each in found]}

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
        found = await house.site_events(context, name, place, limit)
        return {"domain": name, "events": [_event(seen) for seen in found]}

    run(common, work, _trail)


def _domain(text: str) -> str:
    try:
        return read_domain(text)
    except ValueError as error:
        raise CommandFailed(str(error)) from error


async def _known(context: Context, domain: str, account: str) -> tuple[AccountPlace, Site]:
    name = _domain(domain)
    place = await find_account(context, account)
    found = await house.site_of(context, place, name)
    if found is None:
        raise CommandFailed(f"account {place.account_id} has no site {name}; `manyeyes site add` begins one")
    return place, found


def _row(site: Site, *, is_stale: bool = False) -> dict[str, Any]:
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
