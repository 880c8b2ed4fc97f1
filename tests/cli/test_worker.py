"""manyeyes worker: people who answer, and reviewers."""

import asyncio
import json

import asyncpg
import pytest

from manyeyes.runtime.notifier import CHANNEL


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
        **{"worker_id": made["worker_id"], "name": "Wim", "languages": ["en"], "queues": [1], "reviewer": False},
        "disabled": False,
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


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_a_name_that_nobody_can_read_is_refused(manyeyes, name):
    assert "name must not be empty" in manyeyes("worker", "create", name).complaint
    assert manyeyes("worker", "list", "--json").json == {"workers": []}


def test_a_name_is_kept_and_found_in_its_one_form(manyeyes):
    made = manyeyes("worker", "create", " Hue\u0302\u0301 👨\u200d👩\u200d👧 ", "--json").json
    assert row_of(manyeyes, "Huế 👨\u200d👩\u200d👧")["worker_id"] == made["worker_id"]
    assert manyeyes("worker", "link", "Hue\u0302\u0301\u00a0👨\u200d👩\u200d👧", "--json").json["login_url"]
    assert "the language holds control" in manyeyes("worker", "create", "Wim", "--language", "e\u202en").complaint


def test_a_worker_whom_no_queue_suits_is_registered_with_a_warning(manyeyes):
    done = manyeyes("worker", "create", "Wim", "--language", "vi")
    assert done.code == 0
    assert "no queue speaks vi; see `manyeyes queue list`" in done.err
    assert row_of(manyeyes, "Wim")["queues"] == []
    assert "no queue speaks" not in manyeyes("worker", "create", "Vera").err


def test_rn_is_russian_as_on_the_wire(manyeyes):
    manyeyes("worker", "create", "Olga", "--language", "rn")
    assert (row_of(manyeyes, "Olga")["languages"], row_of(manyeyes, "Olga")["queues"]) == (["ru"], [2])


def test_a_disabled_worker_gets_no_link_until_they_are_enabled(manyeyes):
    made = manyeyes("worker", "create", "Wim", "--json").json
    assert manyeyes("worker", "disable", "Wim", "--json").json == {"worker_id": made["worker_id"]}
    assert row_of(manyeyes, "Wim")["disabled"] is True
    assert "Wim (disabled)" in manyeyes("worker", "list").out
    for command in ("disable", "link"):
        assert "no worker Wim" in manyeyes("worker", command, "Wim").complaint
    assert manyeyes("worker", "enable", "Wim", "--json").json == {"worker_id": made["worker_id"]}
    assert row_of(manyeyes, "Wim")["disabled"] is False
    assert "/login/" in manyeyes("worker", "link", "Wim").out
    assert "no disabled worker Wim" in manyeyes("worker", "enable", "Wim").complaint


def test_list_is_readable(manyeyes):
    manyeyes("worker", "create", "Wim")
    head, line = manyeyes("worker", "list").out.splitlines()
    assert head.split() == ["id", "languages", "name"]
    assert line.split()[1:] == ["en", "Wim"]
    manyeyes("worker", "create", "Rin", "--reviewer")
    assert manyeyes("worker", "list").out.splitlines()[-1].endswith("Rin (reviewer)")


def test_what_a_worker_may_do_is_changed_later(manyeyes):
    manyeyes("worker", "create", "Wim")
    before = row_of(manyeyes, "Wim")
    assert manyeyes("worker", "set", "Wim", "--reviewer", "--json").json == before | {"reviewer": True}
    changed = manyeyes("worker", "set", "Wim", "--language", "rn", "--queue", "2", "--queue", "1", "--no-reviewer")
    assert changed.code == 0
    assert row_of(manyeyes, "Wim") == before | {"languages": ["ru"], "queues": [2, 1]}


PRESENT = """
INSERT INTO session (cell, worker_id, node_id, present, queues, languages, idle_since, online_since)
VALUES (1, $1, 1, true, '{1,2}', '{en,ru}', now(), now())
"""


@pytest.mark.parametrize(
    ("given", "left"),
    [
        (["--queue", "2"], [2]),
        (["--language", "en"], [1]),
        (["--language", "de"], []),
        (["--no-reviewer"], [1, 2]),
        (["--queue", "1", "--queue", "2", "--language", "en", "--language", "ru"], [1, 2]),
    ],
)
def test_what_is_taken_from_somebody_who_is_there_is_gone_at_once(manyeyes, dsn, run_async, given, left):
    manyeyes("worker", "create", "Wim", "--language", "en", "--language", "ru", "--queue", "1", "--queue", "2")

    async def on_database(statement, *values):
        db = await asyncpg.connect(dsn)
        found = await db.fetchval(statement, *values)
        await db.close()
        return found

    worker_id = row_of(manyeyes, "Wim")["worker_id"]
    run_async(on_database(PRESENT, worker_id))
    assert manyeyes("worker", "set", "Wim", *given).code == 0
    assert run_async(on_database("SELECT queues FROM session WHERE cell = 1 AND worker_id = $1", worker_id)) == left


@pytest.mark.parametrize(("given", "is_told"), [(["--queue", "2"], True), (["--reviewer"], False)])
def test_the_streams_of_somebody_who_loses_queues_look_at_once(manyeyes, dsn, given, is_told):
    manyeyes("worker", "create", "Wim", "--language", "en", "--language", "ru")
    worker_id, heard = row_of(manyeyes, "Wim")["worker_id"], []

    async def listen() -> asyncpg.Connection:
        db = await asyncpg.connect(dsn)
        await db.add_listener(CHANNEL, lambda *said: heard.append(json.loads(said[3])))
        return db

    async def hear(db: asyncpg.Connection) -> None:
        await db.fetchval("SELECT 1")  # what was said before comes with the reply
        await db.close()

    with asyncio.Runner() as runner:  # the command's own loop runs in between
        db = runner.run(listen())
        assert manyeyes("worker", "set", "Wim", *given).code == 0
        runner.run(hear(db))
    assert heard == ([[worker_id]] if is_told else [])


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ([], "say what to change"),
        (["--queue", "7"], "no queue 7"),
    ],
)
def test_a_change_that_is_none_or_cannot_be_is_refused(manyeyes, wrong, complaint):
    manyeyes("worker", "create", "Wim")
    before = row_of(manyeyes, "Wim")
    assert complaint in manyeyes("worker", "set", "Wim", *wrong).complaint
    assert "there is no worker Nobody" in manyeyes("worker", "set", "Nobody", "--reviewer").complaint
    assert row_of(manyeyes, "Wim") == before


@pytest.mark.parametrize("name", ["²", "٣", "9" * 5_000])
def test_a_name_that_only_looks_like_a_number_is_looked_for_as_a_name(manyeyes, name):
    assert "no worker" in manyeyes("worker", "link", name).complaint
