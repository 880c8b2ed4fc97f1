"""manyeyes recognition: what is recognised under an app, its terms, and what they may not be."""

import pytest

LABELS = "0=normal,1=qr code,2=text"


@pytest.fixture
def shop(manyeyes, ann):
    """An app of Ann's, called Shop."""
    return manyeyes("app", "create", "Shop", "--account", "Ann", "--bits", "1024", "--json").json


@pytest.fixture
def create(manyeyes, shop):
    """Add a recognition by people to Shop."""

    def run(*arguments, app="Shop", recogniser="people", labels=LABELS):
        return manyeyes("recognition", "create", app, "--recogniser", recogniser, "--labels", labels, *arguments)

    return run


def test_a_recognition_has_an_id_and_terms(manyeyes, shop, create):
    made = create("--review-queue", "--json").json
    assert len(made["task_id"]) == 24
    assert int(made["task_id"], 16) >= 0
    assert {name: made[name] for name in made if name != "task_id"} == {
        "secret_id": shop["secret_id"],
        "name": "people",
        "recogniser": "people",
        "model": "",
        "labels": {"0": "normal", "1": "qr code", "2": "text"},
        "threshold": 0.9,
        "review_queue": 1,
        "sample": 0.02,
        "price": "0.000000",
        "review_hours": 24.0,
        "review_url": "",
        "bounds": [],
        "closed": False,
        "terms": None,
    }
    assert manyeyes("recognition", "show", made["task_id"], "--json").json == made
    assert manyeyes("recognition", "list", "Shop", "--json").json == {"recognitions": [made]}
    shown = manyeyes("app", "show", "Shop", "--json").json["recognitions"]
    assert shown == [{"task_id": made["task_id"], "name": "people", "closed": False}]
    assert "qr code" in manyeyes("recognition", "show", made["task_id"]).out


@pytest.mark.parametrize(
    ("arguments", "queue"),
    [
        (["--review-queue"], 1),
        (["--review-queue", "--name", "advertising"], 1),
        (["--name", "advertising", "--review-queue"], 1),
        (["--review-queue", "2", "--name", "advertising"], 2),
        (["--review-queue=2"], 2),
        (["--review-queue", "Russian ImageToText"], 2),
    ],
    ids=str,
)
def test_the_review_queue_is_a_number_a_name_or_the_ordinary_one(create, arguments, queue):
    assert create(*arguments, "--json").json["review_queue"] == queue


def test_what_a_model_recognises_has_a_price_unless_another_is_given(manyeyes, shop):
    asked = ("--recogniser", "advertising", "--labels", "0=normal,1=qr code,2=text")
    made = manyeyes("recognition", "create", shop["secret_id"], *asked, "--json").json
    assert (made["price"], made["review_queue"]) == ("0.000500", None)


def test_all_terms_can_be_given(create, shop):
    made = create(
        *("--review-queue", "1", "--name", "what is sold", "--sample", "0.5", "--threshold", "0.75", "--price", "0.01"),
        *("--review-hours", "0.5", "--review-url", "https://example.org/verdicts", "--json"),
        app=shop["secret_id"],
        labels="-2=ask,5=five,0=none",
    )
    found = {name: made.json[name] for name in ("name", "sample", "threshold", "price", "review_hours", "review_url")}
    assert found == {
        "name": "what is sold",
        "sample": 0.5,
        "threshold": 0.75,
        "price": "0.010000",
        "review_hours": 0.5,
        "review_url": "https://example.org/verdicts",
    }
    assert list(made.json["labels"].items()) == [("-2", "ask"), ("0", "none"), ("5", "five")]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "needs a review queue"),
        (["--review-queue", "0"], "needs a review queue"),
        (["--review-queue", "9"], "no queue 9"),
        (["--review-queue", "1", "--review-queue", "2"], "one queue"),
        (["--review-queue", "1", "2"], "one queue"),
        (["--review-queue", "--threshold", "0"], "all would be certain"),
        (["--review-queue", "--threshold", "2.5"], "threshold"),
        (["--review-queue", "--threshold", "nan"], "threshold"),
        (["--review-queue", "--sample", "1.5"], "share"),
        (["--review-queue", "--sample", "nan"], "share"),
        (["--review-queue", "--price", "-1"], "between 0"),
        (["--review-queue", "--price", "much"], "amount of money"),
        (["--review-queue", "--review-hours", "0"], "hours"),
        (["--review-queue", "--review-hours", "nan"], "hours"),
        (["--review-queue", "--review-hours", "721"], "hours"),
        (["--review-queue", "--review-url", "ftp://example.org"], "http"),
        (["--review-queue", "--review-url", "nonsense"], "http"),
        (["--review-queue", "--review-url", "http://10.1.2.3/"], "MANYEYES_ALLOWED_PRIVATE_NETWORKS"),
        (["--review-queue", "--review-url", "https://example.org:99999/"], "99999"),
        (["--review-queue", "--model", "/nowhere.toml"], "No such file"),
        (["--review-queue", "--name", "\t"], "name"),
    ],
    ids=str,
)
def test_terms_that_cannot_be_are_refused_and_nothing_is_made(manyeyes, create, arguments, why):
    assert why in create(*arguments).complaint
    assert manyeyes("recognition", "list", "--json").json == {"recognitions": []}


@pytest.mark.parametrize("labels", ["", "normal", "0", "x=y", "-1=failed", "0=a,0=b", "0=a,1=a", "-2=a", "0="], ids=str)
def test_labels_that_cannot_be_are_refused(manyeyes, create, labels):
    assert create("--review-queue", labels=labels).complaint
    assert manyeyes("recognition", "list", "--json").json == {"recognitions": []}


@pytest.mark.parametrize("labels", ["--5=five", "²=two", "1_0=ten"])
def test_a_label_whose_number_is_none_is_named(manyeyes, create, labels):
    assert f"'{labels}' is no label" in create(labels=labels).complaint
    assert manyeyes("recognition", "list", "--json").json == {"recognitions": []}


def test_a_recogniser_that_there_is_not_is_told_with_those_that_there_are(manyeyes, create):
    complaint = create("--review-queue", recogniser="captcha").complaint
    assert "captcha" in complaint
    assert "people" in complaint
    assert manyeyes("recognition", "list", "--json").json == {"recognitions": []}


def test_a_model_is_tried_with_the_labels_that_a_recogniser_may_give_and_kept_by_its_whole_path(
    create, tmp_path, monkeypatch
):
    (tmp_path / "model.toml").write_text("")
    monkeypatch.chdir(tmp_path)
    tried = []
    monkeypatch.setattr("manyeyes.recognisers.catalogue.check", lambda *given: tried.append(given))
    made = create("--model", "model.toml", "--json", recogniser="onnx", labels="-2=other,0=cat,1=dog").json
    assert made["model"] == str(tmp_path / "model.toml")
    assert tried == [("onnx", str(tmp_path / "model.toml"), {0: "cat", 1: "dog"}, 1500)]


def test_a_recogniser_that_cannot_be_opened_says_why(manyeyes, create, tmp_path):
    model = tmp_path / "model.toml"
    model.write_text("this is no model")
    assert create("--review-queue", "--model", model, recogniser="onnx").complaint
    assert manyeyes("recognition", "list", "--json").json == {"recognitions": []}


def test_an_unknown_app_is_named(create):
    assert "no app Nothing" in create("--review-queue", app="Nothing").complaint


def test_terms_are_changed_one_by_one(manyeyes, create):
    task_id = create("--review-queue", "--json").json["task_id"]

    def change(*arguments):
        return manyeyes("recognition", "set", task_id, *arguments, "--json").json

    assert change("--threshold", "0.5")["threshold"] == 0.5
    assert change("--review-queue", "2")["review_queue"] == 2
    assert change("--sample", "0")["sample"] == 0
    assert change("--price", "0")["price"] == "0.000000"
    assert change("--review-hours", "2")["review_hours"] == 2
    assert change("--review-url", " https://example.org/\n")["review_url"] == "https://example.org/"
    assert change("--review-url", "")["review_url"] == ""
    sure = {"answers": 2, "answers_at_most": 7, "wrong_at_most": 0.1, "uncertain": "return"}
    assert change("--wrong-at-most", "0.1")["terms"] == sure
    assert "2 to 7 people a task until 10 % at most are wrong" in manyeyes("recognition", "show", task_id).out
    assert change("--sample", "0")["terms"] == sure
    one = {"answers": 1, "answers_at_most": 1, "wrong_at_most": None, "uncertain": "return"}
    assert change("--answers", "1")["terms"] == one
    last = change("--review-queue")
    assert last == manyeyes("recognition", "show", task_id, "--json").json
    assert (last["review_queue"], last["threshold"], last["sample"]) == (1, 0.5, 0)


def test_a_change_that_cannot_be_changes_nothing(manyeyes, create):
    made = create("--review-queue", "--json").json
    for wrong, why in [
        ([], "nothing to change"),
        (["--review-queue", "0"], "needs a review queue"),
        (["--threshold", "0"], "all would be certain"),
        (["--threshold", "3", "--price", "1"], "threshold"),
        (["--answers", "21"], "--answers: from 1 to 20"),
        (["--answers-at-most", "7"], "--answers-at-most: one answer settles it"),
        (["--answers", "3", "--review-queue", "0", "--sample", "0"], "see --review-queue"),
    ]:
        assert why in manyeyes("recognition", "set", made["task_id"], *wrong).complaint
    assert manyeyes("recognition", "show", made["task_id"], "--json").json == made
    assert "no recognition" in manyeyes("recognition", "set", "0" * 24, "--threshold", "0.5").complaint


def test_a_recognition_is_closed_and_opened(manyeyes, create):
    task_id = create("--review-queue", "--json").json["task_id"]
    assert manyeyes("recognition", "close", task_id, "--json").json["closed"] is True
    assert "(closed)" in manyeyes("recognition", "list").out
    assert "(closed)" in manyeyes("app", "show", "Shop").out
    assert manyeyes("recognition", "open", task_id, "--json").json["closed"] is False
    for verb in ("close", "open", "show"):
        assert "no recognition" in manyeyes("recognition", verb, "f" * 24).complaint


def test_the_customer_may_choose_within_bounds_that_the_operator_sets(manyeyes, create):
    task_id = create("--review-queue", "--json").json["task_id"]
    made = manyeyes("recognition", "set", task_id, "--bounds", "0.7", "0.95", "--json").json
    assert made["bounds"] == [0.7, 0.95]
    assert "may choose a threshold from 0.7 to 0.95" in manyeyes("recognition", "show", task_id).out
    for wrong in (["0.95"], ["0.95", "0.7"], ["0.91", "1"], ["0", "2.5"]):
        assert "0" in manyeyes("recognition", "set", task_id, "--bounds", *wrong).complaint
    assert manyeyes("recognition", "show", task_id, "--json").json == made
    assert manyeyes("recognition", "set", task_id, "--threshold", "0.5").complaint
    assert manyeyes("recognition", "set", task_id, "--bounds", "--json").json["bounds"] == []
    assert manyeyes("recognition", "set", task_id, "--threshold", "0.5", "--json").json["threshold"] == 0.5
