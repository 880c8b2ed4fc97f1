"""What the client makes of streams and of tries, piece by piece."""

import random
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes_client.errors import WrongSettings
from manyeyes_client.events import EventReader
from manyeyes_client.lines import LineSplitter
from manyeyes_client.retries import Tries
from manyeyes_client.settings import caller
from manyeyes_client.written_files import Written

STREAM = ': hello\n\nevent: progress\ndata: {"a":\r\ndata: "é\u2028"}\n\nevent: finished\ndata: 2\n\ndata: cut'.encode()


@given(st.lists(st.integers(0, len(STREAM)), max_size=6))
def test_a_stream_is_the_same_however_it_is_cut(cuts: list[int]):
    reader, places = EventReader(), [0, *sorted(cuts), len(STREAM)]
    events = [event for start, end in pairwise(places) for event in reader.feed(STREAM[start:end])]
    assert events == [("progress", '{"a":\n"é\u2028"}'), ("finished", "2")]


def test_a_line_ends_with_a_line_feed_and_with_nothing_else_that_texts_hold():
    text = "a\u2028b\x85c\x0bd"
    assert LineSplitter().feed(f"{text}\nrest".encode()) == [text.encode()]


def test_patience_ends_and_pauses_grow():
    tries = Tries(10.0, random.Random(1))
    pauses = []
    while (pause := tries.after_break()) is not None:
        pauses.append(pause)
    assert 3 < len(pauses) < 12
    assert sum(pauses) <= 10.0
    assert pauses[-1] > pauses[0]


def test_only_what_may_be_better_later_is_tried_again_and_not_before_it_was_said():
    for status in (200, 201, 400, 401, 404, 409, 422, 500, 501):
        assert Tries(100).after_reply(status, None) is None
    for status in (429, 502, 503, 504):
        assert Tries(100).after_reply(status, None) is not None
    assert Tries(100).after_reply(503, "5") == pytest.approx(5)
    assert Tries(100).after_reply(429, "3600") is None
    assert 0 < Tries(100).after_reply(503, "soon") < 1


@pytest.mark.parametrize(
    ("url", "key"), [("localhost:8080", "k"), ("ftp://x", "k"), (None, None), (None, " "), (None, "ä"), (None, "a b")]
)
def test_settings_that_cannot_be_used_are_said(url: str | None, key: str | None):
    with pytest.raises(WrongSettings):
        caller(url, key, {})


def test_settings_come_from_the_environment_unless_they_are_given():
    environment = {"MANYEYES_URL": "https://eyes.example/", "MANYEYES_KEY": "abc\n"}
    assert caller(None, None, environment) == ("https://eyes.example", "abc")
    assert caller("http://other", "def", environment) == ("http://other", "def")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path):
    place = tmp_path / "answers.csv"
    place.write_text("old")
    with suppress(ZeroDivisionError), Written(place) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert (place.read_text(), [path.name for path in tmp_path.iterdir()]) == ("old", ["answers.csv"])
    with Written(place) as file:
        file.write(b"new")
    assert (place.read_text(), [path.name for path in tmp_path.iterdir()]) == ("new", ["answers.csv"])
