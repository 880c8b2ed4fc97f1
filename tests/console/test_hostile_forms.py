"""Every form and every address of the pages, sent as no page sends it: never a 500, and never a half-done deed."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from urllib.parse import quote

import httpx
import pytest
from starlette.routing import Route

from manyeyes.console.routes import routes
from manyeyes.roles.trail_reading import cells_of
from manyeyes.workers.store import Subject
from support.browser_visits import link
from support.full_house import FullHouse, fill
from support.page_forms import FORM_TYPE, PageForms, encoded
from support.served_site import Site

pytestmark = pytest.mark.long

# What comes in a field, encoded for a form or an address.
HOSTILE = {
    "NUL": b"a%00b",
    "surrogate": b"%ED%A0%80",
    "escaped surrogate": b"%5Cud800",
    "beyond an integer": b"2147483648",
    "beyond a bigint": b"9223372036854775808",
    "huge": b"1" + b"0" * 30,
    "long": b"x" * 20_000,
}
IN_PATHS = {kind: value for kind, value in HOSTILE.items() if kind != "long"}
ROOMS = {"customer": ("/customer",), "operator": ("/operator",), "worker": ("/worker", "/reviewer")}
ASKS_OTHER_HOSTS = "/check"  # a site is looked for in the world
# Fields of forms that no page of the full house shows, because nothing is in that state.
UNSHOWN = {
    "/customer/callbacks/replay": ("task_id",),
    "/customer/callbacks/test": ("url",),
    "/customer/jobs/{job_id}/change": ("name", "budget", "deadline"),
    "/customer/jobs/{job_id}/drop": ("key",),
    "/customer/jobs/{job_id}/pause": (),
    "/customer/jobs/{job_id}/resume": (),
    "/customer/jobs/{job_id}/start": (),
    "/customer/notices": ("address", "language", "notices"),
    "/customer/notices/change": ("address_id", "notices"),
    "/customer/notices/remove": ("address_id",),
    "/customer/recognitions/{task_id}/threshold": ("threshold", "shown"),
    "/operator/accounts/{account_id}/resend": ("task", "failed"),
    "/operator/addresses/unblock": ("network",),
    "/operator/announcements/end": ("announcement",),
    "/operator/appeal": ("cell", "task_id", "accepted", "answer"),
    "/operator/links/dismiss": ("request",),
    "/operator/links/make": ("request", "person"),
    "/operator/soft-apps/pay-out": ("soft_id",),
    "/operator/staff/remove": ("staff",),
    "/operator/workers/{worker_id}/enable": (),
    "/worker/accuracy/practise": ("queue_id",),
    "/worker/instructions": ("question",),
    "/worker/look": ("picture",),
    "/worker/marks/agree": ("queue_id", "agreed"),
    "/worker/marks/avoid": ("avoided",),
}
TELLS = "SELECT count(*) FROM trail_entry WHERE via = 'screen'"
# Names of what pages are asked for in their addresses.
ASKED = (
    *("added", "after", "asked", "at", "back", "before", "behind", "by", "cell", "chosen", "day", "from", "ids", "ip"),
    *("job", "label", "month", "notice", "practised", "q", "queue", "reach", "refused", "saved", "show", "since"),
    *("softId", "state", "subject", "target", "to", "top", "tz", "until", "what", "who", "work", "zone"),
)


class Visit:
    """Somebody who is signed in, and is signed in again where a form signed them out."""

    def __init__(self, site: Site, client: httpx.AsyncClient, subject: Subject) -> None:
        self.site, self.client, self.subject = site, client, subject

    async def sign_in(self) -> None:
        self.client.cookies.clear()
        await self.client.post(await link(self.site.context, self.subject), headers={"origin": self.site.url})

    async def send(self, path: str, body: bytes) -> httpx.Response:
        headers = {"origin": self.site.url, "content-type": FORM_TYPE}
        reply = await self.client.post(path, content=body, headers=headers)
        if reply.headers.get("location") == "/":
            await self.sign_in()
        return reply

    async def told(self) -> int:
        """Return how many deeds the trail tells of that came from screens."""
        found = 0
        for cell in cells_of(self.site.context):
            async with self.site.context.cells.pool(cell).acquire() as db:
                found += await db.fetchval(TELLS)
        return found

    async def trouble(self, path: str, body: bytes) -> str:
        """Send a form; return what is wrong with what came of it, empty for nothing."""
        before = await self.told()
        reply = await self.send(path, body)
        is_refused = reply.status_code >= 400 or "notice=refused" in reply.headers.get("location", "")
        if reply.status_code >= 500:
            return str(reply.status_code)
        return "refused, and done all the same" if is_refused and await self.told() != before else ""


@asynccontextmanager
async def visiting(site: Site, subject: Subject) -> AsyncIterator[Visit]:
    async with httpx.AsyncClient(base_url=site.url, timeout=60) as client:
        visit = Visit(site, client, subject)
        await visit.sign_in()
        yield visit


@pytest.fixture
async def house(site: Site) -> FullHouse:
    """A house in which every page has something to show."""
    return await fill(site)


def every(site: Site, method: str, who: str) -> list[Route]:
    """Return the routes of somebody's own pages, or forms."""
    found = [each for each in routes(site.context) if isinstance(each, Route) and method in (each.methods or ())]
    return [each for each in found if each.path.startswith(ROOMS[who])]


def usual(site: Site, paths: tuple[str, ...]) -> dict[str, str]:
    """Return what stands in the gaps of addresses, by the first folders of these and the gap's name."""
    found: dict[str, str] = {}
    for path in paths:
        for route in routes(site.context):
            taken = route.path_regex.match(path.split("?")[0]) if isinstance(route, Route) else None
            for name, value in taken.groupdict().items() if taken else ():
                found.setdefault(f"{'/'.join(path.split('/')[:3])}/{name}", value)
    return found


def filled(route: Route, gaps: dict[str, str], **others: str) -> str:
    """Return a route's address with what usually stands in its gaps, or these others."""
    area = "/".join(route.path.split("/")[:3])
    return re.sub(r"\{(\w+)\}", lambda gap: others.get(gap[1], gaps.get(f"{area}/{gap[1]}", "1")), route.path)


async def forms_of(site: Site, visit: Visit, who: str, paths: tuple[str, ...]) -> dict[str, dict[str, bytes]]:
    """Return what stands in each form that somebody's pages show, and in those that none shows, by their addresses."""
    found: dict[str, dict[str, bytes]] = {}
    routed: set[str] = set()
    forms, gaps = every(site, "POST", who), usual(site, paths)
    for path in (each for each in paths if each.startswith(ROOMS[who])):
        reply = await visit.client.get(path)
        assert reply.status_code == 200, path
        for action, fields in PageForms(reply.text).found:
            at = (action or path).split("?")[0]
            if at.startswith(ROOMS[who]):
                routed |= {each.path for each in forms if each.path_regex.match(at)}
                found.setdefault(at, {}).update({name: quote(value).encode() for name, value in fields.items()})
    for route in forms:
        if route.path not in routed:
            found[filled(route, gaps)] = dict.fromkeys(UNSHOWN.get(route.path, ()), b"1")
    unknown = {each.path for each in forms} - routed - UNSHOWN.keys()
    assert unknown == set(), "say in UNSHOWN what stands in each form that no page shows"
    return {path: found[path] for path in sorted(found) if not path.endswith(ASKS_OTHER_HOSTS)}


def variants(fields: dict[str, bytes]) -> Iterator[tuple[str, str, dict[str, bytes]]]:
    """Yield what is wrong with which field, and what is sent then: one field at a time, then all of them."""
    for kind, evil in HOSTILE.items():
        yield from ((kind, name, {**fields, name: evil}) for name in fields)
        yield kind, "every field", dict.fromkeys(fields, evil)
    yield from (("missing", name, {n: value for n, value in fields.items() if n != name}) for name in fields)
    yield "missing", "every field", {}


@pytest.mark.parametrize("who", ROOMS)
async def test_no_form_breaks_or_is_half_done(site: Site, house: FullHouse, who: str):
    subject, paths = next((subject, paths) for name, subject, paths in house.pages if name == who)
    async with visiting(site, subject) as visit:
        wrong = []
        for path, fields in (await forms_of(site, visit, who, paths)).items():
            for kind, name, sent in variants(fields):
                trouble = await visit.trouble(path, encoded(sent))
                wrong += [f"{path}: {name}, {kind}: {trouble}"] if trouble else []
            files = dict.fromkeys(fields or ("file",), ("a.png", b"\x00\x01"))
            reply = await visit.client.post(path, files=files, headers={"origin": site.url})
            wrong += [f"{path}: files: {reply.status_code}"] if reply.status_code >= 500 else []
        assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", ROOMS)
async def test_no_address_breaks(site: Site, house: FullHouse, who: str):
    subject, paths = next((subject, paths) for name, subject, paths in house.pages if name == who)
    gaps, wrong = usual(site, paths), []
    async with visiting(site, subject) as visit:
        for kind, evil in IN_PATHS.items():
            asked = "&".join(f"{name}={evil.decode()}" for name in ASKED)
            for method in ("GET", "POST"):
                for route in every(site, method, who):
                    evils = [
                        filled(route, gaps, **{name: evil.decode()}) for name in re.findall(r"\{(\w+)\}", route.path)
                    ]
                    for path in [*evils, f"{filled(route, gaps)}?{asked}"] if method == "GET" else evils:
                        reply = await (visit.client.get(path) if method == "GET" else visit.send(path, b""))
                        wrong += [f"{method} {path[:99]}: {kind}"] if reply.status_code >= 500 else []
        assert not wrong, "\n".join(wrong)
