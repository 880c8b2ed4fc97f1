"""Batches of what a company's sign-in does, one function per action with its name (support/batch_draw.py)."""

from manyeyes.actions.admit_identities import AdmitIdentity
from manyeyes.actions.connect_identities import ConnectIdentity
from manyeyes.actions.disconnect_identities import DisconnectIdentity
from manyeyes.workers.identities.store import Identity
from support.batch_draw import Draw
from support.batch_world import World
from support.directory_world import COMPANY, CONNECTED, HOLDERS

NEW = Identity(COMPANY, "new", "Ann")


def connect_identities(draw: Draw, world: World) -> list[ConnectIdentity]:
    some = draw.few([NEW, CONNECTED])
    return draw.batch(lambda: ConnectIdentity(draw.one(HOLDERS), draw.one(some)))


def disconnect_identities(draw: Draw, world: World) -> list[DisconnectIdentity]:
    some = draw.few(["nobody", CONNECTED.sub])
    return draw.batch(lambda: DisconnectIdentity(draw.one(HOLDERS), COMPANY, draw.one(some)))


def admit_identities(draw: Draw, world: World) -> list[AdmitIdentity]:
    """Draw who is new, with a group or none, whose group changes in a batch, and who connected themselves."""
    some = draw.few([NEW, Identity(COMPANY, "other", "Ann"), CONNECTED])

    def one() -> AdmitIdentity:
        return AdmitIdentity(draw.one(some), draw.one((None, "operator", "auditor")), next(draw.ids))

    return draw.batch(one)
