"""The keys of the screens of workers and reviewers: what each does, and which of them somebody may set as they like.

A key has the name that `console/static/shared/key_names.js` gives it: with Alt by its place on the keyboard.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

# Every action of the screens with the key that it has at first; an action's name never changes.
FIRST_KEYS: Mapping[str, str] = {
    "skip": "Escape",
    "skip_why": "Alt+KeyS",
    "undo": "Alt+KeyZ",
    "more_time": "Alt+KeyM",
    "instructions": "Alt+KeyI",
    "break": "Alt+KeyB",
    "larger": "Alt+ArrowUp",
    "smaller": "Alt+ArrowDown",
    "whole": "Alt+KeyA",
    "width": "Alt+KeyW",
    "height": "Alt+KeyH",
    "real": "Alt+KeyO",
    "left": "Alt+Shift+ArrowLeft",
    "up": "Alt+Shift+ArrowUp",
    "right": "Alt+Shift+ArrowRight",
    "down": "Alt+Shift+ArrowDown",
    "page_back": "PageUp",
    "page_on": "PageDown",
    "contrast": "Alt+KeyC",
    "clear": "Alt+KeyV",
    "judge_wrong": "ArrowLeft",
    "judge_right": "ArrowRight",
    "judge_either": "ArrowDown",
    "unjudged": "Alt+KeyJ",
    "say_why": "Alt+KeyR",
}
_ARROWS = re.compile("Arrow(Left|Right|Up|Down)")
_ALTS = r"Alt\+(Key[A-CG-Z]|Arrow(Up|Down)|Shift\+Arrow(Left|Right|Up|Down))"
_ANYONES = re.compile(f"{_ALTS}|F[2489]|Escape|Page(Up|Down)")
_BROWSERS = re.compile(r"Alt\+(Key[DEF]|(?!Key).*)|F\d+|Tab")  # looked for among what is not anyone's


class KeyFault(StrEnum):
    """Why a key cannot be had."""

    TAKEN = "taken"  # another action has it
    BROWSER = "browser"  # the browser or the system does something by it
    TYPING = "typing"  # it types, sends, picks a label or moves the caret


class RefusedKey(msgspec.Struct, frozen=True):
    """``other``: the action that has it, where one has."""

    fault: KeyFault
    other: str = ""


def read_keys(text: str) -> dict[str, str]:
    """Return the keys that somebody has set, by action, of how they are kept."""
    pairs = (each.partition("=") for each in text.split(" ") if each)
    return {name: key for name, _, key in pairs if name in FIRST_KEYS}


def kept_keys(own: Mapping[str, str]) -> str:
    """Return how keys are kept: those that differ from the first ones."""
    return " ".join(f"{name}={key}" for name, key in sorted(own.items()) if FIRST_KEYS[name] != key)


def refused_key(name: str, key: str, own: Mapping[str, str]) -> RefusedKey | None:
    """Return why an action cannot have a key, None where it can; ``own``: what they have set."""
    if name.startswith("judge_") and _ARROWS.fullmatch(key):
        pass  # nothing is typed where it is judged
    elif not _ANYONES.fullmatch(key):
        return RefusedKey(KeyFault.BROWSER if _BROWSERS.fullmatch(key) else KeyFault.TYPING)
    has_it = [other for other, its in {**FIRST_KEYS, **own}.items() if its == key and other != name]
    return RefusedKey(KeyFault.TAKEN, has_it[0]) if has_it else None


def moved_keys(own: Mapping[str, str]) -> dict[str, str]:
    """Return by the name of each key that means something else than at first the one it is read as; empty: nothing."""
    freed = {FIRST_KEYS[name]: "" for name in own}
    return freed | {key: FIRST_KEYS[name] for name, key in own.items()}
