"""Which sites a customer has proven to be theirs, how long a proof holds, and what a check means for it. Pure."""

import enum
import functools
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
from publicsuffixlist import PublicSuffixList

from manyeyes.values.web_address import canonical_host, is_ip_address

PROOF_SECONDS = 2 * 86_400.0  # a proof that was not found for so long is stale, whatever became of the checks
CHECK_SECONDS = 86_400.0
RETRY_SECONDS = (60.0, 300.0, 900.0)  # after a check that learnt nothing; after the last one the proof is lost
CHECK_LEASE_SECONDS = 120.0  # a process that took a check and died leaves it to others after this


class SiteState(enum.IntEnum):
    """pending → live ⇄ lost; any → withdrawn → pending (added again, with a new token)."""

    PENDING = 0  # the proof was never found
    LIVE = 1
    LOST = 2  # it was found once and is gone, or could not be found again in time
    WITHDRAWN = 3  # the operator took it back


class Way(enum.IntEnum):
    """Where a proof was found."""

    NONE = 0
    DNS = 1
    WEB = 2


class ProofLookup(enum.IntEnum):
    """What a look-up in one place found."""

    FOUND = 0
    ABSENT = 1  # the place answered, and the proof is not there
    UNKNOWN = 2  # the place did not answer


class SiteEvent(enum.IntEnum):
    """The kinds of entries in the audit trail."""

    ADDED = 0
    PROVEN = 1
    ABSENT = 2
    UNKNOWN = 3
    WITHDRAWN = 4
    TASK_CREATED = 5
    WIDGET_SHOWN = 6
    TOKEN_GIVEN = 7
    TASK_ENDED = 8  # because the proof ended

    @property
    def is_about_a_task(self) -> bool:
        """Tell whether the event is about one task, not about the proof."""
        return self >= SiteEvent.TASK_CREATED


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `site`."""

    account_id: int
    domain: str
    token: str
    state: SiteState
    proven_by: Way
    created_at: datetime
    verified_at: datetime | None = None
    checked_at: datetime | None = None
    check_at: datetime | None = None
    failures: int = 0
    why: str = ""
    swept: bool = True


class ProofFinding(msgspec.Struct, frozen=True):
    """What a check saw in both places; ``detail``: what each of them answered, in a sentence."""

    dns: ProofLookup
    web: ProofLookup
    detail: str


def read_domain(text: str) -> str:
    """Return the domain's one spelling. Raises ValueError for what nobody can own: an address, a public suffix."""
    domain = canonical_host(text)
    if is_ip_address(domain):
        raise ValueError(f"{domain} is an IP address; a site has a name")
    if "_" in domain:
        raise ValueError(f"{domain} is no host name: no web site has an underscore in its name")
    if registrable(domain) is None:
        raise ValueError(f"{domain} is a public suffix; nobody can prove to own all names below it")
    return domain


def registrable(domain: str) -> str | None:
    """Return the part of a domain that somebody registered (publicsuffix.org); None for a public suffix."""
    found = _suffixes().privatesuffix(domain)
    return str(found) if found else None


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def candidates(host: str) -> list[str]:
    """Return the domains whose proof may cover a host: itself and its parents down to the registered one."""
    if is_ip_address(host):
        return []
    shortest = registrable(host)
    if shortest is None:
        return []
    labels = host.split(".")
    return [".".join(labels[i:]) for i in range(len(labels) - shortest.count("."))]


def covering(host: str, sites: Iterable[Site], now: datetime) -> Site | None:
    """Return the account's live site that covers a host, the nearest one; None when there is none.

    A TXT record is written by who controls the zone, so it covers the hosts below it; a file on one host says nothing
    of others (as for certificates: CA/Browser Forum Baseline Requirements 3.2.2.4.18 against 3.2.2.4.7).
    """
    live = {site.domain: site for site in sites if is_live(site, now)}
    for domain in candidates(host):
        site = live.get(domain)
        if site is not None and (domain == host or site.proven_by is Way.DNS):
            return site
    return None


def is_live(site: Site, now: datetime) -> bool:
    """Tell whether a site's proof holds: it was found, and not too long ago."""
    if site.state is not SiteState.LIVE or site.verified_at is None:
        return False
    return now - site.verified_at < timedelta(seconds=PROOF_SECONDS)


def proof_text(token: str) -> str:
    """Return what the owner publishes, as a TXT record or as a line of the file."""
    return f"manyeyes-site={token}"


def record_name(domain: str) -> str:
    """Return the name at which a domain's TXT record is looked for."""
    return f"_manyeyes.{domain}"


def file_address(domain: str) -> str:
    """Return the address at which a domain's file is looked for.

    It is https alone: who can change a page on its way could put the file there.
    """
    return f"https://{domain}/.well-known/manyeyes-site"


def holds_proof(lines: Iterable[str], token: str) -> bool:
    """Tell whether one of the lines, or TXT records, is the proof with this token."""
    return any(line.strip().strip('"') == proof_text(token) for line in lines)


def conclude(finding: ProofFinding, proven_by: Way) -> tuple[ProofLookup, Way]:
    """Return what a check means, and where the proof lies now.

    One place is enough. Absence is certain when the place that held the proof says so, though the other one may be
    silent: an owner who takes their record away must not wait for a web server that they never had.
    """
    if finding.dns is ProofLookup.FOUND:
        return ProofLookup.FOUND, Way.DNS
    if finding.web is ProofLookup.FOUND:
        return ProofLookup.FOUND, Way.WEB
    places = {Way.DNS: [finding.dns], Way.WEB: [finding.web], Way.NONE: [finding.dns, finding.web]}[proven_by]
    return (ProofLookup.ABSENT if all(look is ProofLookup.ABSENT for look in places) else ProofLookup.UNKNOWN), Way.NONE


def after_check(site: Site, finding: ProofFinding, now: datetime, jitter: float) -> tuple[Site, SiteEvent]:
    """Return the site as a check leaves it, and what the trail says. ``jitter`` from 0 to 1 spreads the next checks."""
    outcome, way = conclude(finding, site.proven_by)
    seen = msgspec.structs.replace(site, checked_at=now, why=finding.detail)
    in_a_day = now + timedelta(seconds=CHECK_SECONDS * (0.9 + 0.1 * jitter))
    if outcome is ProofLookup.FOUND:
        found = msgspec.structs.replace(
            seen, state=SiteState.LIVE, proven_by=way, verified_at=now, check_at=in_a_day, failures=0
        )
        return found, SiteEvent.PROVEN
    event = SiteEvent.ABSENT if outcome is ProofLookup.ABSENT else SiteEvent.UNKNOWN
    if site.state is SiteState.PENDING:
        return msgspec.structs.replace(seen, check_at=None), event
    if site.state is SiteState.LIVE and outcome is ProofLookup.UNKNOWN and site.failures < len(RETRY_SECONDS):
        soon = now + timedelta(seconds=RETRY_SECONDS[site.failures] * (0.8 + 0.4 * jitter))
        return msgspec.structs.replace(seen, check_at=soon, failures=site.failures + 1), event
    swept = site.swept and site.state is not SiteState.LIVE
    lost = msgspec.structs.replace(seen, state=SiteState.LOST, check_at=in_a_day, failures=0, swept=swept)
    return lost, event


def how_to_prove(host: str, sites: Sequence[Site], now: datetime) -> str:
    """Return a sentence for the customer whose host is not covered: what is missing, and how to prove control."""
    provable = next((domain for domain in candidates(host) if "_" not in domain), None)
    if provable is None:
        return f"nobody can prove control of {host}: it is no name below a domain that somebody registered"
    known = {site.domain: site for site in sites}
    site = next((known[domain] for domain in candidates(host) if domain in known), None)
    if site is None or site.state is SiteState.WITHDRAWN:
        step = f"ask the operator of this installation for `manyeyes site add {provable}` and publish what it prints"
        return f"nobody has proven that this account may have tasks for {host}: {step}"
    if site.state is SiteState.LIVE and is_live(site, now):
        return f"{site.domain} is proven by a file, which says nothing of {host}: prove {host}, or use the TXT record"
    publish = f"publish {proof_text(site.token)} as a TXT record at {record_name(site.domain)} or at "
    state = "is not proven yet" if site.state is SiteState.PENDING else "is no longer proven"
    return f"{site.domain} {state}: {publish}{file_address(site.domain)}, then ask the operator for a check"
