"""What the keys of the screens are called, and how they are shown: as whoever looks has set them."""

from collections.abc import Mapping, Sequence

from manyeyes.console.shared.languages import mark
from manyeyes.workers.keys.rules import FIRST_KEYS, moved_keys

KEY_WORDS: Mapping[str, str] = {
    "skip": mark("Skip"),
    "skip_why": mark("Skip and say why"),
    "undo": mark("Take back what you said last"),
    "more_time": mark("More time"),
    "instructions": mark("Read the instructions"),
    "break": mark("Take a break, and come back"),
    "larger": mark("Larger"),
    "smaller": mark("Smaller"),
    "whole": mark("The whole picture"),
    "width": mark("Full width"),
    "height": mark("Full height"),
    "real": mark("Real size"),
    "left": mark("Move the picture: left"),
    "up": mark("Move the picture: up"),
    "right": mark("Move the picture: right"),
    "down": mark("Move the picture: down"),
    "page_back": mark("Back in a long picture"),
    "page_on": mark("Go on in a long picture"),
    "contrast": mark("Contrast"),
    "clear": mark("While held: a blurred or grey picture as it is"),
    "judge_wrong": mark("The answer is wrong"),
    "judge_right": mark("The answer is right"),
    "judge_either": mark("Either can be right"),
    "unjudged": mark("It cannot be judged"),
    "say_why": mark("Say why"),
}
REVIEWERS = ("judge_wrong", "judge_right", "judge_either", "unjudged", "say_why")
_PICTURE = (
    (("larger", "smaller"), mark("Larger and smaller")),
    (("whole", "width", "height", "real"), mark("Whole, full width, full height, real size")),
    (("left", "up", "right", "down"), mark("Move the picture")),
    (("page_back", "page_on"), mark("Go on in a long picture, and back")),
    (("contrast",), KEY_WORDS["contrast"]),
)
_DESK = tuple(((name,), KEY_WORDS[name]) for name in ("more_time", "instructions", "break"))
_HELP: Mapping[str, Sequence[tuple[tuple[str, ...] | str, str]]] = {
    "answers": (
        ("Enter", mark("Send the answer")),
        ("1 – 9, 0", mark("Pick a label")),
        ("Shift Enter", mark("Back to the field before")),
        (("undo",), mark("Take the last answer or skip back")),
        (("skip",), KEY_WORDS["skip"]),
        (("skip_why",), KEY_WORDS["skip_why"]),
        *_DESK,
        *_PICTURE,
        (("clear",), KEY_WORDS["clear"]),
    ),
    "complaints": (
        *(((name,), KEY_WORDS[name]) for name in REVIEWERS),
        (("undo",), KEY_WORDS["undo"]),
        (("skip",), KEY_WORDS["skip"]),
        *_DESK,
        *_PICTURE,
    ),
    "results": (
        ("1 – 9", mark("Choose an answer that was given")),
        ("0", mark("Give another answer")),
        (("skip",), mark("Skip, or back to the answers")),
        (("unjudged",), KEY_WORDS["unjudged"]),
        (("undo",), KEY_WORDS["undo"]),
        *_DESK,
        *_PICTURE,
    ),
}
_SIGNS = {
    "Escape": "Esc",
    "PageUp": "Page ↑",
    "PageDown": "Page ↓",
    **{"ArrowLeft": "←", "ArrowUp": "↑", "ArrowRight": "→", "ArrowDown": "↓"},
}


class ShownKeys:
    """The keys of one person, as the screens show them."""

    def __init__(self, own: Mapping[str, str]) -> None:
        self._keys = {**FIRST_KEYS, **own}
        self.moved = moved_keys(own)

    def label(self, name: str) -> str:
        """Return what the key of an action is called: "Alt Z"."""
        return key_label(self._keys[name])

    def rows(self, screen: str) -> list[tuple[str, str]]:
        """Return (keys, message) of all that a screen's keys do."""
        return [(names if isinstance(names, str) else self._several(names), said) for names, said in _HELP[screen]]

    def _several(self, names: Sequence[str]) -> str:
        """Return the keys of several actions; what they begin with alike is said once."""
        labels = [self.label(name) for name in names]
        start = labels[0][: labels[0].rfind(" ") + 1]
        if not all(each.startswith(start) and " " not in each[len(start) :] for each in labels):
            return ", ".join(labels)
        return start + ", ".join(each[len(start) :] for each in labels)


def key_label(key: str) -> str:
    """Return what a key is called: "Alt Z" of ``Alt+KeyZ``."""
    return " ".join(_SIGNS.get(part, part.removeprefix("Key")) for part in key.split("+"))


FIRST = ShownKeys({})
