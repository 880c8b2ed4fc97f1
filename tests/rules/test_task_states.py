"""Where a task is, as its customer is told: of every state in which its work, or a seat of its panel, can be."""

import pytest

from manyeyes.dispatch.rules import WorkState
from manyeyes.jobs.rules import JobState
from manyeyes.panels.rules import PanelState
from manyeyes.tasks.rules import Ending
from manyeyes.tasks.seen.store import TaskState, state_of

AT_WORK = {
    WorkState.WAITING: TaskState.WAITING,
    WorkState.LEASED: TaskState.ANSWERING,
    WorkState.QUEUED: TaskState.ANSWERING,
    WorkState.RESTING: TaskState.PAUSED,
    WorkState.ASIDE: TaskState.ANSWERING,
}
PANELS = {PanelState.ASKING: TaskState.WAITING, PanelState.JUDGING: TaskState.ANSWERING}


@pytest.mark.parametrize("job_state", [None, *JobState])
@pytest.mark.parametrize("work_state", WorkState)
def test_each_state_of_work_has_its_word_whatever_its_job_does(work_state: WorkState, job_state: JobState | None):
    assert state_of(None, work_state, job_state) is AT_WORK[work_state]


@pytest.mark.parametrize("panel_state", [state for state in PanelState if state is not PanelState.OVER])
def test_an_open_panel_stands_where_its_work_would(panel_state: PanelState):
    assert state_of(None, panel_state, None) is PANELS[panel_state]


@pytest.mark.parametrize("ending", Ending)
def test_an_end_stands_over_everything(ending: Ending):
    told = {state_of(ending, work_state, None) for work_state in (None, *WorkState)}
    assert len(told) == 1
    assert told <= {TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED}
