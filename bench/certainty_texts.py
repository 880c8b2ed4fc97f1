"""How many words are wrong when several people's texts are made one, on real answers; and what an item costs.

The folder of answers is an option (``--crowd``); without it there is nothing to measure, which is said. Word error:
lower case, every character but letters and digits a blank; edits of words (insertions, deletions, substitutions) of
all items together, of all words of the truth.
"""

import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bench.row import Row
from manyeyes.consensus.hrrasa import hrrasa, reliabilities
from manyeyes.consensus.rover import proposal
from manyeyes.consensus.rules import Given, Shape, ShapeKind
from manyeyes.tasks.rules import LONGEST_ANSWER

Items = Mapping[str, Sequence[Given]]
Method = Callable[[Items], dict[str, str]]
AIMS = {("speech", "ROVER"): "<= .075", ("T1", "HRRASA"): "<= .49"}


def measure(small: bool = False, crowd: Path | None = None) -> list[Row]:
    """Return the word error of each method on each set, and processor milliseconds of an item; ``small``: the same."""
    if crowd is None or not (crowd / "text").is_dir():
        print("certainty_texts: no answers to measure on; --crowd FOLDER says where they are", file=sys.stderr)
        return _worst()
    rows = [_row(crowd / "text", name, method) for name in ("speech", "T1") for method in METHODS]
    return rows + _worst()


def word_error(found: Mapping[str, str], truth: Mapping[str, str]) -> float:
    """Return edits of words by words of the truth, over all of its items."""
    edits = sum(_edits(_words(found[item]), _words(text)) for item, text in truth.items())
    return edits / sum(len(_words(text)) for text in truth.values())


def _row(folder: Path, name: str, method: str) -> Row:
    items, truth = _items(folder / f"{name}.answers.tsv"), _truth(folder / f"{name}.truth.tsv")
    began = time.process_time()
    found = METHODS[method](items)
    spent = 1_000 * (time.process_time() - began) / len(items)
    details = {"items": len(items), "answers": sum(map(len, items.values())), "ms of an item": spent}
    return Row(f"word error, {name}, {method}", word_error(found, truth), "", AIMS.get((name, method), ""), details)


def _worst() -> list[Row]:
    """Return what the longest texts that can be cost: seven people, 500 characters, nothing in common or nearly all."""
    given = {
        "nothing in common": [
            Given(n, "".join(chr(0x4E00 + (n * 997 + k * k) % 9_000) for k in range(LONGEST_ANSWER))) for n in range(7)
        ],
        "nearly alike": [Given(n, "字" * (n * 60) + str(n) + "字" * (499 - n * 60)) for n in range(7)],
    }
    rows = []
    for name, answers in given.items():
        began = time.process_time()
        proposal(_TEXT, answers, {})
        spent = 1_000 * (time.process_time() - began)
        rows.append(Row(f"one proposal of 7 texts of {LONGEST_ANSWER} ideographs, {name}", spent, "ms"))
    return rows


def _first(items: Items) -> dict[str, str]:
    return {item: given[0].text for item, given in items.items()}


def _rover(items: Items) -> dict[str, str]:
    return {item: proposal(_TEXT, given, {}) for item, given in items.items()}


def _chosen(items: Items) -> dict[str, str]:
    return {item: chosen.text for item, chosen in hrrasa(items).items()}


def _chosen_of_the_reliable(items: Items) -> dict[str, str]:
    return {item: chosen.text for item, chosen in hrrasa(items, reliabilities(items)).items()}


def _items(file: Path) -> dict[str, list[Given]]:
    found: defaultdict[str, list[Given]] = defaultdict(list)
    workers: dict[str, int] = {}
    for item, worker, text in _lines(file, 3):
        found[item].append(Given(workers.setdefault(worker, len(workers)), text))
    return dict(found)


def _truth(file: Path) -> dict[str, str]:
    return {line[0]: line[1] for line in _lines(file, 2)}


def _lines(file: Path, cells: int) -> list[list[str]]:
    """Return the lines of a file of tabs, without the first one and empty ones."""
    lines = file.read_text("utf-8").split("\n")[1:]
    return [line.rstrip("\r").split("\t", cells - 1) for line in lines if line]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def _edits(one: Sequence[str], other: Sequence[str]) -> int:
    above = list(range(len(other) + 1))
    for row, word in enumerate(one, 1):
        line = [row]
        for n, against in enumerate(other, 1):
            line.append(min(above[n] + 1, line[-1] + 1, above[n - 1] + (word != against)))
        above = line
    return above[-1]


_TEXT = Shape(kind=ShapeKind.TEXT)
METHODS: Mapping[str, Method] = {
    "the first answer": _first,
    "ROVER": _rover,
    "HRRASA": _chosen,
    "HRRASA, reliabilities from the same texts": _chosen_of_the_reliable,
}
