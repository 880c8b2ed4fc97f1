"""What reviewers look at makes room for what they took back, alike for complaints and results (docs/decisions/0081)."""

from datetime import datetime

import msgspec

from manyeyes.actions.shared.marked_looks import JudgedT, MarkedLooks
from manyeyes.certainty.rules import JudgementState
from manyeyes.reports.rules import SlotState


def make_room(
    desks: dict[tuple[int, int], JudgedT],
    states: type[SlotState] | type[JudgementState],
    reviewer_id: int,
    looks: MarkedLooks,
    now: datetime,
) -> set[tuple[int, int]]:
    """Lay what a reviewer looks at behind; give back what lay there, and what is marked; return what was moved."""
    theirs = {key: each for key, each in desks.items() if each.reviewer_id == reviewer_id}
    looked_at = {key for key, each in theirs.items() if each.state is states.LEASED}
    moved = looked_at | {key for key, each in theirs.items() if each.state is states.AHEAD}
    is_followed = any(not theirs[key].marks for key in looked_at)
    looks.end((theirs[key] for key in sorted(looked_at)), now)
    for key in moved:
        is_behind = (key in looked_at or not is_followed) and not theirs[key].marks
        desks[key] = msgspec.structs.replace(
            theirs[key],
            state=states.AHEAD if is_behind else states.OPEN,
            reviewer_id=reviewer_id if is_behind else 0,
            looked_marks=0,
        )
    return moved
