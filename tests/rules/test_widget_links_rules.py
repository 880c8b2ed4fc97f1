"""Signed addresses of widget frames: only we can make one, and none outlives its lease."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from manyeyes.values.picture_links import PictureLinks
from manyeyes.values.widget_links import WidgetId, WidgetLinks

LINKS = WidgetLinks(b"k" * 32, "")
UNTIL = datetime(2026, 11, 22, tzinfo=UTC)
WIDGETS = st.builds(
    WidgetId, st.integers(0, 2**31), st.integers(1, 2**53), st.integers(0, 2**31), st.integers(1, 2**53)
)


def signed(url: str) -> str:
    return url.rsplit("/", 1)[1]


@given(WIDGETS, st.integers(0, 3_600))
def test_an_address_opens_its_lease_until_it_is_over(widget: WidgetId, before: int):
    part = signed(LINKS.url(widget, UNTIL))
    assert LINKS.open(part, UNTIL.timestamp() - before) == widget
    assert LINKS.open(part, UNTIL.timestamp() + 1) is None


@given(WIDGETS, st.integers(0, 60), st.integers(0, 7))
def test_a_changed_one_opens_nothing(widget: WidgetId, at: int, bit: int):
    part = signed(LINKS.url(widget, UNTIL))
    changed = part[: at % len(part)] + chr(ord(part[at % len(part)]) ^ (1 << bit)) + part[at % len(part) + 1 :]
    opened = LINKS.open(changed, UNTIL.timestamp())
    assert opened is None or opened == widget  # the last character of base64 holds unused bits


def test_other_keys_and_other_links_open_nothing():
    part = signed(LINKS.url(WidgetId(1, 2, 3, 4), UNTIL))
    assert WidgetLinks(b"x" * 32, "").open(part, 0) is None
    picture = PictureLinks(b"k" * 32, hours=24).path(1, 2, UNTIL, "png")
    assert LINKS.open(picture.rsplit("/", 1)[1].removesuffix(".png"), 0) is None
    for text in ("", "a", "=", "é", part[:-2], part + "AA"):
        assert LINKS.open(text, 0) is None


def test_it_is_served_where_the_operator_says():
    elsewhere = WidgetLinks(b"k" * 32, "https://widgets.example.org/")
    assert elsewhere.url(WidgetId(1, 2, 3, 4), UNTIL + timedelta(0)).startswith("https://widgets.example.org/widget/")
    assert LINKS.url(WidgetId(1, 2, 3, 4), UNTIL).startswith("/widget/")
