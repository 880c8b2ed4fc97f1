"""How well labels are put together, what votes that saves, and what it costs to work out (docs/decisions/0060).

Real answers (``--crowd FOLDER``): the method chosen by gold beside each method taken for all, and votes replayed by
the shipping rules (bench/certainty_votes.py). Drawn answers: votes again, one fit of a million answers, one decision.
"""

import csv
import random
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.certainty_votes import votes_saved
from bench.row import Row
from manyeyes.consensus.choosing import choose, right_parts
from manyeyes.consensus.decide import decide
from manyeyes.consensus.em import NOT_GOLD, AnswersOfAll, Whole, fit
from manyeyes.consensus.rules import Given, HowMany, Method, Shape, ShapeKind, Skill

GOLD, GOLD_SHARE = 100, 2  # so many gold items, at most every second one whose truth is known
DRAWS, SMALL_DRAWS = 20, 2
ANSWERS, SMALL_ANSWERS, PEOPLE, PER_ITEM, LABELS = 1_000_000, 50_000, 5_000, 5, 4
DECISIONS = 5_000


class Truth(NamedTuple):
    """A crowd's answers, and the true label of each item where it is known, else `NOT_GOLD`."""

    crowd: AnswersOfAll
    truth: Whole


def measure(small: bool, folder: Path | None) -> list[Row]:
    """Return accuracy and votes saved in percent, seconds and MB of a fit, microseconds of a decision."""
    rows = _one_fit(SMALL_ANSWERS if small else ANSWERS) + _decisions()
    if folder is None:
        print("certainty_labels: no --crowd FOLDER, so real answers are left out", flush=True)
    else:
        rows += _choosing(folder, SMALL_DRAWS if small else DRAWS)
    return rows + votes_saved(small, folder)


def _choosing(folder: Path, draws: int) -> list[Row]:
    """Return by set how far the chosen method is behind the best one in hindsight, and ahead of the majority."""
    rows, behind, ahead = [], [], []
    for place in sorted(path.parent for path in (folder / "labels").glob("*/truth.csv")):
        chosen, by_method, counts = _drawn_gold(read_truth(place), draws)
        best = max(by_method.values())
        behind.append(best - chosen)
        ahead.append(chosen - by_method[Method.MAJORITY])
        details = {method.value: 100 * share for method, share in by_method.items()}
        details |= {f"chose {method.value}": count for method, count in counts.items() if count}
        rows.append(Row(f"{place.name}: right by the chosen method", 100 * chosen, "%", "", details))
    rows.append(Row("behind the best in hindsight, mean of sets", 100 * float(np.mean(behind)), "points", "<= 0.5"))
    rows.append(Row("behind the majority, worst set", 100 * max(0.0, -min(ahead)), "points", "<= 1"))
    return rows


def _drawn_gold(known: Truth, draws: int) -> tuple[float, dict[Method, float], dict[Method, int]]:
    """Return the mean share right of the chosen method and of each, and how often each was chosen.

    Measured on items that are not gold; gold teaches the fits as it does in the product.
    """
    chance = np.random.default_rng(1)
    places = np.flatnonzero(known.truth != NOT_GOLD)
    begin = {method: fit(known.crowd, method).chances for method in Method}
    right: dict[Method, list[float]] = {method: [] for method in Method}
    chosen: list[float] = []
    counts = dict.fromkeys(Method, 0)
    for _ in range(draws):
        drawn = chance.permutation(places)
        size = min(GOLD, len(places) // GOLD_SHARE)
        gold = np.full(known.crowd.n_items, NOT_GOLD)
        gold[drawn[:size]] = known.truth[drawn[:size]]
        rest = np.sort(drawn[size:])
        for method in Method:
            chances = fit(known.crowd, method, gold, begin[method]).chances[:, rest]
            right[method].append(float(right_parts(chances, known.truth[rest]).mean()))
        method = choose(known.crowd, gold).method
        counts[method] += 1
        chosen.append(right[method][-1])
    return float(np.mean(chosen)), {method: float(np.mean(shares)) for method, shares in right.items()}, counts


def read_truth(place: Path) -> Truth:
    """Return the answers in a folder, ``label.csv`` (item, worker, label), with ``truth.csv`` (item, truth)."""
    with (place / "truth.csv").open(newline="") as lines:
        truth_of = {row["item"]: row["truth"] for row in csv.DictReader(lines)}
    with (place / "label.csv").open(newline="") as lines:
        rows = sorted((row["item"], row["worker"], row["label"]) for row in csv.DictReader(lines))
    names, items = np.unique([item for item, _, _ in rows], return_inverse=True)
    people, workers = np.unique([worker for _, worker, _ in rows], return_inverse=True)
    label_of = {name: n for n, name in enumerate(sorted({label for _, _, label in rows} | set(truth_of.values())))}
    labels = np.array([label_of[label] for _, _, label in rows])
    truth = np.array([label_of[truth_of[name]] if name in truth_of else NOT_GOLD for name in names.tolist()])
    return Truth(
        AnswersOfAll(
            items=items,
            workers=workers,
            labels=labels,
            n_items=len(names),
            n_workers=len(people),
            n_labels=len(label_of),
        ),
        truth,
    )


def _drawn(answers: int) -> Truth:
    """Return answers of people who are right with chances of their own, three of four on average."""
    chance = np.random.default_rng(2)
    items = answers // PER_ITEM
    truth = chance.integers(LABELS, size=items)
    what = np.repeat(np.arange(items), PER_ITEM)
    who = chance.integers(PEOPLE, size=answers)
    is_right = chance.random(answers) < chance.beta(6, 2, size=PEOPLE)[who]
    wrong = (truth[what] + chance.integers(1, LABELS, size=answers)) % LABELS
    return Truth(
        AnswersOfAll(
            items=what,
            workers=who,
            labels=np.where(is_right, truth[what], wrong),
            n_items=items,
            n_workers=PEOPLE,
            n_labels=LABELS,
        ),
        truth,
    )


def _one_fit(answers: int) -> list[Row]:
    """Return processor seconds and memory beside the answers themselves of one fit, measured apart."""
    known = _drawn(answers)
    rows = []
    for method in (Method.ONE_COIN, Method.DAWID_SKENE):
        began = time.process_time()
        found = fit(known.crowd, method)
        seconds = time.process_time() - began
        right = float(right_parts(found.chances, known.truth).mean())
        details = {"rounds": found.rounds, "settled": found.is_settled, "right %": 100 * right}
        rows.append(Row(f"one fit of {answers:,} answers, {method.value}", seconds, "CPU s", "<= 3", details))
        rows.append(Row(f"memory of that, {method.value}", _most_memory(known.crowd, method) / 1e6, "MB", "<= 150"))
    return rows


def _most_memory(crowd: AnswersOfAll, method: Method) -> int:
    tracemalloc.start()
    try:
        fit(crowd, method)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def _decisions() -> list[Row]:
    """Return the median cost of one decision about five answers, by the kind of question and the method."""
    chance = random.Random(3)
    label = Shape(kind=ShapeKind.LABEL, labels=tuple("abcd"))
    text = Shape(kind=ShapeKind.TEXT)
    form = Shape(kind=ShapeKind.FIELDS, fields=dict.fromkeys("abcd", text))
    skills = {
        worker: Skill(right=20, wrong=3, confusion={name: {name: 5.0, "a": 1.0} for name in "abcd"})
        for worker in range(50)
    }
    asked: list[tuple[str, Shape, Method, Callable[[], str]]] = [
        ("a label, majority", label, Method.MAJORITY, lambda: chance.choice("aaab")),
        ("a label, one coin", label, Method.ONE_COIN, lambda: chance.choice("aaab")),
        ("a label, Dawid-Skene", label, Method.DAWID_SKENE, lambda: chance.choice("aaab")),
        ("a text of ten letters", text, Method.ONE_COIN, lambda: chance.choice(["abcdefghij", "abcdefghji"])),
        (
            "a form of four texts",
            form,
            Method.ONE_COIN,
            lambda: '{{"a":"one","b":"two","c":"{}","d":null}}'.format(chance.choice("xy")),
        ),
    ]
    return [_decision(name, shape, method, draw, skills, chance) for name, shape, method, draw in asked]


def _decision(
    name: str, shape: Shape, method: Method, draw: Callable[[], str], skills: dict[int, Skill], chance: random.Random
) -> Row:
    terms = HowMany(first=1, at_most=9, wrong_at_most=0.05)
    given = [[Given(worker, draw()) for worker in chance.sample(range(50), 5)] for _ in range(DECISIONS)]
    times = []
    for answers in given:
        began = time.perf_counter()
        decide(shape, answers, skills, terms, method=method)
        times.append(time.perf_counter() - began)
    return Row(f"one decision about five answers, {name}", 1e6 * float(np.median(times)), "us")
