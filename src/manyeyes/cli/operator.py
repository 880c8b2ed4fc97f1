"""manyeyes operator: who runs this installation."""

from typing import Any

from cyclopts import App

from manyeyes.cli.command import Common, run
from manyeyes.roles.login_links import login_url
from manyeyes.runtime.context import Context
from manyeyes.workers.store import Subject

app = App(name="operator", help="Who runs this installation.")


@app.command
def link(*, common: Common | None = None) -> None:
    """Make a one-time address, good for an hour, that signs the operator in."""

    async def work(context: Context) -> dict[str, Any]:
        return {"login_url": await login_url(context, Subject("operator", 0, 0))}

    run(common, work, lambda r: str(r["login_url"]))
