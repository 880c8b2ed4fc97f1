"""The pictures are the same every time, keep the contract, and can be answered as their own question asks."""

import io
import random

import msgspec
import pytest
from PIL import Image

from demo.crowd import LABELLED, MISTAKES, typed
from demo.jobs import EXPENSE_QUESTION
from demo.listings import LABELS
from demo.meters import wheel_positions
from demo.pictures import EXPENSE, KINDS, SUBJECTS, Picture, draw
from manyeyes.tasks.options import unfit_answer
from manyeyes.tasks.questions import FieldsOptions
from manyeyes.tasks.rules import ImageOptions, unfit

NUMBERS = range(8)  # enough to meet every way to photograph every kind
DRAWN = [(kind, number) for kind in KINDS for number in NUMBERS]


@pytest.fixture(scope="module")
def pictures() -> list[Picture]:
    return [draw(kind, number) for kind, number in DRAWN]


def test_a_number_always_gives_the_same_picture(pictures: list[Picture]) -> None:
    for picture in pictures[:: len(NUMBERS) // 2]:
        assert draw(picture.kind, picture.number) == picture


def test_no_two_are_alike(pictures: list[Picture]) -> None:
    assert len({p.digest for p in pictures}) == len(pictures)


def test_every_file_is_within_the_contract_and_can_be_decoded(pictures: list[Picture]) -> None:
    for picture in pictures:
        assert 100 <= len(picture.data) <= 100_000
        with Image.open(io.BytesIO(picture.data)) as image:
            image.load()
            assert image.format in {"JPEG", "PNG", "GIF"}
            assert min(image.size) >= 300
            assert max(image.size) <= 1000


def test_every_way_to_photograph_is_among_them(pictures: list[Picture]) -> None:
    formats = {(p.kind, Image.open(io.BytesIO(p.data)).format) for p in pictures}
    assert formats == {(kind, s.file_format) for kind, subjects in SUBJECTS.items() for s in subjects}


def test_the_right_answer_fits_its_own_question(pictures: list[Picture]) -> None:
    assert {int(picture.text) for picture in pictures if picture.kind == LABELLED} <= set(LABELS)
    for picture in (picture for picture in pictures if picture.kind not in (LABELLED, EXPENSE)):
        assert unfit(ImageOptions(**picture.options), picture.text) == ""
        assert picture.options["comment"]


def test_an_expense_s_answer_fits_its_fields(pictures: list[Picture]) -> None:
    question = msgspec.convert(msgspec.to_builtins(EXPENSE_QUESTION), FieldsOptions)
    answers = [picture.text for picture in pictures if picture.kind == EXPENSE]
    assert [unfit_answer(question, text) for text in answers] == [""] * len(NUMBERS)
    assert unfit_answer(question, "{}")


@pytest.mark.parametrize(
    ("reading", "turned", "positions"),
    [
        (123, 0.0, [1, 2, 3]),
        (123, 0.5, [1, 2, 3.5]),
        (129, 0.5, [1, 2.5, 9.5]),
        (199, 0.25, [1.25, 9.25, 9.25]),
        (909, 0.5, [9, 0.5, 9.5]),
    ],
)
def test_a_wheel_turns_only_with_a_nine_on_its_right(reading: int, turned: float, positions: list[float]) -> None:
    assert wheel_positions(reading, turned, 3) == positions


def test_the_crowd_types_one_wrong_digit_now_and_then() -> None:
    rng = random.Random(7)
    answers = [typed(rng, "40.51") for _ in range(2000)]
    wrong = [answer for answer in answers if answer != "40.51"]
    assert 0.5 * MISTAKES < len(wrong) / len(answers) < 2 * MISTAKES
    assert {sum(a != b for a, b in zip(answer, "40.51", strict=True)) for answer in wrong} == {1}
    assert {answer[2] for answer in answers} == {"."}
