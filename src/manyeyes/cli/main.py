"""The `manyeyes` command: one file per noun."""

import sys

from cyclopts import App, CycloptsError, Parameter

from manyeyes import __version__
from manyeyes.cli import (
    account,
    account_buckets,
    address,
    appeal,
    db,
    floor,
    operator,
    queue,
    recognition,
    site,
    soft_app,
    webhook,
    worker,
)
from manyeyes.cli import app as apps
from manyeyes.cli.doctor import doctor
from manyeyes.cli.numbers import convert
from manyeyes.cli.serve import serve
from manyeyes.cli.statement import statement

app = App(
    name="manyeyes",
    help="A self-hosted recognition service.",
    version=__version__,
    default_parameter=Parameter(negative_iterable="", converter=convert),
)
app.command(serve)
account.app.command(statement)
account.app.command(account_buckets.add_bucket)
account.app.command(account_buckets.buckets)
account.app.command(account_buckets.drop_bucket, name="remove-bucket")
for noun in (account, worker, queue, site, soft_app, webhook, apps, recognition, appeal, floor, operator, address, db):
    app.command(noun.app)
app.command(doctor)
# By their names: only who simulates waits for what draws pictures, only agents for what speaks their protocol.
app.command("manyeyes.cli.ask:ask", name="ask", help="Ask people one question about every picture of a folder.")
app.command("manyeyes.cli.simulate:app", name="simulate", help="What the rules do to a simulated crowd.")
app.command("manyeyes.cli.mcp:mcp", name="mcp", help="Serve an agent on this machine, over stdin and stdout.")


def main() -> None:
    """Run the command line. Wrong usage and expected failures go to stderr with exit 1; `ask` has codes of its own."""
    try:
        app(sys.argv[1:], exit_on_error=False)
    except CycloptsError:  # cyclopts has said what is wrong, and would end with 2
        raise SystemExit(2 if sys.argv[1:2] == ["ask"] else 1) from None
