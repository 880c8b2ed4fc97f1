"""manyeyes address: networks that may not call (error 21)."""

from typing import Any

from cyclopts import App

from manyeyes.accounts.rules import canonical_network
from manyeyes.cli.acting import who_types
from manyeyes.cli.command import CommandFailed, Common, run
from manyeyes.roles.house import sites as house
from manyeyes.runtime.context import Context

app = App(name="address", help="Networks that are shut out.")


@app.command
def block(network: str, *, common: Common | None = None) -> None:
    """Shut a network out, such as 203.0.113.7 or 203.0.113.0/24."""

    async def work(context: Context) -> dict[str, Any]:
        text = canonical_network(network)
        await house.block_network(context, text, who_types())
        return {"blocked": text}

    run(common, work, lambda r: f"{r['blocked']} is blocked")


@app.command
def unblock(network: str, *, common: Common | None = None) -> None:
    """Let a network in again."""

    async def work(context: Context) -> dict[str, Any]:
        text = canonical_network(network)
        if not await house.unblock_network(context, text, who_types()):
            raise CommandFailed(f"{text} is not blocked")
        return {"unblocked": text}

    run(common, work, lambda r: f"{r['unblocked']} may call again")


@app.command(name="list")
def list_networks(*, common: Common | None = None) -> None:
    """List the networks that are shut out."""

    async def work(context: Context) -> dict[str, Any]:
        return {"blocked": await house.blocked_networks(context)}

    run(common, work, lambda r: "\n".join(r["blocked"]) or "nobody is blocked")
