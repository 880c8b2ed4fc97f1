"""manyeyes simulate: tables, JSON and pictures, without any installation."""

import functools
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from PIL import Image

from manyeyes.cli import simulate
from manyeyes.simulator import allow_list_study, review
from manyeyes.simulator.allow_list_study import StudyQuestion
from manyeyes.simulator.world import World

QUICK_LIST = ("simulate", "allow-list", "--pools", "10,20", "--rates", "3,10", "--seeds", "2", "--no-variations")
QUICK_REVIEW = ("simulate", "review", "--accuracies", "0.9,0.8", "--seeds", "3", "--complaints", "50")
QUICK = {"allow-list": QUICK_LIST, "review": QUICK_REVIEW}


@pytest.fixture(scope="module", autouse=True)
def studied_once() -> Iterator[None]:
    """A study depends on its arguments alone; what becomes of it is what these tests look at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(allow_list_study, "study", functools.cache(allow_list_study.study))
        patch.setattr(review, "study", functools.cache(review.study))
        yield


@pytest.mark.parametrize("quick", QUICK.values(), ids=QUICK)
def test_no_installation_is_asked_for_and_none_is_made(manyeyes, monkeypatch, tmp_path, quick):
    monkeypatch.setenv("MANYEYES_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nowhere")
    monkeypatch.chdir(tmp_path)
    assert manyeyes(*quick).code == 0
    assert list(tmp_path.iterdir()) == []


def test_the_allow_list_as_json_has_each_world_with_each_way_to_report(manyeyes):
    found = manyeyes(*QUICK_LIST, "--json").json["findings"]
    worlds = [(f["question"]["world"]["workers"], f["question"]["world"]["rate"]) for f in found]
    assert worlds == [(10, 3.0), (20, 3.0), (20, 10.0)]  # ten a minute are more than ten workers can do
    for finding in found:
        assert list(finding["arms"]) == ["silent", "praise", "both"]
        assert all(0.3 < arm["share"]["mean"] < 1 for arm in finding["arms"].values())
        assert finding["arms"]["both"]["listed"] > 0


def test_reviewers_as_json_have_each_rule(manyeyes):
    found = manyeyes(*QUICK_REVIEW, "--json").json["findings"]
    rules = ["one reviewer", "two of three", "three of five"]
    assert [[v["rule"] for v in bench] for bench in found] == [rules] * 2 * 4 * 2
    assert {v["bench"]["likeness"] for bench in found for v in bench} == {0.0, 0.3}


@pytest.mark.parametrize("quick", QUICK.values(), ids=QUICK)
def test_the_table_is_on_stdout_and_progress_on_stderr(manyeyes, quick):
    done = manyeyes(*quick)
    assert done.code == 0
    assert " ± " in done.out
    assert "1 of " in done.err
    assert "1 of " not in done.out
    assert "Bench(" not in done.err


@pytest.mark.parametrize("ending", ["png", "svg"])
@pytest.mark.parametrize("quick", QUICK.values(), ids=QUICK)
def test_the_picture_is_a_picture(manyeyes, tmp_path, quick, ending):
    path = tmp_path / f"picture.{ending}"
    assert manyeyes(*quick, "--out", path).code == 0
    if ending == "png":
        with Image.open(path) as picture:
            assert picture.width > picture.height > 900
            assert len(set(picture.convert("L").resize((80, 60)).tobytes())) > 40
    else:
        assert ElementTree.parse(path).getroot().tag.endswith("svg")


def test_variations_are_asked_at_both_claimed_rates(manyeyes, monkeypatch, tmp_path):
    real = allow_list_study.study
    asked = []

    def smaller(question, seeds, ways):
        asked.append((question.name, question.world.rate))
        return real(StudyQuestion(World(workers=10, rate=question.world.rate / 5)), seeds, ways)

    monkeypatch.setattr(allow_list_study, "study", smaller)
    quick = ("simulate", "allow-list", "--pools", "100", "--rates", "1,10", "--seeds", "2")
    assert manyeyes(*quick, "--out", tmp_path / "all.png").code == 0
    assert len(asked) == len(set(asked)) == 16
    assert {rate for _, rate in asked} == {1.0, 10.0}


def test_calibrations_of_known_recognisers_as_a_table_as_json_and_drawn(manyeyes, tmp_path):
    quick = ("simulate", "calibration", "--trials", "10")
    assert "just above the target everywhere      2" in manyeyes(*quick).out
    found = manyeyes(*quick, "--json", "--out", tmp_path / "kept.svg").json["findings"]
    assert [finding["trials"] for finding in found] == [2] * 5
    assert ElementTree.parse(tmp_path / "kept.svg").getroot().tag.endswith("svg")


def test_what_terms_cost_as_a_table_as_json_and_drawn(manyeyes, tmp_path):
    quick = ("simulate", "certainty", "--answers-at-most", "2", "--labels", "2")
    told = manyeyes(*quick, "--out", tmp_path / "cost.svg").out
    assert "1 to 2 people, 5% wrong at most" in told
    assert "rehearsal: " in told
    assert ElementTree.parse(tmp_path / "cost.svg").getroot().tag.endswith("svg")
    found = manyeyes(*quick, "--json").json["findings"]
    assert found[0]["question"]["how_many"] == {"first": 1, "at_most": 2, "wrong_at_most": 0.05}
    assert all(1 <= each["people"]["mean"] <= 2 for each in found)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("allow-list", "--rates", "1;3"), "--rates takes numbers with commas between them"),
        (("allow-list", "--rates", "0"), "--rates takes numbers from 0.5"),
        (("allow-list", "--pools", "2.5"), "--pools takes numbers with commas between them"),
        (("allow-list", "--pools", "2", "--rates", "100"), "more than the workers can do"),
        (("allow-list", "--seeds", "1"), "at least two seeds"),
        (("allow-list", "--load", "1"), "--load lies from 0"),
        (("allow-list", "--here", "0"), "--here from above 0"),
        (("allow-list", "--spread", "0.6"), "no accuracies from 0 to 1"),
        (("allow-list", "--out", "picture.jpg"), "--out must end with .png or .svg"),
        (("review", "--out", "nowhere/picture.png"), "there is no directory"),
        (("review", "--accuracies", "1"), "accuracies lie from 0.5"),
        (("review", "--complaints", "0"), "one complaint"),
        (("calibration", "--trials", "4"), "at least 5 trials"),
        (("calibration", "--target", "0"), "shares between 0 and 1"),
        (("calibration", "--out", "nowhere/picture.png"), "there is no directory"),
        (("certainty", "--answers", "8"), "--answers lie"),
        (("certainty", "--answers-at-most", "16"), "--answers lie"),
        (("certainty", "--wrong-at-most", "1"), "--wrong-at-most"),
        (("certainty", "--labels", "1"), "--labels"),
        (("certainty", "--accuracy", "1.2"), "--accuracy"),
        (("certainty", "--difficulty", "0.9"), "--difficulty"),
        (("certainty", "--careless", "0.6"), "--careless"),
        (("certainty", "--out", "picture.pdf"), ".png or .svg"),
    ],
)
def test_what_cannot_be_simulated_is_said_at_once(manyeyes, arguments, words):
    assert words in manyeyes("simulate", *arguments).complaint


def test_without_matplotlib_there_is_the_table_and_a_word_on_what_to_install(manyeyes, monkeypatch, tmp_path):
    monkeypatch.setattr(simulate, "allow_list_picture", None)
    monkeypatch.setattr(simulate, "review_picture", None)
    assert "pip install 'manyeyes[plots]'" in manyeyes(*QUICK_REVIEW, "--out", tmp_path / "picture.png").complaint
    assert manyeyes(*QUICK_REVIEW).code == 0


def test_ctrl_c_ends_it_without_a_traceback(manyeyes, monkeypatch):
    def interrupted(*_arguments: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(review, "study", interrupted)
    done = manyeyes(*QUICK_REVIEW)
    assert (done.code, "Traceback" in done.err) == (130, False)
