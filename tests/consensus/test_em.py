"""A whole crowd's answers: the truth comes out where it is known, always the same, and no figure breaks."""

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyeyes.consensus.choosing import LEAST_GOLD, choose, right_parts
from manyeyes.consensus.crowd_evidence import evidence
from manyeyes.consensus.em import NOT_GOLD, AnswersOfAll, fit, vote_shares
from manyeyes.consensus.others import judged_by_others
from manyeyes.consensus.rules import Given, Method, Shape, ShapeKind, Skill

MODELS = (Method.ONE_COIN, Method.DAWID_SKENE)


def made(confusions: np.ndarray, items: int, answers: int, seed: int) -> tuple[AnswersOfAll, np.ndarray]:
    """Return answers by people with these confusions (worker, truth, given), and the truth."""
    chance = np.random.default_rng(seed)
    workers, labels, _ = confusions.shape
    truth = chance.integers(labels, size=items)
    who = np.concatenate([chance.permutation(workers)[:answers] for _ in range(items)])
    what = np.repeat(np.arange(items), answers)
    steps = confusions[who, truth[what]].cumsum(axis=1)
    gave = np.minimum((chance.random(len(who))[:, None] > steps).sum(axis=1), labels - 1)
    return AnswersOfAll(items=what, workers=who, labels=gave, n_items=items, n_workers=workers, n_labels=labels), truth


def coins(*rights: float, labels: int = 3) -> np.ndarray:
    off = [np.full((labels, labels), (1 - right) / (labels - 1)) for right in rights]
    for matrix, right in zip(off, rights, strict=True):
        np.fill_diagonal(matrix, right)
    return np.array(off)


def share_right(crowd: AnswersOfAll, method: Method, truth: np.ndarray) -> float:
    return float(right_parts(fit(crowd, method).chances, truth).mean())


@pytest.mark.parametrize("method", MODELS)
@pytest.mark.parametrize("seed", range(3))
def test_few_experts_are_found_among_many_who_guess(method, seed):
    crowd, truth = made(coins(*[0.95] * 6, *[0.4] * 18), 600, 8, seed)
    assert share_right(crowd, method, truth) > share_right(crowd, Method.MAJORITY, truth) + 0.05
    assert share_right(crowd, method, truth) > 0.93


@pytest.mark.parametrize("seed", range(3))
def test_people_who_take_one_label_for_another_are_seen_through(seed):
    """Most call every 1 a 0 and are right of 0; the majority cannot tell, their confusions can."""
    blind, good = np.array([[0.95, 0.05], [0.6, 0.4]]), np.array([[0.9, 0.1], [0.1, 0.9]])
    crowd, truth = made(np.array([blind] * 14 + [good] * 6), 800, 7, seed)
    assert share_right(crowd, Method.DAWID_SKENE, truth) > share_right(crowd, Method.MAJORITY, truth) + 0.05


@pytest.mark.parametrize("method", Method)
def test_the_same_answers_give_the_same_figures_in_any_order_but_for_rounding(method):
    crowd, _ = made(coins(0.9, 0.8, 0.7, 0.6, 0.5), 200, 3, 5)
    first, again = fit(crowd, method), fit(crowd, method)
    assert np.array_equal(first.chances, again.chances)
    assert first.is_settled
    order = np.random.default_rng(1).permutation(len(crowd.items))
    shuffled = msgspec.structs.replace(
        crowd, items=crowd.items[order], workers=crowd.workers[order], labels=crowd.labels[order]
    )
    assert np.allclose(fit(shuffled, method).chances, first.chances)


@pytest.mark.parametrize("method", Method)
def test_the_names_of_labels_change_nothing(method):
    crowd, _ = made(coins(0.9, 0.8, 0.7, 0.6, 0.5), 200, 3, 6)
    names = np.array([2, 0, 1])
    renamed = fit(msgspec.structs.replace(crowd, labels=names[crowd.labels]), method).chances
    assert np.allclose(renamed[names], fit(crowd, method).chances)


@pytest.mark.parametrize("method", MODELS)
def test_gold_is_held_fast_and_teaches(method):
    """Three who guess outvote the one who knows, until some truth is known."""
    crowd, truth = made(coins(0.95, 0.34, 0.34, 0.34), 300, 4, 7)
    gold = np.full(300, NOT_GOLD)
    gold[:60] = truth[:60]
    taught = fit(crowd, method, gold).chances
    assert (taught.argmax(axis=0)[:60] == truth[:60]).all()
    assert right_parts(taught[:, 60:], truth[60:]).mean() > 0.85


answers = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 2)), max_size=30)


@settings(deadline=None)
@given(answers, st.sampled_from(Method), st.lists(st.integers(NOT_GOLD, 2), min_size=6, max_size=6))
def test_any_answers_give_distributions(rows, method, gold):
    items, workers, labels = (np.array([row[part] for row in rows], dtype=np.intp) for part in range(3))
    crowd = AnswersOfAll(items=items, workers=workers, labels=labels, n_items=6, n_workers=4, n_labels=3)
    chances = fit(crowd, method, np.array(gold)).chances
    assert np.isfinite(chances).all()
    assert (chances >= 0).all()
    assert np.allclose(chances.sum(axis=0), 1)
    assert np.allclose(vote_shares(crowd).sum(axis=0), 1)


def test_people_who_are_always_right_or_always_wrong_break_nothing():
    crowd, truth = made(coins(1, 1, 1, 0, labels=2), 5000, 4, 8)
    for method in MODELS:
        chances = fit(crowd, method).chances
        assert np.isfinite(chances).all()
        assert right_parts(chances, truth).mean() == 1


@pytest.mark.parametrize("seed", range(3))
def test_the_better_method_is_chosen_by_gold(seed):
    crowd, truth = made(coins(*[0.95] * 6, *[0.4] * 18), 600, 8, seed)
    gold = np.full(600, NOT_GOLD)
    gold[::6] = truth[::6]
    found = choose(crowd, gold)
    assert found.method in MODELS
    assert found.gold_items == 100
    assert found.right[found.method] > found.right[Method.MAJORITY]


def test_the_majority_stays_where_the_models_err():
    """Many agree on what is wrong: to the models they are the experts; gold tells."""
    cluster = np.array([[0.9, 0.1], [0.9, 0.1]])
    wise = coins(*[0.8] * 9, labels=2)
    crowd, truth = made(np.array([*wise, *[cluster] * 6]), 400, 15, 3)
    gold = np.full(400, NOT_GOLD)
    gold[::8] = truth[::8]
    found = choose(crowd, gold)
    assert found.right[found.method] == max(found.right.values())


def test_too_little_gold_chooses_nothing():
    crowd, truth = made(coins(*[0.95] * 6, *[0.4] * 18), 600, 8, 1)
    gold = np.full(600, NOT_GOLD)
    gold[: LEAST_GOLD - 1] = truth[: LEAST_GOLD - 1]
    found = choose(crowd, gold)
    assert (found.method, found.right, found.gold_items) == (Method.MAJORITY, {}, LEAST_GOLD - 1)


@pytest.mark.parametrize("method", Method)
def test_a_nights_evidence_tells_what_people_are(method):
    """Nobody seems better than they are; the best seem a little worse, being measured by the others who err more."""
    crowd, _ = made(coins(0.95, 0.85, 0.75, 0.65, 0.55), 2000, 5, 9)
    found = evidence(crowd, fit(crowd, method).chances, method)
    shares = found.right / (found.right + found.wrong)
    assert np.allclose(shares, [0.95, 0.85, 0.75, 0.65, 0.55], atol=0.12)
    assert (shares < np.array([0.95, 0.85, 0.75, 0.65, 0.55]) + 0.02).all()
    assert (np.diff(shares) < -0.03).all()
    assert np.allclose(found.confusion.sum(), (found.right + found.wrong).sum())


@pytest.mark.parametrize("method", MODELS)
def test_ones_own_vote_is_no_evidence(method):
    """Where two answer, each is measured by the other alone: by the one coin exactly as between two nights."""
    crowd = AnswersOfAll(
        items=np.array([0, 0, 1, 2]),
        workers=np.array([0, 1, 0, 1]),
        labels=np.array([0, 1, 0, 1]),
        n_items=3,
        n_workers=2,
        n_labels=2,
    )
    found = evidence(crowd, fit(crowd, method).chances, method)
    assert (found.right < found.wrong).all()
    assert found.right.sum() + found.wrong.sum() <= 2
    gold = np.array([NOT_GOLD, 0, NOT_GOLD])
    taught = evidence(crowd, fit(crowd, method, gold).chances, method, gold)
    assert taught.right[0] >= 1


def test_a_nights_evidence_is_that_between_nights():
    """Three people of whom the fit knows as much as their skills say are judged alike in both ways."""
    crowd, _ = made(coins(0.9, 0.8, 0.7, labels=2), 500, 3, 10)
    chances = fit(crowd, Method.ONE_COIN).chances
    found = evidence(crowd, chances, Method.ONE_COIN)
    right = np.bincount(crowd.workers, weights=chances[crowd.labels, crowd.items], minlength=3)
    number = np.bincount(crowd.workers, minlength=3)
    skills = {n: Skill(right=right[n], wrong=number[n] - right[n]) for n in range(3)}
    shape = Shape(kind=ShapeKind.LABEL, labels=("0", "1"))
    total = np.zeros((3, 2))
    for item in range(500):
        mine = np.flatnonzero(crowd.items == item)
        given = [Given(int(crowd.workers[n]), str(crowd.labels[n])) for n in mine]
        for worker, told in judged_by_others(shape, given, skills, Method.ONE_COIN).items():
            total[worker] += told.right, told.wrong
    assert np.allclose(total[:, 0], found.right, rtol=0.01)
    assert np.allclose(total[:, 1], found.wrong, rtol=0.05)
