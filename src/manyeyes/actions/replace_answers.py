"""Ask others in the place of people who fell below a queue's floor, where nothing is decided, at the house's cost."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import asyncpg
import msgspec

from manyeyes.actions.shared.judgement_effects import work_of_panel
from manyeyes.actions.shared.panel_ends import seat_like
from manyeyes.actions.shared.panel_seats import fresh_numbers, numbered_seats
from manyeyes.dispatch import store as dispatch
from manyeyes.dispatch.store import Entering
from manyeyes.ledger import store as ledger
from manyeyes.ledger.rules import PENDING_SECONDS
from manyeyes.panels import store as panels
from manyeyes.panels.rules import Panel, PanelAnswer, PanelState
from manyeyes.skills import evidence
from manyeyes.tasks import history

LARGEST_SWEEP = 200
_PEOPLE_AT_ONCE = 50


class ReplaceAnswers(msgspec.Struct, frozen=True):
    cell: int


class AnswersReplaced(msgspec.Struct, frozen=True):
    """How many answers others are asked for now, and in which queues these wait."""

    answers: int
    queue_ids: tuple[int, ...] = ()


async def replace_answers(
    tx: asyncpg.Connection, now: datetime, commands: Sequence[ReplaceAnswers]
) -> list[AnswersReplaced]:
    """Return what was replaced: each such answer loses its vote, is paid all the same, and one more person is asked.

    Of tasks that are still asked of people. What a reviewer has before them, what was delivered, and tasks of one
    answer stay as they are (docs/decisions/0062). The customer pays for the answers that count.
    """
    # 1. Load: whose, what they gave, the panels, locked.
    cell = commands[0].cell
    people = await evidence.to_replace(tx, cell, _PEOPLE_AT_ONCE)
    if not people:
        return [AnswersReplaced(0) for _ in commands]
    found = await panels.undecided_of(tx, cell, people, LARGEST_SWEEP)
    open_panels = await panels.lock_panels(tx, cell, sorted({answer.task_id for answer in found}))
    # 2. Decide: those that are still asked.
    by_task: defaultdict[int, list[PanelAnswer]] = defaultdict(list)
    for answer in found:
        panel = open_panels.get(answer.task_id)
        if panel is not None and panel.state is PanelState.ASKING:
            by_task[answer.task_id].append(answer)
    aside = sorted(answer.answer_id for answers in by_task.values() for answer in answers)
    # 3. Save: votes, panels, seats; the pay of what has no vote any more waits for nothing.
    if aside:
        await panels.put_aside(tx, cell, aside)
        await ledger.set_due(tx, cell, aside, now + timedelta(seconds=PENDING_SECONDS))
        counts = {task_id: len(answers) for task_id, answers in sorted(by_task.items())}
        await panels.save_panels(tx, cell, [_opened(open_panels[task_id], n) for task_id, n in counts.items()])
        seats = await _seats(tx, cell, {task_id: open_panels[task_id] for task_id in counts}, counts)
        await dispatch.insert_work(tx, now, cell, seats)
    if len(found) < LARGEST_SWEEP:
        await evidence.set_replaced(tx, cell, people)
    queue_ids = tuple(sorted({open_panels[task_id].queue_id for task_id in by_task}))
    return [AnswersReplaced(len(aside), queue_ids) for _ in commands]


def _opened(panel: Panel, seats: int) -> Panel:
    return msgspec.structs.replace(panel, given=panel.given - seats, open=panel.open + seats)


async def _seats(
    tx: asyncpg.Connection, cell: int, found: Mapping[int, Panel], counts: Mapping[int, int]
) -> list[Entering]:
    """Return a seat for each answer without a vote, under fresh numbers: the panel's own are for its terms."""
    origins = await history.origins(tx, cell, list(found))
    first, rows = await fresh_numbers(tx, cell, sum(counts.values())), list[Entering]()
    for task_id, panel in found.items():
        like = seat_like(panel, work_of_panel(panel, origins[task_id]))
        rows += numbered_seats(like, range(first, first + counts[task_id]))
        first += counts[task_id]
    return rows
