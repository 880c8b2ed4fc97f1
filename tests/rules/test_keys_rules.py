"""Keys of the screens: which may be had, why not, and what each is read as then."""

import pytest

from manyeyes.console.shared.own_keys import KEY_WORDS, ShownKeys
from manyeyes.workers.keys.rules import FIRST_KEYS, KeyFault, kept_keys, moved_keys, read_keys, refused_key

TAKEN, BROWSER, TYPING = KeyFault.TAKEN, KeyFault.BROWSER, KeyFault.TYPING


def test_every_action_has_a_name_and_a_key_of_its_own():
    assert set(KEY_WORDS) == set(FIRST_KEYS)
    assert len(set(FIRST_KEYS.values())) == len(FIRST_KEYS)
    assert all(refused_key(name, key, {}) is None for name, key in FIRST_KEYS.items())


@pytest.mark.parametrize(
    ("name", "key", "fault"),
    [
        *(("skip", key, None) for key in ("F2", "Alt+KeyX", "Alt+KeyG", "Escape")),
        *(("skip", key, TAKEN) for key in ("Alt+KeyZ", "PageUp", "Alt+Shift+ArrowUp")),
        *(("skip", key, BROWSER) for key in ("F1", "F5", "F11", "F12", "Alt+KeyD", "Alt+KeyE", "Alt+KeyF", "Tab")),
        *(("skip", key, BROWSER) for key in ("Alt+ArrowLeft", "Alt+Digit1", "Alt+F4", "Alt+Space", "Alt+Home")),
        *(("skip", key, TYPING) for key in ("a", "1", "Enter", " ", "", "Backspace", "ArrowLeft", "Shift+ArrowUp")),
        *(("skip", key, TYPING) for key in ("x" * 9_000, "Alt", "a=b c", "\n")),
        ("judge_wrong", "ArrowUp", None),
        ("judge_wrong", "ArrowRight", TAKEN),
        ("judge_wrong", "w", TYPING),
    ],
)
def test_a_key_is_free_or_not(name, key, fault):
    refused = refused_key(name, key, {})
    assert (refused and refused.fault) == fault


def test_the_other_action_is_named_and_what_it_left_is_free():
    refused = refused_key("skip", "Alt+KeyZ", {})
    assert refused is not None
    assert refused.other == "undo"
    assert refused_key("skip", "Alt+KeyZ", {"undo": "F2"}) is None
    again = refused_key("skip", "F2", {"undo": "F2"})
    assert again is not None
    assert again.other == "undo"


def test_what_is_kept_is_read_again_and_first_keys_are_not_kept():
    assert kept_keys({"undo": "F2", "skip": "Escape"}) == "undo=F2"
    assert read_keys("undo=F2 gone=F4") == {"undo": "F2"}
    assert read_keys("") == {}


def test_a_key_that_another_action_left_means_what_it_was_given_to():
    assert moved_keys({"undo": "F2"}) == {"Alt+KeyZ": "", "F2": "Alt+KeyZ"}
    assert moved_keys({"undo": "F2", "skip": "Alt+KeyZ"}) == {"F2": "Alt+KeyZ", "Alt+KeyZ": "Escape", "Escape": ""}


def test_they_are_shown_as_they_are_set():
    keys = ShownKeys({"whole": "F2", "left": "Alt+KeyX"})
    assert [keys.label(name) for name in ("undo", "whole", "page_on", "up")] == ["Alt Z", "F2", "Page ↓", "Alt Shift ↑"]
    rows = [shown for shown, _ in keys.rows("answers")]
    assert "F2, Alt W, Alt H, Alt O" in rows
    assert "Alt X, Alt Shift ↑, Alt Shift →, Alt Shift ↓" in rows
    assert {"Alt A, W, H, O", "Alt Shift ←, ↑, →, ↓"} <= {shown for shown, _ in ShownKeys({}).rows("complaints")}
