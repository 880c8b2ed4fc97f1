"""manyeyes operator: who runs this installation."""

from typing import Any

from cyclopts import App

from manyeyes.cli.command import Common, run
from manyeyes.cli.lookup import login_url
from manyeyes.house import House
from manyeyes.workers.store import Subject

app = App(name="operator", help="Who runs this installation.")


@app.command
def link(*, common: Common | None = None) -> None:
    """Make a one-time address, good for an hour, that signs the operator in."""

    async def work(house: House) -> dict[str, Any]:
        return {"login_url": await login_url(house, Subject("operator", 0, 0))}

    run(common, work, lambda r: str(r["login_url"]))
