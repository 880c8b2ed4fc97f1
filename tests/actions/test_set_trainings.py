"""A queue's training set: of its gold, refused in words where it asks too much of people (docs/decisions/0065)."""

import pytest

from manyeyes.actions.answer_tasks import Answered
from manyeyes.actions.forget_tasks import ForgetTasks, forget_tasks
from manyeyes.actions.set_trainings import SetTraining, set_trainings
from manyeyes.skills.practice import store as practices
from manyeyes.skills.training import Practice
from manyeyes.tasks.options import PictureOptions, kind_of
from manyeyes.tasks.questions import ChoiceOptions, FieldsOptions, NumberOptions
from manyeyes.values.refusals import Reason, Refusal
from support.action_stage import Stage
from support.practising import ask_to_practise, barred_worker, gold

YES_NO = ChoiceOptions(labels=("no", "yes"))


async def put(stage: Stage, **given: object) -> tuple[int, ...] | Refusal:
    (outcome,) = await stage.act(set_trainings, SetTraining(cell=stage.cell, queue_id=1, **given))  # type: ignore[arg-type]
    return outcome


async def test_a_set_is_made_made_anew_and_taken_away(stage: Stage):
    task_ids = await gold(stage, 4)
    assert await put(stage, task_ids=(task_ids[2], task_ids[0])) == (task_ids[2], task_ids[0])
    (row,) = await stage.rows("training")
    assert (row["task_ids"], row["is_paid"], row["pass_mark"]) == ([task_ids[2], task_ids[0]], False, 0.8)
    assert await put(stage, items=3, is_paid=True, pass_mark=0.5) == tuple(task_ids[:3])
    (row,) = await stage.rows("training")
    assert (row["is_paid"], row["pass_mark"]) == (True, 0.5)
    assert await put(stage) == ()
    assert await stage.rows("training") == []


@pytest.mark.parametrize(
    ("items", "given", "words"),
    [
        (11, {"items": 11}, "practice without pay has at most 10 pictures"),
        (1, {"items": 2}, "has 1 pictures whose right answer is known, not 2"),
        (1, {"items": 1, "pass_mark": 0.0}, "the pass mark is a share above 0"),
        (1, {"task_ids": (987,)}, "what is right of these tasks is not known in this queue: 987"),
        (1, {"items": -1}, "from 1 to 100 pictures"),
    ],
)
async def test_what_is_refused_leaves_the_set_as_it_was(stage: Stage, items: int, given: dict[str, object], words: str):
    task_ids = await gold(stage, items)
    assert await put(stage, task_ids=(task_ids[0],)) == (task_ids[0],)
    before = await stage.rows("training")
    outcome = await put(stage, **given)
    assert isinstance(outcome, Refusal)
    assert words in outcome.detail
    assert await stage.rows("training") == before


async def test_eleven_pictures_are_taken_when_they_are_paid(stage: Stage):
    await gold(stage, 11)
    outcome = await put(stage, items=11, is_paid=True)
    assert isinstance(outcome, tuple)
    assert len(outcome) == 11


async def test_forgotten_and_denied_pictures_are_no_part_of_it(stage: Stage):
    task_ids = await gold(stage, 3)
    assert await put(stage, items=3) == tuple(task_ids)
    await stage.change("UPDATE gold SET aside_at = now() WHERE cell = $1 AND task_id = $2", task_ids[0])
    found = await stage.read(practices.trainings, stage.cell, [1])
    assert found[1].task_ids == tuple(task_ids[1:])
    stage.later(91 * 86_400)
    await stage.act(forget_tasks, ForgetTasks(stage.cell))
    assert await stage.read(practices.trainings, stage.cell, [1]) == {}, "a set of which nothing is left is none"


async def test_any_gold_may_be_named_however_much_there_is(stage: Stage, monkeypatch: pytest.MonkeyPatch):
    """Among how much a set is chosen is bounded; what the operator names is found all the same."""
    task_ids = await gold(stage, 3)
    await stage.change("UPDATE gold SET asked = 5 WHERE cell = $1 AND task_id = $2", task_ids[2])
    monkeypatch.setattr(practices, "MOST_LOOKED_AT", 2)
    by_number = SetTraining(cell=stage.cell, queue_id=1, task_ids=(task_ids[2],))
    by_count = SetTraining(cell=stage.cell, queue_id=1, items=2)
    assert await stage.act(set_trainings, by_count, by_number) == [tuple(task_ids[:2]), (task_ids[2],)]
    assert await put(stage, task_ids=(task_ids[2],)) == (task_ids[2],)


async def labelled(stage: Stage, *truths: str, options: PictureOptions = YES_NO) -> list[int]:
    """Make ended tasks of queue 1 with these right answers, answered by somebody who has gone."""
    account_id, other, made = await stage.account(), await stage.worker(), []
    for truth in truths:
        made.append(await stage.submit(account_id, kind=kind_of(options), options=options, truth=truth))
        await stage.hand_out()
        assert isinstance(await stage.answer(other, await stage.lease(other), truth), Answered)
    await stage.go(other)
    return made


@pytest.mark.parametrize(
    ("truths", "given", "words"),
    [
        (("yes",), {}, "it needs 8 pictures, of each label alike"),
        (("yes", "no") * 3, {"pass_mark": 0.5}, "would pass in 66% of the tries"),
        (("yes",) * 10, {}, "would pass always"),
        (("yes",) * 6 + ("no",) * 4, {}, "9 of these 10 must be right, a pass mark of 0.9"),
    ],
)
async def test_a_set_that_guessing_passes_is_refused(
    stage: Stage, truths: tuple[str, ...], given: dict[str, object], words: str
):
    await labelled(stage, *truths)
    outcome = await put(stage, items=len(truths), **given)
    assert isinstance(outcome, Refusal)
    assert words in outcome.detail
    assert await stage.rows("training") == []


async def test_the_documented_ten_of_two_labels_are_taken(stage: Stage):
    """Chosen by their number they are of each label alike, though most of the gold says yes."""
    await labelled(stage, *("yes",) * 7, *("no",) * 5)
    outcome = await put(stage, items=10)
    assert isinstance(outcome, tuple), outcome
    assert len(outcome) == 10


async def test_a_form_is_guessed_as_seldom_as_all_of_its_fields(stage: Stage):
    """Of two choices among four one guesses a sixteenth; where a part is typed, hardly ever."""
    form = FieldsOptions(fields=(ChoiceOptions(name="a", labels=("1", "2")),))
    await labelled(stage, '{"a":"1"}', '{"a":"2"}', options=form)
    outcome = await put(stage, items=2)
    assert isinstance(outcome, Refusal)
    assert "25% of the tries" in outcome.detail
    typed = FieldsOptions(fields=(*form.fields, NumberOptions(name="n")))
    (task_id,) = await labelled(stage, '{"a":"1","n":"5"}', options=typed)
    assert await put(stage, task_ids=(task_id,)) == (task_id,)


async def test_what_is_left_of_a_set_is_judged_before_somebody_begins(stage: Stage):
    """Ten pictures cannot be passed by guessing; two of them can, when the others are denied. The operator is told."""
    task_ids = await labelled(stage, *("yes", "no") * 5)
    assert isinstance(await put(stage, items=10), tuple)
    worker_id = await barred_worker(stage)
    await stage.change("UPDATE gold SET aside_at = now() WHERE cell = $1 AND task_id = ANY ($2)", task_ids[2:])
    before = await stage.everything()
    outcome = await ask_to_practise(stage, worker_id)
    assert isinstance(outcome, Refusal)
    assert outcome.reason is Reason.NO_TRAINING
    assert await stage.everything() == before


async def test_a_set_that_was_saved_before_the_rule_goes_on(stage: Stage):
    task_ids = await labelled(stage, "yes", "no")
    columns = "cell, queue_id, task_ids, is_paid, pass_mark, set_at"
    await stage.change(f"INSERT INTO training ({columns}) VALUES ($1, 1, $2, false, 0.5, now())", task_ids)
    worker_id = await barred_worker(stage)
    assert isinstance(await ask_to_practise(stage, worker_id), Practice)
