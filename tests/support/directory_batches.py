"""Batches of what is written to the look-ups, one function per action with its name (support/batch_draw.py).

What is new comes with ids, numbers and hashes that were made beforehand; here two commands may have the same.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from manyeyes.accounts.store import KeyOwner
from manyeyes.actions.add_apps import AddApp
from manyeyes.actions.add_credentials import AddCredential
from manyeyes.actions.add_queues import AddQueue
from manyeyes.actions.add_recognitions import AddRecognition
from manyeyes.actions.add_staff import AddStaff
from manyeyes.actions.block_networks import BlockNetwork
from manyeyes.actions.change_apps import ChangeApp
from manyeyes.actions.change_queues import ChangeQueue
from manyeyes.actions.change_recognitions import ChangeRecognition
from manyeyes.actions.change_workers import ChangeWorker
from manyeyes.actions.choose_thresholds import ChooseThreshold
from manyeyes.actions.disable_workers import DisableWorker
from manyeyes.actions.enable_workers import EnableWorker
from manyeyes.actions.end_sessions import EndSession
from manyeyes.actions.forget_secrets import ForgetSecrets
from manyeyes.actions.issue_keys import IssueKey
from manyeyes.actions.note_sessions import NoteSession
from manyeyes.actions.register_soft_apps import RegisterSoftApp
from manyeyes.actions.register_workers import RegisterWorker
from manyeyes.actions.remove_staff import RemoveStaff
from manyeyes.actions.revoke_keys import RevokeKey
from manyeyes.actions.sign_out import SignOut
from manyeyes.actions.unblock_networks import UnblockNetwork
from manyeyes.actions.use_links import UseLink
from manyeyes.consensus.terms import ONE_ANSWER, PeopleTerms
from manyeyes.db.pool import DIRECTORY
from manyeyes.soft_apps.store import SoftApp
from manyeyes.staff.store import StaffMember
from manyeyes.workers.store import Subject
from support.batch_draw import Draw
from support.batch_world import CELL, UNKNOWN, World
from support.directory_world import (
    COLLEAGUES,
    COMPANY,
    CONNECTED,
    KEYS_SESSION,
    LINK,
    PASSKEYS,
    SESSION,
    SPENT_LINK,
    STAFF,
    VALID_KEY,
    registering,
)
from support.recognition_calls import app_of, recognition_of

NEW_QUEUES = (77, 78)
THREE = PeopleTerms(answers=3, answers_at_most=4)
NETWORKS = ("192.0.2.7/32", "203.0.113.0/24")
NOBODYS = b"nobody's"  # no key, link or session


def add_apps(draw: Draw, world: World) -> list[AddApp]:
    new = [app_of(world.account_ids[0], secret_id=f"{next(draw.ids):024x}", cell=CELL) for _ in range(2)]
    some = draw.few([*new, world.directory.apps[0]])
    return draw.batch(lambda: AddApp(app=msgspec.structs.replace(draw.one(some), name=draw.one(("shop", "kiosk")))))


def change_apps(draw: Draw, world: World) -> list[ChangeApp]:
    some = draw.few([*(app.secret_id for app in world.directory.apps), "unknown"])

    def one() -> ChangeApp:
        terms: dict[str, Any] = {"suspended": draw.one((None, False, True)), "public_key": draw.one((None, "a", "b"))}
        calls_per_second = 0 if draw.rarely() else draw.one((None, 9, 50))
        return ChangeApp(secret_id=draw.one(some), **terms, calls_per_second=calls_per_second)

    return draw.batch(one)


def add_recognitions(draw: Draw, world: World) -> list[AddRecognition]:
    """Draw new ones and one that is there; rarely one whose number is taken."""
    known = world.directory.recognitions[0]
    new = [recognition_of(world.directory.apps[0], next(draw.ids)) for _ in range(2)]
    some = draw.few([*new, known])

    def one() -> AddRecognition:
        found = msgspec.structs.replace(draw.one(some), name=draw.one(("advertising", "weapons")))
        if draw.rarely():
            found = msgspec.structs.replace(found, recognition_id=known.recognition_id)
        return AddRecognition(recognition=found)

    return draw.batch(one)


def change_recognitions(draw: Draw, world: World) -> list[ChangeRecognition]:
    some = draw.few([*(each.task_id for each in world.directory.recognitions), "unknown"])

    def one() -> ChangeRecognition:
        terms: dict[str, Any] = {"queue_id": draw.one((None, 0, 2)), "closed": draw.one((None, False, True))}
        terms["terms"] = draw.one((None, ONE_ANSWER, THREE))
        terms["bounds"] = draw.one((None, (), (0.4, 0.6), (0.4, 0.95)))
        threshold = 2.5 if draw.rarely() else draw.one((None, 0.5, 0.95))
        return ChangeRecognition(task_id=draw.one(some), **terms, threshold=threshold)

    return draw.batch(one)


def choose_thresholds(draw: Draw, world: World) -> list[ChooseThreshold]:
    some = draw.few([*(each.task_id for each in world.directory.recognitions), "unknown"])

    def one() -> ChooseThreshold:
        return ChooseThreshold(task_id=draw.one(some), threshold=draw.one((0.4, 0.5, 0.95, 1.5)))

    return draw.batch(one)


def add_queues(draw: Draw, world: World) -> list[AddQueue]:
    """Draw queues whose number is free or not, whose name is free or not."""
    some, names = draw.few((*NEW_QUEUES, 1)), ("own", "other", world.stage.queues[2].name)

    def one() -> AddQueue:
        given: dict[str, Any] = {"queue_id": draw.one(some), "name": draw.one(names), "capacity": draw.one((5, 6))}
        given |= {"default_terms": draw.one((None, THREE)), "guide": draw.one(("", "Look twice."))}
        return AddQueue(cell=DIRECTORY, terms=msgspec.structs.replace(world.stage.queues[1], **given))

    return draw.batch(one)


def change_queues(draw: Draw, world: World) -> list[ChangeQueue]:
    """Draw changes of few queues; which pay fits depends on the price that came before."""
    some = draw.few((1, 2, NEW_QUEUES[0]))

    def one() -> ChangeQueue:
        terms: dict[str, Any] = {"price_micros": draw.one((None, None, 600, 900)), "marks": draw.one((None, 0, 3))}
        terms |= {"accepts_complaints": draw.one((None, False)), "life_seconds": draw.one((None, 0, 3_600))}
        terms |= {"default_terms": draw.one((None, ONE_ANSWER, THREE)), "guide": draw.one((None, "", "Look."))}
        pay_micros = 650 if draw.rarely() else draw.one((None, 400, 500))
        terms["seen"] = draw.one((None, None, world.stage.queues[1]))
        return ChangeQueue(cell=DIRECTORY, queue_id=draw.one(some), **terms, pay_micros=pay_micros)

    return draw.batch(one)


def block_networks(draw: Draw, world: World) -> list[BlockNetwork]:
    some = draw.few([*world.directory.networks, *NETWORKS])
    return draw.batch(lambda: BlockNetwork(network=draw.one(some)))


def unblock_networks(draw: Draw, world: World) -> list[UnblockNetwork]:
    """Draw networks that are shut out or not; a batch is tried again as a whole (runtime/batching.py)."""
    some, retried = draw.few([*world.directory.networks, *NETWORKS]), draw.one((False, True))
    return draw.batch(lambda: UnblockNetwork(network=draw.one(some), retried=retried))


def register_soft_apps(draw: Draw, world: World) -> list[RegisterSoftApp]:
    """Draw apps with few numbers, some of them rivals; a batch is tried again as a whole (runtime/batching.py)."""
    new = [SoftApp(next(draw.ids), "Reader", CELL, world.account_ids[0]) for _ in range(2)]
    some, retried = draw.few([*new, world.directory.soft_app]), draw.one((False, True))

    def one() -> RegisterSoftApp:
        name = "Rival" if draw.rarely() else "Reader"
        return RegisterSoftApp(soft_app=msgspec.structs.replace(draw.one(some), name=name), retried=retried)

    return draw.batch(one)


def issue_keys(draw: Draw, world: World) -> list[IssueKey]:
    """Draw keys that are new, valid or revoked; two commands may give one key to two accounts."""
    some = draw.few(
        [b"key %d" % next(draw.ids), b"key %d" % next(draw.ids), *(k.key_hash for k in world.directory.keys)]
    )
    networks = ((), ("203.0.113.0/24",))

    def one() -> IssueKey:
        owner = KeyOwner(CELL, draw.one(world.account_ids[:2]), draw.one(networks))
        return IssueKey(key_hash=draw.one(some), owner=owner)

    return draw.batch(one)


def revoke_keys(draw: Draw, world: World) -> list[RevokeKey]:
    some = draw.few([VALID_KEY, *(key.key_hash for key in world.directory.keys), NOBODYS])
    return draw.batch(lambda: RevokeKey(key_hash=draw.one(some)))


def add_credentials(draw: Draw, world: World) -> list[AddCredential]:
    """Draw secrets that are new, valid or spent, by and for whom there may be none; rarely one is what it was not."""
    new = [(b"new %d" % next(draw.ids), draw.one(("link", "session"))) for _ in range(2)]
    some = draw.few([*new, (SESSION, "session"), (SPENT_LINK, "link")])
    account_id = world.directory.opened.account_id
    colleagues = [Subject("customer", account_id, CELL, number) for number in (0, *COLLEAGUES, UNKNOWN)]
    subjects = (Subject("worker", world.worker_ids[0], 0), *colleagues)
    needed = (None, PASSKEYS[0], NOBODYS, (COMPANY, CONNECTED.sub), (COMPANY, "nobody"))

    def one() -> AddCredential:
        secret_hash, kind = draw.one(some)
        kind = "link" if draw.rarely() else kind
        whom: dict[str, Any] = {"subject": draw.one(subjects), "through": draw.one((None, VALID_KEY))}
        whom |= {"by": draw.one((None, *COLLEAGUES)), "needs": draw.one(needed) if kind == "session" else None}
        whom["ends"] = draw.one((None, SESSION, *(secret for secret, _ in new)))
        return AddCredential(secret_hash=secret_hash, kind=kind, **whom, seconds=draw.one((60.0, 90.0)))

    return draw.batch(one)


def use_links(draw: Draw, world: World) -> list[UseLink]:
    """Draw links at every point of their life."""
    some = draw.few([LINK, *(c.secret_hash for c in world.directory.credentials), NOBODYS])
    return draw.batch(lambda: UseLink(secret_hash=draw.one(some)))


def end_sessions(draw: Draw, world: World) -> list[EndSession]:
    some = draw.few([KEYS_SESSION, *(c.secret_hash for c in world.directory.credentials), NOBODYS])
    return draw.batch(lambda: EndSession(secret_hash=draw.one(some), of=draw.one((None, *_subjects(world)))))


def note_sessions(draw: Draw, world: World) -> list[NoteSession]:
    some = draw.few([KEYS_SESSION, *(c.secret_hash for c in world.directory.credentials), NOBODYS])
    return draw.batch(lambda: NoteSession(secret_hash=draw.one(some), address=draw.one(("192.0.2.7", "2001:db8::7"))))


def sign_out(draw: Draw, world: World) -> list[SignOut]:
    some, kept = draw.few(_subjects(world)), (b"", SESSION, KEYS_SESSION)
    return draw.batch(lambda: SignOut(subject=draw.one(some), kept=draw.one(kept), links=draw.one((False, True))))


def _subjects(world: World) -> list[Subject]:
    return [
        *{c.subject.subject_id: c.subject for c in world.directory.credentials}.values(),
        Subject("worker", UNKNOWN, 0),
    ]


def forget_secrets(draw: Draw, world: World) -> list[ForgetSecrets]:
    return draw.batch(ForgetSecrets)


def register_workers(draw: Draw, world: World) -> list[RegisterWorker]:
    """Draw workers who are new and one who is there; rarely the token is that of somebody else."""
    some = draw.few([registering(next(draw.ids)), registering(next(draw.ids)), world.directory.workers[1]])

    def one() -> RegisterWorker:
        command = draw.one(some)
        worker = msgspec.structs.replace(command.worker, name=draw.one(("Ann", "Ben")))
        return RegisterWorker(worker=worker, token_hash=(draw.one(some) if draw.rarely() else command).token_hash)

    return draw.batch(one)


def _people(draw: Draw, world: World) -> Callable[[], int]:
    """Return what draws one or two workers: who is in, who is shut out, who is unknown."""
    some = draw.few([*(command.worker.worker_id for command in world.directory.workers), UNKNOWN])
    return lambda: draw.one(some)


def change_workers(draw: Draw, world: World) -> list[ChangeWorker]:
    worker = _people(draw, world)

    def one() -> ChangeWorker:
        parts: dict[str, Any] = {"languages": draw.one((None, ("ru",))), "queues": draw.one((None, (), (1, 2)))}
        parts["seen"] = draw.one((None, None, world.directory.workers[0].worker))
        return ChangeWorker(worker_id=worker(), **parts, reviewer=draw.one((None, False, True)))

    return draw.batch(one)


def disable_workers(draw: Draw, world: World) -> list[DisableWorker]:
    worker = _people(draw, world)
    return draw.batch(lambda: DisableWorker(worker_id=worker()))


def enable_workers(draw: Draw, world: World) -> list[EnableWorker]:
    worker = _people(draw, world)
    return draw.batch(lambda: EnableWorker(worker_id=worker()))


def add_staff(draw: Draw, world: World) -> list[AddStaff]:
    """Draw people whose number or name is taken, or is not."""
    numbers, names = draw.few((STAFF[0].staff_id, 7, 8)), ("Eve", "Kim", "operator")
    return draw.batch(
        lambda: AddStaff(StaffMember(draw.one(numbers), draw.one(names), draw.one(("operator", "auditor"))))
    )


def remove_staff(draw: Draw, world: World) -> list[RemoveStaff]:
    some = draw.few([0, *(member.staff_id for member in STAFF), UNKNOWN])
    return draw.batch(lambda: RemoveStaff(draw.one(some)))
