"""manyeyes operator: who runs this installation."""

from typing import Any

from cyclopts import App

from manyeyes.cli.acting import who_types
from manyeyes.cli.command import Common, WithPasskeys, browsers, run
from manyeyes.roles.login_links import login_url, sign_out_everywhere
from manyeyes.roles.passkeys import remove as remove_passkeys
from manyeyes.runtime.context import Context
from manyeyes.workers.store import Subject

app = App(name="operator", help="Who runs this installation.")


@app.command
def link(*, common: Common | None = None) -> None:
    """Make a one-time address, good for an hour, that signs the operator in."""

    async def work(context: Context) -> dict[str, Any]:
        return {"login_url": await login_url(context, Subject("operator", 0, 0))}

    run(common, work, lambda r: str(r["login_url"]))


@app.command(name="sign-out")
def sign_out(*, passkeys: WithPasskeys = False, common: Common | None = None) -> None:
    """Sign the operator out of every browser; links that were not used end too.

    Parameters
    ----------
    passkeys
        Remove their passkeys too, as after a lost device.
    """

    async def work(context: Context) -> dict[str, Any]:
        if passkeys:
            await remove_passkeys(context, who_types(), Subject("operator", 0, 0))
        return {"sessions": await sign_out_everywhere(context, Subject("operator", 0, 0))}

    run(common, work, lambda r: f"the operator is signed out of {browsers(r['sessions'])}")
