"""Marks as the command line reads and writes them."""

from manyeyes.cli.command import CommandFailed
from manyeyes.values.marks import MARK_NAMES, marks_named

NONE = "none"
MARKS_HELP = f"What its pictures may show, by commas: {', '.join(MARK_NAMES)}; `none`: nothing of these."


def read_marks(text: str | None) -> int | None:
    """Return marks that are written by commas, 0 for `none`; None where nothing is said. Raises `CommandFailed`."""
    if text is None or text.strip() == NONE:
        return None if text is None else 0
    try:
        return marks_named(name.strip().lower().replace("-", "_") for name in text.split(","))
    except ValueError as error:
        raise CommandFailed(f"{error}, or `{NONE}`") from error
