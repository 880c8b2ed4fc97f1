"""Batches of what is done with passkeys, one function per action with its name (support/batch_draw.py)."""

from manyeyes.actions.add_passkeys import AddPasskey
from manyeyes.actions.remove_passkeys import RemovePasskey
from manyeyes.actions.use_passkeys import UsePasskey
from support.batch_draw import Draw
from support.batch_world import World
from support.directory_world import HOLDERS, PASSKEYS
from support.passkey_rows import challenge, new_passkey


def add_passkeys(draw: Draw, world: World) -> list[AddPasskey]:
    """Draw passkeys that are new, there already, or somebody else's, for challenges that are fresh or not."""
    some, answers = draw.few([b"new passkey", *PASSKEYS]), draw.few([b"first", b"second"])
    return draw.batch(lambda: AddPasskey(draw.one(HOLDERS), new_passkey(draw.one(some)), challenge(draw.one(answers))))


def use_passkeys(draw: Draw, world: World) -> list[UsePasskey]:
    some, answers = draw.few([b"no passkey", *PASSKEYS]), draw.few([b"first", b"second", b"third"])
    return draw.batch(lambda: UsePasskey(draw.one(some), draw.one((0, 3, 4)), challenge(draw.one(answers))))


def remove_passkeys(draw: Draw, world: World) -> list[RemovePasskey]:
    some = draw.few([None, b"no passkey", *PASSKEYS])
    return draw.batch(lambda: RemovePasskey(draw.one(HOLDERS), draw.one(some)))
