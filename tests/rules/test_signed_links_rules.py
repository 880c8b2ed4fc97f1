"""Signed addresses of pictures and widget pages: only we can make one, and none outlives what it opens."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.signed_links import PAGE_SECONDS, PictureId, PictureLinks, WidgetId, WidgetLinks

PICTURES, WIDGETS = PictureLinks(b"k" * 32, hours=24), WidgetLinks(b"k" * 32, "")
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))
CELLS, TASKS = st.integers(0, 2**31), st.integers(1, 2**53)


def signed_picture(path: str) -> str:
    return path.removeprefix("/pictures/").rsplit(".", 1)[0]


@given(CELLS, TASKS, INSTANTS, st.integers(0, 86_398))
def test_an_address_opens_its_picture_until_it_expires(cell: int, task_id: int, created_at: datetime, age: int):
    path = PICTURES.path(cell, task_id, created_at, "png", created_at)
    assert path.startswith("/pictures/")
    assert path.endswith(".png")
    opened = PICTURES.open(signed_picture(path), created_at.timestamp() + age)
    assert opened == PictureId(cell, created_at.date(), task_id)
    assert PICTURES.open(signed_picture(path), (created_at + timedelta(hours=24)).timestamp()) is None


@given(CELLS, TASKS, INSTANTS)
def test_the_same_task_has_the_same_address_and_another_key_opens_nothing(cell: int, task_id: int, at: datetime):
    path = PICTURES.path(cell, task_id, at, "png", at)
    assert path == PICTURES.path(cell, task_id, at, "png", at)
    assert PictureLinks(b"o" * 32, hours=24).open(signed_picture(path), at.timestamp()) is None


@given(CELLS, TASKS, INSTANTS, st.integers(0, 30 * 86_400))
def test_a_page_shows_a_picture_of_any_age_at_an_address_that_stays_for_a_while(
    cell: int, task_id: int, created_at: datetime, age: int
):
    now = created_at + timedelta(seconds=age)
    path = PICTURES.peoples_page_path(cell, task_id, created_at, "png", now)
    opened = PICTURES.open(signed_picture(path), now.timestamp() + PAGE_SECONDS)
    assert opened == PictureId(cell, created_at.date(), task_id, as_sent=False)
    assert PICTURES.open(signed_picture(path), now.timestamp() + 2 * PAGE_SECONDS + 1) is None
    begun = datetime.fromtimestamp(now.timestamp() // PAGE_SECONDS * PAGE_SECONDS, UTC)
    assert path == PICTURES.peoples_page_path(cell, task_id, created_at, "png", begun)
    assert path != PICTURES.customers_page_path(cell, task_id, created_at, "png", now)


@given(st.integers(0, 47), st.sampled_from("ABCDEFabcdef0123-_"))
def test_one_changed_character_opens_nothing_else(at: int, other: str):
    created_at = datetime(2026, 11, 22, tzinfo=UTC)
    good = signed_picture(PICTURES.path(1, 81, created_at, "png", created_at))
    forged = good[:at] + other + good[at + 1 :]
    opened = PICTURES.open(forged, created_at.timestamp())
    assert opened is None or (forged == good and opened == PictureId(1, date(2026, 11, 22), 81))


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda raw: raw.hex()))
def test_any_other_text_opens_nothing(text: str):
    assert PICTURES.open(text, 0.0) is None


def test_addresses_handed_out_long_ago_stay_valid():
    at = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
    picture = "AAAAAQALSmYAAAAAAAAAUWsEFajJI3TI4iysW-zKLaGVrn6b"
    widget = "AAAAAQAAAAAAAABRAAAABwAAAAAAAAAJawLEKSR_PAm7IV5hsnrfD6kZmMc"
    assert PICTURES.path(1, 81, at, "png", at) == f"/pictures/{picture}.png"
    assert PICTURES.open(picture, at.timestamp()) == PictureId(1, at.date(), 81)
    assert WIDGETS.url(WidgetId(1, 81, 7, 9), at) == f"/widget/{widget}"
    assert WIDGETS.open(widget, at.timestamp()) == WidgetId(1, 81, 7, 9)


UNTIL = datetime(2026, 11, 22, tzinfo=UTC)
WIDGET_IDS = st.builds(
    WidgetId, st.integers(0, 2**31), st.integers(1, 2**53), st.integers(0, 2**31), st.integers(1, 2**53)
)


def signed_widget(url: str) -> str:
    return url.rsplit("/", 1)[1]


@given(WIDGET_IDS, st.integers(0, 3_600))
def test_a_widgets_address_opens_its_lease_until_it_is_over(widget: WidgetId, before: int):
    part = signed_widget(WIDGETS.url(widget, UNTIL))
    assert WIDGETS.open(part, UNTIL.timestamp() - before) == widget
    assert WIDGETS.open(part, UNTIL.timestamp() + 1) is None


@given(WIDGET_IDS, st.integers(0, 60), st.integers(0, 7))
def test_a_changed_widget_address_opens_nothing(widget: WidgetId, at: int, bit: int):
    part = signed_widget(WIDGETS.url(widget, UNTIL))
    changed = part[: at % len(part)] + chr(ord(part[at % len(part)]) ^ (1 << bit)) + part[at % len(part) + 1 :]
    opened = WIDGETS.open(changed, UNTIL.timestamp())
    assert opened is None or opened == widget  # the last character of base64 holds unused bits


def test_other_keys_and_other_links_open_nothing():
    part = signed_widget(WIDGETS.url(WidgetId(1, 2, 3, 4), UNTIL))
    assert WidgetLinks(b"x" * 32, "").open(part, 0) is None
    picture = PictureLinks(b"k" * 32, hours=24).path(1, 2, UNTIL, "png", UNTIL)
    assert WIDGETS.open(picture.rsplit("/", 1)[1].removesuffix(".png"), 0) is None
    for text in ("", "a", "=", "é", part[:-2], part + "AA"):
        assert WIDGETS.open(text, 0) is None


def test_widgets_are_served_where_the_operator_says():
    elsewhere = WidgetLinks(b"k" * 32, "https://widgets.example.org/")
    assert elsewhere.url(WidgetId(1, 2, 3, 4), UNTIL + timedelta(0)).startswith("https://widgets.example.org/widget/")
    assert WIDGETS.url(WidgetId(1, 2, 3, 4), UNTIL).startswith("/widget/")
