"""Batches of what workers and reviewers do, one function per action with its name (support/batch_draw.py)."""

from collections.abc import Callable

import msgspec

from manyeyes.actions.answer_tasks import AnswerTask
from manyeyes.actions.attach_workers import AttachWorker
from manyeyes.actions.beat_nodes import BeatNode
from manyeyes.actions.choose_marks import ChooseMarks
from manyeyes.actions.count_looks import CountLook
from manyeyes.actions.decide_appeals import DecideAppeal
from manyeyes.actions.file_appeals import FileAppeal
from manyeyes.actions.go_online import GoOnline
from manyeyes.actions.hand_out import HandOut
from manyeyes.actions.hush_workers import HushWorker
from manyeyes.actions.lay_aside import LayAside
from manyeyes.actions.leave import Leave
from manyeyes.actions.mark_works import MarkWork
from manyeyes.actions.note_instructions_seen import NoteInstructionsSeen
from manyeyes.actions.open_gates import OpenGate
from manyeyes.actions.renew_leases import RenewLease
from manyeyes.actions.set_caps import SetCaps
from manyeyes.actions.settle_aside import SettleAside
from manyeyes.actions.shared.worker_desks import LeaseId
from manyeyes.actions.show_desks import ShowDesk
from manyeyes.actions.show_widgets import ShowWidget
from manyeyes.actions.skip_tasks import SkipTask
from manyeyes.actions.take_back import TakeBack
from manyeyes.actions.take_queues import TakeQueues
from manyeyes.wellbeing.rules import Cap
from manyeyes.workers.rules import SkipReason
from support.batch_draw import Draw
from support.batch_world import CELL, DEAD_NODE, EVERY_QUEUE, LIVE_NODE, LOST_NODE, UNKNOWN, World


def _leases(draw: Draw, world: World) -> Callable[[], tuple[int, LeaseId]]:
    """Return what draws leases of one or two workers: what they have and had, sometimes somebody else's."""
    holders = draw.few([worker_id for worker_id, _ in world.leases])
    held = [pair for pair in world.leases if pair[0] in holders] + draw.few(world.old_leases)

    def one() -> tuple[int, LeaseId]:
        worker_id, lease = draw.one(held)
        if draw.rarely():
            lease = msgspec.structs.replace(lease, number=lease.number + draw.one((-1, 1)))
        return draw.one(world.worker_ids) if draw.rarely() else worker_id, lease

    return one


def answer_tasks(draw: Draw, world: World) -> list[AnswerTask]:
    """Draw answers, fitting and unfitting ones."""
    lease = _leases(draw, world)

    def one() -> AnswerTask:
        worker_id, held = lease()
        text = draw.one(("", "1", " 1\n", "12345", "2"))
        return AnswerTask(cell=CELL, worker_id=worker_id, lease=held, text=text)

    return draw.batch(one)


def skip_tasks(draw: Draw, world: World) -> list[SkipTask]:
    """Draw skips for two reasons."""
    lease = _leases(draw, world)

    def one() -> SkipTask:
        worker_id, held = lease()
        return SkipTask(
            cell=CELL, worker_id=worker_id, lease=held, reason=draw.one((SkipReason.UNREADABLE, SkipReason.OTHER))
        )

    return draw.batch(one)


def show_widgets(draw: Draw, world: World) -> list[ShowWidget]:
    """Draw requests to show the widget of a lease."""
    lease = _leases(draw, world)

    def one() -> ShowWidget:
        worker_id, held = lease()
        return ShowWidget(cell=CELL, worker_id=worker_id, lease=held)

    return draw.batch(one)


def lay_aside(draw: Draw, world: World) -> list[LayAside]:
    """Draw answers and skips that can be taken back, fitting and unfitting ones, some of them twice."""
    lease = _leases(draw, world)

    def one() -> LayAside:
        worker_id, held = lease()
        text, reason = draw.one(("", "1", " 1\n", "12345", None)), draw.one((SkipReason.UNREADABLE, SkipReason.OTHER))
        return LayAside(cell=CELL, worker_id=worker_id, lease=held, text=text, reason=reason, seconds=10)

    return draw.batch(one)


def take_back(draw: Draw, world: World) -> list[TakeBack]:
    """Draw workers who take something back, of what they have, had, or laid aside."""
    lease = _leases(draw, world)

    def one() -> TakeBack:
        worker_id, held = lease()
        return TakeBack(CELL, worker_id, held)

    return draw.batch(one)


def settle_aside(draw: Draw, world: World) -> list[SettleAside]:
    """Draw workers of whom something is settled, some of whom have laid nothing aside, some of them twice."""
    people = sorted({worker_id for worker_id, _ in (*world.leases, *world.old_leases)})
    return draw.batch(lambda: SettleAside(CELL, draw.one([*people, UNKNOWN]), b"seed"))


def renew_leases(draw: Draw, world: World) -> list[RenewLease]:
    """Draw workers who ask for more time, for what they have and for what they had."""
    lease = _leases(draw, world)

    def one() -> RenewLease:
        worker_id, held = lease()
        return RenewLease(cell=CELL, worker_id=worker_id, lease=held)

    return draw.batch(one)


def note_instructions_seen(draw: Draw, world: World) -> list[NoteInstructionsSeen]:
    """Draw workers who went past instructions, some of them of what lies before them."""
    return draw.batch(
        lambda: NoteInstructionsSeen(CELL, draw.one(world.worker_ids), draw.one([*world.questions, UNKNOWN]))
    )


def attach_workers(draw: Draw, world: World) -> list[AttachWorker]:
    """Draw workers to attach to a live node."""
    some = draw.few(world.worker_ids)
    return draw.batch(lambda: AttachWorker(cell=CELL, worker_id=draw.one(some), node_id=LIVE_NODE))


def beat_nodes(draw: Draw, world: World) -> list[BeatNode]:
    """Draw processes: those that are there, those that were long silent, a new one."""
    some = draw.few((LIVE_NODE, DEAD_NODE, LOST_NODE, LIVE_NODE + 7))
    return draw.batch(lambda: BeatNode(cell=CELL, node_id=draw.one(some)))


def file_appeals(draw: Draw, world: World) -> list[FileAppeal]:
    """Draw appeals against verdicts."""
    some = draw.few([*world.reported, UNKNOWN])

    def one() -> FileAppeal:
        task_id = draw.one(some)
        author = draw.one(world.worker_ids) if draw.rarely() else world.reported.get(task_id, UNKNOWN)
        return FileAppeal(cell=CELL, worker_id=author, task_id=task_id, words=draw.one(("no", "please")))

    return draw.batch(one)


def decide_appeals(draw: Draw, world: World) -> list[DecideAppeal]:
    """Draw decisions on appeals, accepted and rejected."""
    some = [draw.one(world.appealed), *draw.few([*world.reported, UNKNOWN])]

    def one() -> DecideAppeal:
        answer = draw.one(("", "look again"))
        return DecideAppeal(cell=CELL, task_id=draw.one(some), accepted=draw.one((False, True)), answer=answer)

    return draw.batch(one)


def go_online(draw: Draw, world: World) -> list[GoOnline]:
    """Draw workers who come online, at a live node and at another one."""
    some = draw.few(world.worker_ids)

    def one() -> GoOnline:
        at = {"worker_id": draw.one(some), "node_id": draw.one((LIVE_NODE, LIVE_NODE + 7))}
        return GoOnline(
            cell=CELL, **at, queues=tuple(draw.few(EVERY_QUEUE)), languages=draw.one((("en",), ("ru", "en")))
        )

    return draw.batch(one)


def leave(draw: Draw, world: World) -> list[Leave]:
    """Draw who says so, and who is missed by this node (runtime/periodic.py)."""
    some = draw.few(world.worker_ids)

    def one() -> Leave:
        offline = draw.one((False, True))
        return Leave(cell=CELL, worker_id=draw.one(some), offline=offline, node_id=0 if offline else LIVE_NODE)

    return draw.batch(one)


def take_queues(draw: Draw, world: World) -> list[TakeQueues]:
    """Draw from whom queues are taken, some who practise, some who are not there."""
    some = draw.few([*world.worker_ids, UNKNOWN])

    def one() -> TakeQueues:
        return TakeQueues(CELL, draw.one(some), tuple(draw.few(EVERY_QUEUE)))

    return draw.batch(one)


def hush_workers(draw: Draw, world: World) -> list[HushWorker]:
    some = draw.few([*world.worker_ids, UNKNOWN])
    nodes = (LIVE_NODE, LIVE_NODE, LIVE_NODE + 7)
    return draw.batch(lambda: HushWorker(cell=CELL, worker_id=draw.one(some), node_id=draw.one(nodes)))


def show_desks(draw: Draw, world: World) -> list[ShowDesk]:
    some = draw.few([*world.worker_ids, UNKNOWN])
    return draw.batch(lambda: ShowDesk(cell=CELL, worker_id=draw.one(some)))


def hand_out(draw: Draw, world: World) -> list[HandOut]:
    """Draw one command for each of some queues, in their order: a batch serves its queues in it, each once."""
    queues = sorted({*draw.few(EVERY_QUEUE), *draw.few(EVERY_QUEUE)})
    return [HandOut(cell=CELL, queue_id=queue_id, became_idle=draw.one((False, True))) for queue_id in queues]


def choose_marks(draw: Draw, world: World) -> list[ChooseMarks]:
    """Draw people who have desks, and one who never came; yes to a queue, to none, and what is avoided."""
    some = [*draw.few(world.worker_ids), UNKNOWN]

    def one() -> ChooseMarks:
        agreed, avoided = draw.one((None, 0, 1, 3)), draw.one((None, 0, 2))
        return ChooseMarks(
            cell=CELL, worker_id=draw.one(some), queue_id=draw.one((1, 2)), agreed=agreed, avoided=avoided
        )

    return draw.batch(one)


def set_caps(draw: Draw, world: World) -> list[SetCaps]:
    some = [*draw.few(world.worker_ids), UNKNOWN]

    def one() -> SetCaps:
        caps = {draw.one((1, 2)): draw.one((None, Cap(5, 6), Cap(0, 0)))}
        return SetCaps(cell=CELL, worker_id=draw.one(some), caps=caps, zone=draw.one((None, "UTC", "Asia/Bangkok")))

    return draw.batch(one)


def count_looks(draw: Draw, world: World) -> list[CountLook]:
    tasks = [*draw.few(sorted({slot.task_id for _, slot in world.slots})), UNKNOWN]
    return draw.batch(lambda: CountLook(CELL, draw.one([*world.worker_ids, UNKNOWN]), draw.one(tasks)))


def mark_works(draw: Draw, world: World) -> list[MarkWork]:
    return draw.batch(lambda: MarkWork(cell=CELL, queue_id=draw.one((1, 2, 77)), marks=draw.one((1, 2, 4))))


def open_gates(draw: Draw, world: World) -> list[OpenGate]:
    some = draw.few((1, 77, 78))
    return draw.batch(lambda: OpenGate(cell=CELL, queue_id=draw.one(some)))
