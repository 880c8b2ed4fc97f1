"""Who types: the system's user, since whoever may open the database may do everything."""

import os
import pwd

from manyeyes.values.actor import COMMAND_LINE, SHELL, Actor


def who_types() -> Actor:
    """Return whoever runs this command, for the audit trail: the user of the system, and who became it by `sudo`."""
    number = os.getuid()
    try:
        name = pwd.getpwuid(number).pw_name
    except KeyError:  # a container may run as a number without a name
        name = str(number)
    before = os.environ.get("SUDO_USER", "")
    return Actor(
        role=SHELL,
        actor_id=number,
        name=f"{name} (sudo: {before})" if before and before != name else name,
        via=COMMAND_LINE,
    )
