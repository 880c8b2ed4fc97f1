"""The `manyeyes` command: one file per noun."""

import sys

from cyclopts import App, CycloptsError, Parameter

from manyeyes import __version__
from manyeyes.cli.numbers import convert
from manyeyes.cli.serve import serve

app = App(
    name="manyeyes",
    help="A self-hosted recognition service.",
    version=__version__,
    default_parameter=Parameter(negative_iterable="", converter=convert),
)
app.command(serve)
INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it
# By their names: `serve` stays in memory for as long as the installation runs, and needs nothing of theirs.
LAZY = {
    "account": ("account:app", "Customers, their keys and their money."),
    "worker": ("worker:app", "People who answer."),
    "link": ("link:app", "Who cannot sign in and asks for a new link."),
    "queue": ("queue:app", "Kinds of work: prices, pay and limits."),
    "site": ("site:app", "Domains whose owners let an account have tasks for them."),
    "soft-app": ("soft_app:app", "Applications of developers and their shares."),
    "webhook": ("webhook:app", "Results that are sent to their callbackUrl."),
    "notice": ("notice:app", "Where customers' notices go by e-mail."),
    "app": ("app:app", "Apps: whose pictures are recognised, and who may sign for them."),
    "recognition": (
        "recognition:app",
        "What is recognised under an app, when it is certain, and who looks at the rest.",
    ),
    "appeal": ("appeal:app", "Workers' appeals against verdicts."),
    "floor": ("floor:app", "Appeals of people whom a queue's floor stopped (`queue skills` tells who is)."),
    "operator": ("operator:app", "Who runs this installation."),
    "audit": ("audit:app", "Who changed what; and the proof that nothing was altered since."),
    "address": ("address:app", "Networks that are shut out."),
    "db": ("db:app", "Schema and books."),
    "backup": ("backup:app", "Copies of the database, and the proof that they can be restored."),
    "restore": ("restore:restore", "Make the database anew from its copies, as it was at any second."),
    "doctor": (
        "doctor:doctor",
        "Look at the database, its settings, open snapshots and the books; exit 1 when something is wrong.",
    ),
    "ask": ("ask:ask", "Ask people one question about every picture of a folder."),
    "simulate": ("simulate:app", "What the rules do to a simulated crowd."),
    "mcp": ("mcp:mcp", "Serve an agent on this machine, over stdin and stdout."),
}
for noun, (place, about) in LAZY.items():
    app.command(f"manyeyes.cli.{place}", name=noun, help=about)


def main() -> None:
    """Run the command line. Wrong usage and expected failures go to stderr with exit 1; `ask` has codes of its own."""
    try:
        app(sys.argv[1:], exit_on_error=False, print_error=False)
    except CycloptsError as error:  # cyclopts would draw a box as wide as the terminal, and end with 2
        print(f"manyeyes: {' '.join(str(error).split())}", file=sys.stderr)
        raise SystemExit(2 if sys.argv[1:2] == ["ask"] else 1) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
