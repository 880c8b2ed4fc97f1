"""manyeyes queue: kinds of work, their prices and limits."""

from typing import Any

import asyncpg
import pytest

FIRST = {
    **{"queue_id": 1, "name": "English ImageToText", "language": "en", "price": "0.000700", "pay": "0.000500"},
    **{"vote_pay": "0.000100", "capacity": 100000, "lease_seconds": 60, "marks": [], "complaints": True},
    "life_seconds": None,
    "audit_share": 0.05,
    "terms": {"answers": 1, "answers_at_most": 1, "wrong_at_most": None, "uncertain": "return"},
    **{"floor": None, "gold_share": None, "guide": ""},
}
THREE = {"answers": 3, "answers_at_most": 4, "wrong_at_most": None, "uncertain": "return"}
SURE = {"answers": 2, "answers_at_most": 5, "wrong_at_most": 0.05, "uncertain": "review"}


def test_list_shows_the_queues_that_are_there_from_the_start(manyeyes):
    queues = manyeyes("queue", "list", "--json").json["queues"]
    assert queues[0] == FIRST
    assert [(q["queue_id"], q["name"], q["language"]) for q in queues[1:]] == [(2, "Russian ImageToText", "ru")]
    assert [q["complaints"] for q in queues] == [True, False]
    shown = manyeyes("queue", "list").out
    assert "English ImageToText\n" in shown
    assert "Russian ImageToText (no complaints)" in shown
    assert [q["life_seconds"] for q in queues] == [None, None]


@pytest.mark.parametrize(
    ("option", "changed"),
    [
        *[(["--price", "0.001"], {"price": "0.001000"}), (["--pay", "0.0007"], {"pay": "0.000700"})],
        *[(["--pay", "0"], {"pay": "0.000000"}), (["--capacity", "5"], {"capacity": 5})],
        *[(["--vote-pay", "0.0002"], {"vote_pay": "0.000200"}), (["--vote-pay", "0"], {"vote_pay": "0.000000"})],
        *[
            (["--lease-seconds", "10"], {"lease_seconds": 10}),
            (["--marks", "violence,gore"], {"marks": ["violence", "gore"]}),
        ],
        *[(["--no-complaints"], {"complaints": False}), (["--complaints"], {})],
        *[(["--life", "24h"], {"life_seconds": 86_400}), (["--life", "60"], {"life_seconds": 60})],
        *[(["--life", "30d"], {"life_seconds": 2_592_000}), (["--life", "default"], {})],
        (["--price", "0.002", "--pay", "0.002"], {"price": "0.002000", "pay": "0.002000"}),
        *[(["--answers", "3"], {"terms": THREE}), (["--answers", "1"], {})],
        (["--wrong-at-most", "0.05", "--answers-at-most", "5", "--uncertain", "review"], {"terms": SURE}),
        *[(["--gold-share", "0.1"], {"gold_share": 0.1}), (["--floor", "0"], {})],
    ],
)
def test_set_changes_what_is_given_and_nothing_else(manyeyes, option, changed):
    assert manyeyes("queue", "set", "1", *option, "--json").json == FIRST | changed
    assert manyeyes("queue", "list", "--json").json["queues"][0] == FIRST | changed


@pytest.mark.parametrize(
    "wrong",
    [
        *(["--price", "0"], ["--price", "0.0004"], ["--pay", "0.0008"], ["--price", "x"], ["--capacity", "0"]),
        *(
            ["--lease-seconds", "0"],
            ["--lease-seconds", "-5"],
            ["--capacity", "100000001"],
            ["--vote-pay", "-1"],
            ["--vote-pay", "100"],
            *(["--answers", "0"], ["--answers", "21"], ["--answers", "3", "--answers-at-most", "2"]),
            *(["--wrong-at-most", wrong] for wrong in ("0", "1", "nan")),
            ["--uncertain", "review"],
            *(["--gold-share", "0.6"], ["--floor", "0.7"], ["--floor", "1.5"], ["--floor", "-1"]),
            *(["--life", wrong] for wrong in ("59s", "2592001", "31d", "1.5h", "-1", "0", "24 hours", "٦٠", "")),
        ),
    ],
    ids=str,
)
def test_terms_that_cannot_be_are_refused_and_change_nothing(manyeyes, wrong):
    assert manyeyes("queue", "set", "1", *wrong).complaint
    assert manyeyes("queue", "list", "--json").json["queues"][0] == FIRST


def test_a_life_is_shown_and_can_be_the_installations_again(manyeyes):
    assert "(tasks live 36h)" in manyeyes("queue", "set", "1", "--life", "36h").out
    assert manyeyes("queue", "set", "1", "--price", "0.001", "--json").json["life_seconds"] == 129_600
    assert manyeyes("queue", "set", "1", "--life", "default", "--json").json["life_seconds"] is None


@pytest.mark.parametrize("option", ["--capacity", "--lease-seconds"])
def test_what_is_too_large_is_not_called_too_small(manyeyes, option: str):
    assert "must be from 1 to 100000000" in manyeyes("queue", "set", "1", option, "100000001").complaint


def test_a_queue_that_is_not_there_is_said(manyeyes):
    assert "no queue 7" in manyeyes("queue", "set", "7", "--price", "1").complaint


def test_add_opens_a_queue_and_its_gate_and_workers_may_be_given_it(manyeyes, dsn, run_async):
    async def gates() -> list[Any]:
        db = await asyncpg.connect(dsn)
        found = await db.fetch("DELETE FROM gate WHERE queue_id = 7 RETURNING cell")
        await db.close()
        return [row["cell"] for row in found]

    terms = ("--language", "vi", "--pay", "0", "--capacity", "9", "--vote-pay", "0.0003", "--life", "3d")
    added = manyeyes("queue", "add", "7", "Receipts", *terms, "--json").json
    assert run_async(gates()) == [1]
    wanted = {"queue_id": 7, "name": "Receipts", "language": "vi", "pay": "0.000000", "capacity": 9}
    assert added == FIRST | wanted | {"vote_pay": "0.000300", "life_seconds": 259_200}
    assert manyeyes("queue", "list", "--json").json["queues"][-1] == added
    assert manyeyes("worker", "create", "Minh", "--language", "vi", "--queue", "7").code == 0
    run_async(gates())  # the next test finds those of the first queues alone


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        *[(["1", "Receipts"], "taken"), (["7", "English ImageToText"], "taken"), (["0", "Receipts"], "id")],
        *[(["2147483648", "Receipts"], "id"), (["7", " "], "name"), (["7", "Receipts", "--price", "0"], "price")],
        *[(["7", "Receipts", "--pay", "1"], "pay"), (["7", "Receipts", "--capacity", "0"], "capacity")],
        *[(["7", "Receipts", "--lease-seconds", "-1"], "lease_seconds")],
    ],
)
def test_a_queue_that_cannot_be_is_refused_and_not_there(manyeyes, wrong, why):
    assert why in manyeyes("queue", "add", *wrong, "--language", "en").complaint
    assert [q["queue_id"] for q in manyeyes("queue", "list", "--json").json["queues"]] == [1, 2]


def test_a_queue_has_a_language(manyeyes):
    assert manyeyes("queue", "add", "7", "Receipts").code == 1


def test_several_people_are_a_queues_default_until_one_is_again(manyeyes):
    manyeyes("queue", "set", "1", "--answers", "3", "--json")
    assert "English ImageToText (3 to 4 people a task)" in manyeyes("queue", "list").out
    assert manyeyes("queue", "set", "1", "--price", "0.001", "--json").json["terms"] == THREE
    assert manyeyes("queue", "set", "1", "--answers", "1", "--json").json == FIRST | {"price": "0.001000"}
    wrong = manyeyes("queue", "set", "1", "--wrong-at-most", "0.6").complaint
    assert wrong.startswith("manyeyes: --wrong-at-most: from 0.001 to 0.5")
    for never in (["--answers-at-most", "7"], ["--answers", "1", "--answers-at-most", "1", "--wrong-at-most", "0.1"]):
        assert manyeyes("queue", "set", "1", *never).complaint.startswith("manyeyes: --answers-at-most: ")
    assert manyeyes("queue", "list", "--json").json["queues"][0] == FIRST | {"price": "0.001000"}
    manyeyes("queue", "add", "22", "Turnstile", "--language", "en")
    assert "always one person's" in manyeyes("queue", "set", "22", "--answers", "3").complaint


def test_a_floor_is_taken_where_gold_can_show_who_is_below_it(manyeyes, dsn, run_async):
    assert "can never fire" in manyeyes("queue", "set", "1", "--floor", "0.7").complaint

    async def add_gold() -> None:
        db = await asyncpg.connect(dsn)
        await db.execute(
            "INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at)"
            " SELECT 1, n, 1, 1, 0, 'a', 0, now() FROM generate_series(1, 40) AS n"
        )
        await db.close()

    run_async(add_gold())
    assert "floor 70%" in manyeyes("queue", "set", "1", "--floor", "0.7").out
    assert "needs gold" in manyeyes("queue", "set", "1", "--gold-share", "0").complaint
    assert manyeyes("queue", "set", "1", "--floor", "0", "--json").json["floor"] is None


def test_nobody_is_known_in_a_new_queue(manyeyes):
    assert "nobody" in manyeyes("queue", "skills", "1").out
    assert manyeyes("queue", "skills", "9").complaint


KNOWN = """
INSERT INTO task (cell, task_id, account_id, queue_id, kind, options, media, soft_id, ip, website_url, callback_url,
                  language_pool, created_at)
SELECT 1, n, 1, 1, 'image_to_text', '{}', 'png', 0, '', '', '', 'en', now() FROM generate_series(1, 12) AS n;
INSERT INTO result (cell, task_id, account_id, queue_id, soft_id, ip, created_at, ended_at, ending, answer, media,
                    worker_id, lease, solve_count, charged_micros, pay_micros)
SELECT 1, n, 1, 1, 0, '', now(), now(), 0, '{"text": "a"}', 'png', 1, 1, 1, 700, 500 FROM generate_series(1, 12) AS n;
INSERT INTO gold (cell, task_id, account_id, queue_id, question_id, answer, source, created_at)
SELECT 1, n, 1, 1, 0, 'a', 0, now() FROM generate_series(1, 12) AS n;
"""


def test_a_training_set_is_made_shown_and_taken_away(manyeyes, dsn, run_async):
    assert "no training set" in manyeyes("queue", "training", "1").out
    assert "has 0 pictures whose right answer is known" in manyeyes("queue", "training", "1", "--items", "3").complaint

    async def add_gold() -> None:
        db = await asyncpg.connect(dsn)
        await db.execute(KNOWN)
        await db.close()

    run_async(add_gold())
    assert "at most 10 pictures" in manyeyes("queue", "training", "1", "--items", "12").complaint
    (made,) = manyeyes("queue", "training", "1", "--items", "12", "--paid", "--json").json["sets"]
    assert (made["tasks"], made["pay"], made["right_needed"]) == (list(range(1, 13)), "0.000500", 10)
    shown = manyeyes("queue", "training", "1", "--task", "7", "--task", "3", "--unpaid", "--pass-mark", "0.5").out
    assert shown.startswith("2 pictures, unpaid, 1 must be right\ntasks 7, 3")
    for loose in (("--paid",), ("--unpaid",), ("--pass-mark", "0.9"), ("--clear", "--paid")):
        assert "go with --items or --task" in manyeyes("queue", "training", "1", *loose).complaint
    assert "give one of" in manyeyes("queue", "training", "1", "--items", "2", "--clear").complaint
    assert "--clear" in manyeyes("queue", "training", "1", "--items", "0").complaint
    assert "not known in this queue: 99" in manyeyes("queue", "training", "1", "--task", "99").complaint
    (kept,) = manyeyes("queue", "training", "1", "--json").json["sets"]
    assert (kept["tasks"], kept["pass_mark"], kept["practised"]) == ([7, 3], 0.5, [])
    (gone,) = manyeyes("queue", "training", "1", "--clear", "--json").json["sets"]
    assert (gone["tasks"], gone["paid"]) == ([], None)
    assert manyeyes("queue", "training", "9").complaint


def test_a_guide_for_reviewers_comes_from_a_file_and_an_empty_one_takes_it_away(manyeyes, tmp_path):
    guide = tmp_path / "guide.txt"
    guide.write_text("A digit between two is the upper one.\r\n\r\n  Dots do not count.  ")
    kept = manyeyes("queue", "set", "1", "--guide", str(guide), "--json").json["guide"]
    assert kept == "A digit between two is the upper one.\n\nDots do not count."
    guide.write_text("x" * 4001)
    assert "at most 4000 characters" in manyeyes("queue", "set", "1", "--guide", str(guide)).complaint
    assert "no such file" in manyeyes("queue", "set", "1", "--guide", str(tmp_path / "none")).complaint.lower()
    guide.write_bytes(b"\xff\xfeD\x00o\x00t\x00s\x00")
    assert "must be UTF-8 text" in manyeyes("queue", "set", "1", "--guide", str(guide)).complaint
    assert manyeyes("queue", "list", "--json").json["queues"][0]["guide"] == kept
    guide.write_text("")
    assert manyeyes("queue", "set", "1", "--guide", str(guide), "--json").json == FIRST
