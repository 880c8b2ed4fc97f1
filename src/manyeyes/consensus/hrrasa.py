"""Which of several long texts is best: reliability of each person times how alike their texts are, item by item.

After J. Li, F. Fukumoto: A dataset of crowdsourced word sequences, AnnoNLP 2019; J. Li: Crowdsourced text sequence
aggregation based on hybrid reliability and representation (HRRASA), SIGIR 2020; A. Braylan, M. Lease: Modeling and
aggregation of complex annotations via annotation distances, WWW 2020. Texts stand as vectors of hashed trigrams of
characters instead of a language model's (docs/decisions/0058). With numpy: never imported by a process that serves.
"""

import math
import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from manyeyes.consensus.likeness import likeness
from manyeyes.consensus.rules import Given, Shape, ShapeKind

WIDTH = 4_096  # of a vector; what two trigrams fall on together is noise that texts of dozens of them bear
LONGEST_RUN = 4  # words, as GLEU counts them
ROUNDS = 10
TEXTS_OF_A_STRANGER = 10  # of the usual distance, that everybody is taken to have given beside their own
Array = NDArray[np.float64]
Items = Mapping[str, Sequence[Given]]


class Chosen(msgspec.Struct, frozen=True):
    """The text that is chosen of an item's, and its likeness to what all gave, from 0 to 1."""

    text: str
    likeness: float


def hrrasa(items: Items, reliable: Mapping[int, float] | None = None) -> dict[str, Chosen]:
    """Return the best text of each item by the items' names; items without texts are left out.

    It is the text that is most like what somebody gave who is drawn by their reliability, perhaps its own writer: half
    by trigrams, which count the more the rarer they are in all texts, half by runs of words (GLEU). Of equally like
    ones the first by code points. ``reliable``: by worker, above 0; who is not in it has 1. The order of items and
    texts changes nothing.
    """
    known = reliable or {}
    return {
        name: _best(given, likenesses, np.array([known.get(each.worker_id, 1.0) for each in given]))
        for name, given, _, likenesses in _compared(items)
    }


def reliabilities(items: Items) -> dict[int, float]:
    """Return each person's reliability out of the texts alone, about 1: the higher, the nearer theirs are to the means.

    A text's distance counts by the mean one of its item, so that hard items make nobody worse. In place of the papers'
    chi-square quantile, which leaves little to those with few texts, `TEXTS_OF_A_STRANGER` keep them near 1.
    """
    compared = list(_compared(items))
    found: dict[int, float] = {}
    for _ in range(ROUNDS):
        far: defaultdict[int, list[float]] = defaultdict(list)
        for _, given, vectors, likenesses in compared:
            weights = np.array([found.get(each.worker_id, 1.0) for each in given]) * likenesses.mean(axis=1)
            distances = ((vectors - weights @ vectors / weights.sum()) ** 2).sum(axis=1)
            for each, distance in zip(given, distances / max(float(distances.mean()), _TINY), strict=True):
                far[each.worker_id].append(float(distance))
        found = {
            worker: (len(each) + TEXTS_OF_A_STRANGER) / (math.fsum(each) + TEXTS_OF_A_STRANGER)
            for worker, each in far.items()
        }
    return found


def _compared(items: Items) -> Iterator[tuple[str, list[Given], Array, Array]]:
    """Yield each item that has texts: its name, these in one order, their vectors, and their likenesses by pairs."""
    ordered = {name: sorted(items[name], key=lambda each: (each.text, each.worker_id)) for name in sorted(items)}
    counts = {name: [_trigrams(_folded(each.text)) for each in given] for name, given in ordered.items()}
    rarities = _rarities([each for found in counts.values() for each in found])
    for name, given in ordered.items():
        if given:
            vectors = np.stack([_vector(each, rarities) for each in counts[name]])
            yield name, given, vectors, (vectors @ vectors.T + _gleus([_folded(each.text) for each in given])) / 2


def _folded(text: str) -> str:
    """Return a text's words without the signs around them, as far as there are words."""
    return " ".join(_WORD.findall(likeness(_ANY_CASE, text))) or text


def _trigrams(text: str) -> Counter[int]:
    """Return how often which places of a vector are meant by a text's trigrams of characters."""
    padded = f"  {text} ".encode("utf-32-le", "surrogatepass")
    return Counter(zlib.crc32(padded[n : n + 12]) % WIDTH for n in range(0, len(padded) - 11, 4))


def _rarities(texts: Sequence[Counter[int]]) -> Array:
    """Return what each place of a vector counts: the more, the fewer texts have it."""
    having = Counter(place for each in texts for place in each)
    return np.array([math.log(1 + len(texts) / having[place]) if place in having else 0.0 for place in range(WIDTH)])


def _vector(counts: Mapping[int, int], rarities: Array) -> Array:
    """Return a text's vector, of length 1."""
    found = np.zeros(WIDTH)
    places = list(counts)
    found[places] = list(counts.values())
    found *= rarities
    return np.asarray(found / np.linalg.norm(found))


def _gleus(texts: Sequence[str]) -> Array:
    """Return by pairs of texts the share of runs of one to four words that both have, of the one that has more."""
    runs = [_runs(text.split(" ")) for text in texts]
    return np.array([[(one & other).total() / max(one.total(), other.total()) for other in runs] for one in runs])


def _runs(words: Sequence[str]) -> Counter[tuple[str, ...]]:
    lengths = range(1, LONGEST_RUN + 1)
    return Counter(tuple(words[n : n + length]) for length in lengths for n in range(len(words) - length + 1))


def _best(given: Sequence[Given], likenesses: Array, weights: Array) -> Chosen:
    means = likenesses @ weights / weights.sum()
    best = int(np.argmax(np.round(means, _DIGITS)))
    return Chosen(given[best].text, min(float(means[best]), 1.0))


_ANY_CASE = Shape(kind=ShapeKind.TEXT)
_WORD = re.compile(r"[^\W_]+")
_TINY, _DIGITS = 1e-9, 9  # what differs by less is equal
