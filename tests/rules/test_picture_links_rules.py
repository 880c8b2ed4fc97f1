"""Signed addresses of pictures: only we can make one, and none outlives its pictures."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.picture_links import PictureId, PictureLinks

LINKS = PictureLinks(b"k" * 32, hours=24)
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
CELLS, TASKS = st.integers(0, 2**31), st.integers(1, 2**53)


def signed(path: str) -> str:
    return path.removeprefix("/pictures/").rsplit(".", 1)[0]


@given(CELLS, TASKS, INSTANTS, st.integers(0, 86_398))
def test_an_address_opens_its_picture_until_it_expires(cell: int, task_id: int, created_at: datetime, age: int):
    path = LINKS.path(cell, task_id, created_at, "png")
    assert path.startswith("/pictures/")
    assert path.endswith(".png")
    opened = LINKS.open(signed(path), created_at.timestamp() + age)
    assert opened == PictureId(cell, created_at.date(), task_id)
    assert LINKS.open(signed(path), (created_at + timedelta(hours=24)).timestamp()) is None


@given(CELLS, TASKS, INSTANTS)
def test_the_same_task_has_the_same_address_and_another_key_opens_nothing(cell: int, task_id: int, at: datetime):
    path = LINKS.path(cell, task_id, at, "png")
    assert path == LINKS.path(cell, task_id, at, "png")
    assert PictureLinks(b"o" * 32, hours=24).open(signed(path), at.timestamp()) is None


@given(st.integers(0, 47), st.sampled_from("ABCDEFabcdef0123-_"))
def test_one_changed_character_opens_nothing_else(at: int, other: str):
    created_at = datetime(2026, 11, 22, tzinfo=UTC)
    good = signed(LINKS.path(1, 81, created_at, "png"))
    forged = good[:at] + other + good[at + 1 :]
    opened = LINKS.open(forged, created_at.timestamp())
    assert opened is None or (forged == good and opened == PictureId(1, date(2026, 11, 22), 81))


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_any_other_text_opens_nothing(text: str):
    assert LINKS.open(text, 0.0) is None
