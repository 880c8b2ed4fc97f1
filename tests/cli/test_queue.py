"""manyeyes queue: kinds of work, their prices and limits."""

import pytest

FIRST = {
    **{"queue_id": 1, "name": "English ImageToText", "language": "en", "price": "0.000700", "pay": "0.000500"},
    **{"capacity": 100000, "lease_seconds": 60, "sensitive": False},
}


def test_list_shows_the_queues_that_are_there_from_the_start(manyeyes):
    queues = manyeyes("queue", "list", "--json").json["queues"]
    assert queues[0] == FIRST
    assert [(q["queue_id"], q["name"], q["language"]) for q in queues[1:]] == [(2, "Russian ImageToText", "ru")]
    assert "English ImageToText" in manyeyes("queue", "list").out


@pytest.mark.parametrize(
    ("option", "changed"),
    [
        *[(["--price", "0.001"], {"price": "0.001000"}), (["--pay", "0.0007"], {"pay": "0.000700"})],
        *[(["--pay", "0"], {"pay": "0.000000"}), (["--capacity", "5"], {"capacity": 5})],
        *[(["--lease-seconds", "10"], {"lease_seconds": 10}), (["--sensitive"], {"sensitive": True})],
        (["--price", "0.002", "--pay", "0.002"], {"price": "0.002000", "pay": "0.002000"}),
    ],
)
def test_set_changes_what_is_given_and_nothing_else(manyeyes, option, changed):
    assert manyeyes("queue", "set", "1", *option, "--json").json == FIRST | changed
    assert manyeyes("queue", "list", "--json").json["queues"][0] == FIRST | changed


@pytest.mark.parametrize(
    "wrong",
    [
        *(["--price", "0"], ["--price", "0.0004"], ["--pay", "0.0008"], ["--price", "x"], ["--capacity", "0"]),
        *(["--lease-seconds", "0"], ["--lease-seconds", "-5"], ["--capacity", "100000001"]),
    ],
    ids=str,
)
def test_terms_that_cannot_be_are_refused_and_change_nothing(manyeyes, wrong):
    assert manyeyes("queue", "set", "1", *wrong).complaint
    assert manyeyes("queue", "list", "--json").json["queues"][0] == FIRST


def test_a_queue_that_is_not_there_is_said(manyeyes):
    assert "no queue 7" in manyeyes("queue", "set", "7", "--price", "1").complaint
