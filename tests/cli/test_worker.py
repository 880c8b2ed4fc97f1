"""manyeyes worker: people who answer, and reviewers."""

import pytest


def row_of(manyeyes, name):
    return next(w for w in manyeyes("worker", "list", "--json").json["workers"] if w["name"] == name)


def test_create_prints_id_token_and_a_link(manyeyes):
    made = manyeyes("worker", "create", "Wim", "--json").json
    assert set(made) == {"worker_id", "token", "login_url"}
    assert type(made["worker_id"]) is int
    assert len(made["token"]) >= 32
    assert "/login/" in made["login_url"]
    assert made["token"] not in made["login_url"]


def test_who_says_nothing_reads_english_and_may_do_all_of_it(manyeyes):
    made = manyeyes("worker", "create", "Wim", "--json").json
    assert row_of(manyeyes, "Wim") == {
        **{"worker_id": made["worker_id"], "name": "Wim", "languages": ["en"], "queues": [1], "reviewer": False}
    }


def test_languages_and_queues_are_repeated(manyeyes):
    manyeyes("worker", "create", "Vera", "--language", "en", "--language", "ru", "--reviewer")
    assert (row_of(manyeyes, "Vera")["queues"], row_of(manyeyes, "Vera")["reviewer"]) == ([1, 2], True)
    manyeyes("worker", "create", "Olga", "--language", "ru", "--queue", "2", "--queue", "1")
    assert (row_of(manyeyes, "Olga")["languages"], row_of(manyeyes, "Olga")["queues"]) == (["ru"], [2, 1])


@pytest.mark.parametrize("wrong", [["--queue", "7"], ["--queue", "-1"]])
def test_a_queue_that_is_not_there_is_refused_and_nobody_is_registered(manyeyes, wrong):
    assert "no queue" in manyeyes("worker", "create", "Wim", *wrong).complaint
    assert manyeyes("worker", "list", "--json").json == {"workers": []}


def test_link_is_fresh_every_time(manyeyes):
    made = manyeyes("worker", "create", "Wim", "--json").json
    links = {manyeyes("worker", "link", who, "--json").json["login_url"] for who in ("Wim", made["worker_id"])}
    assert len(links | {made["login_url"]}) == 3


def test_a_disabled_worker_is_gone_from_the_list_and_gets_no_link(manyeyes):
    made = manyeyes("worker", "create", "Wim", "--json").json
    assert manyeyes("worker", "disable", "Wim", "--json").json == {"worker_id": made["worker_id"]}
    assert manyeyes("worker", "list", "--json").json == {"workers": []}
    for command in ("disable", "link"):
        assert "no worker Wim" in manyeyes("worker", command, "Wim").complaint


def test_list_is_readable(manyeyes):
    manyeyes("worker", "create", "Wim")
    assert "Wim  en" in manyeyes("worker", "list").out
