"""manyeyes link: who cannot sign in and asks for a new link."""

from typing import Any

from cyclopts import App

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.roles.house import link_requests as house
from manyeyes.roles.house.link_requests import OpenLinkRequest
from manyeyes.runtime.context import Context

app = App(name="link", help="Who cannot sign in and asks for a new link.")


@app.command
def requests(*, common: Common | None = None) -> None:
    """List who asks for a link and whom it may be. Anybody can ask under any name.

    The oldest stand first, and those of one name together, with from where each came.
    """

    async def work(context: Context) -> dict[str, Any]:
        return {"requests": [_row(each) for each in await house.open_link_requests(context)]}

    run(common, work, lambda r: "\n".join(map(_line, r["requests"])) or "nobody asks for a link")


@app.command
def make(request: int, person: str = "", *, common: Common | None = None) -> None:
    """Make the one-time address that somebody asks for, and close their request.

    Parameters
    ----------
    person
        Whom it is for, as `manyeyes link requests` names them: worker:7, account:12, account:12:3. Default: the only
        one whom it may be.
    """

    async def work(context: Context) -> dict[str, Any]:
        possible = [one.label for one in (await _found(context, request)).possible]
        if not person and len(possible) != 1:
            said = f"say which of {', '.join(possible)}" if possible else "nobody has this name or number"
            raise CommandFailed(f"{said}; see `manyeyes link requests`")
        chosen = person or possible[0]
        url = await house.make_asked_link(context, request, chosen, who_types())
        if url is None:
            raise CommandFailed(f"it cannot be {chosen}; see `manyeyes link requests`")
        return {"login_url": url}

    run(common, work, lambda r: str(r["login_url"]))


@app.command
def dismiss(request: int, *, common: Common | None = None) -> None:
    """Take a request away without a link."""

    async def work(context: Context) -> dict[str, Any]:
        await _found(context, request)
        await house.dismiss_link_request(context, request, who_types())
        return {"request_id": request}

    run(common, work, lambda r: f"request {r['request_id']} is dismissed")


async def _found(context: Context, request: int) -> OpenLinkRequest:
    for each in await house.open_link_requests(context):
        if each.request.request_id == request:
            return each
    raise CommandFailed(f"there is no request {request}; see `manyeyes link requests`")


def _row(each: OpenLinkRequest) -> dict[str, Any]:
    return {
        "request_id": each.request.request_id,
        "name": each.request.name,
        "reach": each.request.reach,
        "address": each.request.address,
        "asked_at": f"{each.request.asked_at:%Y-%m-%dT%H:%M:%SZ}",
        "possible": [{"person": one.label, "name": one.name, "of": one.of} for one in each.possible],
    }


def _line(row: dict[str, Any]) -> str:
    possible = ", ".join(f"{one['person']} {one['name']}" for one in row["possible"]) or "nobody of this name or number"
    return (
        f"{row['request_id']:>6}  {row['name']}: {row['reach']} (since {row['asked_at']}, from {row['address']})\n"
        f"        may be {possible}"
    )
