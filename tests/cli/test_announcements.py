"""manyeyes worker announce, announcements, end-announcement."""

import pytest


def test_announce_list_and_end(manyeyes):
    assert manyeyes("worker", "announcements").out == "nothing is announced\n"
    assert manyeyes("worker", "announce", "Pay day\nis Friday", "--json").json == {"announcement_id": 1}
    told = ("worker", "announce", "\nXin chào \n", "--language", "vi", "--until", "2199-12-31")
    assert "announcement 2 is on workers' screens" in manyeyes(*told).out
    second, first = manyeyes("worker", "announcements", "--json").json["announcements"]
    assert (first["words"], first["language"], first["until"]) == ("Pay day\nis Friday", "", None)
    assert (second["words"], second["language"], second["until"]) == ("Xin chào", "vi", "2200-01-01T00:00:00Z")
    assert (
        "     1  all, until it is ended\n        Pay day\n        is Friday" in manyeyes("worker", "announcements").out
    )
    assert manyeyes("worker", "end-announcement", "1", "--json").json == {"announcement_id": 1}
    assert "no announcement 1" in manyeyes("worker", "end-announcement", "1").complaint
    assert [
        each["announcement_id"] for each in manyeyes("worker", "announcements", "--json").json["announcements"]
    ] == [2]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["  "], "empty"),
        (["x" * 601], "at most 600"),
        (["x", "--until", "soon"], "no day or instant"),
        (["x", "--until", "2020-01-01"], "in the future"),
        (["x", "--until", "9999-12-31"], "no day or instant"),
        (["x", "--language", "\u202e"], "language"),
    ],
)
def test_what_cannot_be_announced_is_refused_and_leaves_nothing(manyeyes, given, said):
    assert said in manyeyes("worker", "announce", *given).complaint
    assert manyeyes("worker", "announcements", "--json").json == {"announcements": []}
