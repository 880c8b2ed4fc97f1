"""What every command understands, and how it fails and speaks: light, since `serve` stays in memory with it."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from manyeyes.settings import Settings, from_environment


class CommandFailed(Exception):
    """An expected failure; its text goes to stderr and the exit code is 1."""


@Parameter(name="*")
@dataclass
class Common:
    """Options of every command."""

    data: Annotated[Path | None, Parameter(help="Data directory (default: the XDG data home's manyeyes folder).")] = (
        None
    )
    json: Annotated[bool, Parameter(help="Print one JSON object on stdout.", negative="")] = False


WithPasskeys = Annotated[bool, Parameter(negative="")]  # of signing somebody out


def settings_of(common: Common, **given: str | int | None) -> Settings:
    """Return the environment's settings with the data directory, and others, that the command was given."""
    return from_environment(os.environ, data=common.data.absolute() if common.data else None, **given)


def say(line: str) -> None:
    """Show progress; never on stdout, which belongs to the result."""
    print(line, file=sys.stderr, flush=True)
