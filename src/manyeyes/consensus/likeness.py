"""Which answers are alike, and what stands for those that are (docs/decisions/0058).

Fields and labels are taken apart before their parts are compared: parts.py.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from manyeyes.consensus.parts import parts_of, put_together
from manyeyes.consensus.rules import Given, Shape, ShapeKind
from manyeyes.values.text.code_points import CLASSES


class Alike(msgspec.Struct, frozen=True):
    """Answers that are alike, in the order of their people, and ``value``: what one of them gave and all mean."""

    value: str
    given: tuple[Given, ...]


def likeness(shape: Shape, text: str) -> str:
    """Return the key of an answer; answers with equal keys are alike. The key's own key is itself.

    Text: compatibility forms are one (NFKC), and so are capitals and small letters unless ``case``, digits of every
    script, and blanks; what is not seen does not count. A number is its value, ``12.50`` as ``12.5``; ``tolerance`` is
    no matter of keys (`groups`). A label and labels are their one form. Fields are the keys of each, as an object;
    raises ValueError for a text that is no answer of theirs.
    """
    if shape.kind is ShapeKind.TEXT:
        return _folded(text, shape.case)
    if shape.kind is ShapeKind.NUMBER:
        return _plain(text)
    if shape.kind is ShapeKind.FIELDS:
        return put_together(shape, {name: likeness(shape.fields[name], each) for name, each in _parts(shape, text)})
    return text


def groups(shape: Shape, given: Sequence[Given]) -> list[Alike]:
    """Return the answers in groups of those that are alike: each in one group, the largest first, then by value.

    A group's value is what most of them typed exactly, at a tie the first by code points: so ASCII before other
    digits, capitals before small letters. Numbers with a ``tolerance``: each of a group is within it of the group's
    median (the lower one of two), which is its value; the largest group is taken first, of equal ones the narrowest,
    then the lowest. The order of ``given`` changes nothing.
    """
    by_key: defaultdict[str, list[Given]] = defaultdict(list)
    for each in given:
        by_key[likeness(shape, each.text)].append(each)
    if shape.kind is ShapeKind.NUMBER and shape.tolerance:
        found = _near(by_key, Fraction(shape.tolerance))
    else:
        found = [Alike(most_typed(each.text for each in alike), _in_order(alike)) for alike in by_key.values()]
    return sorted(found, key=lambda group: (-len(group.given), group.value))


def are_alike(shape: Shape, one: str, other: str) -> bool:
    """Tell whether two answers are alike; forms are when each of their fields is, numbers within the tolerance.

    Raises ValueError for texts that are no answers of fields.
    """
    if shape.kind is ShapeKind.FIELDS:
        pairs = zip(_parts(shape, one), _parts(shape, other), strict=True)
        return all(are_alike(shape.fields[name], mine, theirs) for (name, mine), (_, theirs) in pairs)
    return len(groups(shape, [Given(1, one), Given(2, other)])) == 1


def most_typed(texts: Iterable[str]) -> str:
    """Return the text that is there most often, of several the first by code points; there is at least one."""
    counts = Counter(texts)
    return min(counts, key=lambda text: (-counts[text], text))


def _folded(text: str, case: bool) -> str:
    """Return the text as it is compared. Folding and decomposing open each other's doors (Unicode 3.13, D146)."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", _UNSEEN.sub("", _BLANKS.sub(" ", text)))
        if not case:
            text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text.casefold()).casefold())
            text = _DOTLESS.sub("i", text)
        text = unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).translate(_DIGITS)
    elif not case:
        text = text.lower()
    return _BLANKS.sub(" ", text).strip(" ")


def _plain(text: str) -> str:
    """Return a number of one value in one form, without a nought at the end of what is behind the point."""
    return text.rstrip("0").removesuffix(".") if "." in text and _NUMBER.fullmatch(text) else text


def _parts(shape: Shape, text: str) -> Iterable[tuple[str, str]]:
    return ((name, each) for name, each in parts_of(shape, text).items())


def _near(by_key: dict[str, list[Given]], tolerance: Fraction) -> list[Alike]:
    """Return the groups of numbers within ``tolerance``, exactly; what is no number is alike with its own only."""
    found = [Alike(most_typed(g.text for g in by_key[key]), _in_order(by_key[key])) for key in by_key if not _is(key)]
    rest = [sorted((key for key in by_key if _is(key)), key=Fraction)]
    while rest:
        keys = rest.pop()
        if not keys:
            continue
        first, end, middle = _widest(keys, [len(by_key[key]) for key in keys], tolerance)
        alike = _in_order(each for key in keys[first:end] for each in by_key[key])
        found.append(Alike(most_typed(each.text for each in by_key[keys[middle]]), alike))
        rest += [keys[:first], keys[end:]]
    return found


def _widest(keys: Sequence[str], counts: Sequence[int], tolerance: Fraction) -> tuple[int, int, int]:
    """Return (first, end, median) by index of the run with most answers that are all so near to its median.

    A run of one value is one, so there is one. ``keys``: different numbers, ascending, given ``counts`` times.
    """
    numbers = [Fraction(key) for key in keys]
    best, best_rank = (0, 1, 0), (0, Fraction(0))
    for first in range(len(numbers)):
        count, middle, before = 0, first, 0  # before: answers of the run that are below `middle`
        for last in range(first, len(numbers)):
            count += counts[last]
            while before + counts[middle] <= (count - 1) // 2:
                before += counts[middle]
                middle += 1
            if max(numbers[middle] - numbers[first], numbers[last] - numbers[middle]) > tolerance:
                continue
            rank = (count, numbers[first] - numbers[last])
            if rank > best_rank:
                best, best_rank = (first, last + 1, middle), rank
    return best


def _in_order(given: Iterable[Given]) -> tuple[Given, ...]:
    return tuple(sorted(given, key=lambda each: (each.worker_id, each.text)))


def _is(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _ends(name: str) -> list[tuple[int, int]]:
    parts = [part.split("-") for part in CLASSES[name].split(" ")]
    return [(int(ends[0], 16), int(ends[-1], 16)) for ends in parts]


def _any_of(*names: str) -> re.Pattern[str]:
    ranges = [f"{re.escape(chr(first))}-{re.escape(chr(last))}" for name in names for first, last in _ends(name)]
    return re.compile(f"[{''.join(ranges)}]+")


# Decimal digits stand in tens from nought to nine; signs that mean a digit and do not (③, ፫) are left to NFKC.
_DIGITS = {first + n: ord("0") + n % 10 for first, last in _ends("digit") for n in range((last - first + 1) // 10 * 10)}
_BLANKS = _any_of("blank", "line")
# As NFKC_Casefold (Unicode 3.13) leaves them out. Tags stay: they alone tell the flags of England and Wales apart.
_UNSEEN = _any_of("filler", "joiner", "variation", "shape", "gap")
# I is the capital of i and, in Turkish, of ı; İ is that of i. Where capitals do not count, all four are one.
_DOTLESS = re.compile("[iı]\u0307*")
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
