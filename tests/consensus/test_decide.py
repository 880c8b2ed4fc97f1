"""What follows from answers: by the terms, whatever the people, their skills, the labels' names and the order."""

import math
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manyeyes.consensus.decide import decide
from manyeyes.consensus.rules import Accept, Adjudicate, AskMore, Given, HowMany, Method, Proof, Shape, ShapeKind, Skill
from manyeyes.consensus.verdicts import verdict

CATS = ("cat", "dog", "fox")
LABEL = Shape(kind=ShapeKind.LABEL, labels=CATS)
LABELS = Shape(kind=ShapeKind.LABELS, labels=CATS)
TEXT = Shape(kind=ShapeKind.TEXT)
NUMBER = Shape(kind=ShapeKind.NUMBER, tolerance=Decimal("0.5"))
FIELDS = Shape(kind=ShapeKind.FIELDS, fields={"name": TEXT, "age": NUMBER, "of": LABELS})
FIXED = HowMany(first=3, at_most=5)
SURE = HowMany(first=1, at_most=5, wrong_at_most=0.05)
SURELY_RIGHT, SURELY_WRONG = Skill(right=1e12), Skill(wrong=1e12)
EXPERT = Skill(right=990, wrong=5)

ONE_CHANCE = (Method.MAJORITY, Method.ONE_COIN)
weights = st.floats(0, 1e15) | st.sampled_from([0.0, 1e300])
skills_of_one = st.builds(
    Skill,
    right=weights,
    wrong=weights,
    confusion=st.dictionaries(st.sampled_from(CATS), st.dictionaries(st.sampled_from(CATS), st.floats(0, 1e15))),
)
crowds = st.dictionaries(st.integers(1, 9), skills_of_one)
labels_given = st.lists(st.sampled_from([*CATS, "bird"]), min_size=1, max_size=9)
texts_given = st.lists(st.sampled_from(["AB", "ab", "a b", "x"]), min_size=1, max_size=9)
numbers_given = st.lists(st.integers(-20, 20).map(lambda n: f"{n / 4:g}"), min_size=1, max_size=9)
chosen_given = st.lists(
    st.sets(st.sampled_from(CATS)).map(lambda names: msgspec.json.encode(sorted(names)).decode()),
    min_size=1,
    max_size=9,
)
forms_given = st.lists(
    st.tuples(st.sampled_from(["Bo", "bo", "Al"]), st.sampled_from([1, 2, 2.5, None])).map(
        lambda parts: msgspec.json.encode({"name": parts[0], "age": parts[1], "of": ["cat"]}).decode()
    ),
    min_size=1,
    max_size=9,
)
asked = st.one_of(
    st.tuples(st.just(LABEL), labels_given),
    st.tuples(st.just(TEXT), texts_given),
    st.tuples(st.just(NUMBER), numbers_given),
    st.tuples(st.just(LABELS), chosen_given),
    st.tuples(st.just(FIELDS), forms_given),
)
how_manies = st.builds(
    HowMany,
    first=st.integers(1, 5),
    at_most=st.integers(1, 9),
    wrong_at_most=st.none() | st.floats(0.001, 0.5),
)
proofs = st.builds(Proof, threshold=st.none() | st.floats(0.3, 1), is_refused=st.booleans())


def people(texts) -> list[Given]:
    return [Given(number, text) for number, text in enumerate(texts, start=1)]


@given(asked, crowds, how_manies, proofs, st.sampled_from(Method))
def test_nobody_is_asked_past_the_cap_and_no_figure_is_out_of_bounds(question, skills, how_many, proof, method):
    shape, texts = question
    step = decide(shape, people(texts), skills, how_many, proof, method)
    if isinstance(step, AskMore):
        assert 1 <= step.people <= how_many.at_most - len(texts)
        return
    assert 0 <= step.confidence <= 1 + 1e-12
    if isinstance(step, Accept):
        assert not proof.is_refused or how_many.wrong_at_most is None
        assert step.is_proven <= step.is_certain
        assert step.is_certain or how_many.wrong_at_most is None
    else:
        assert how_many.wrong_at_most is not None
        assert proof.is_refused or len(texts) >= how_many.at_most


@given(asked, crowds, st.sampled_from(Method), st.randoms(use_true_random=False))
def test_the_order_of_answers_changes_nothing(question, skills, method, chance):
    shape, texts = question
    shuffled = people(texts)
    chance.shuffle(shuffled)
    assert verdict(shape, people(texts), skills, method) == verdict(shape, shuffled, skills, method)


@given(labels_given, crowds, st.sampled_from(Method), st.permutations([*CATS, "bird"]))
def test_the_names_of_labels_change_nothing(texts, skills, method, names):
    new = dict(zip([*CATS, "bird"], names, strict=True))
    renamed = {
        worker: msgspec.structs.replace(
            skill,
            confusion={new[a]: {new[b]: n for b, n in row.items()} for a, row in skill.confusion.items()},
        )
        for worker, skill in skills.items()
    }
    labels = Shape(kind=ShapeKind.LABEL, labels=tuple(new[label] for label in CATS))
    before = verdict(LABEL, people(texts), skills, method)
    after = verdict(labels, people([new[text] for text in texts]), renamed, method)
    assert (after.value, after.is_tied) == (new[before.value], before.is_tied)
    assert after.confidence == pytest.approx(before.confidence, rel=1e-6)


@given(asked, crowds, st.sampled_from(ONE_CHANCE), skills_of_one)
def test_one_more_of_the_best_answer_never_makes_it_less_sure(question, skills, method, newcomer):
    shape, texts = question
    before = verdict(shape, people(texts), skills, method)
    if shape.kind is ShapeKind.FIELDS or shape.kind is ShapeKind.NUMBER:
        texts = [before.value] * len(texts)  # else the value may be nobody's, or move the group's median
        before = verdict(shape, people(texts), skills, method)
    more = verdict(shape, [*people(texts), Given(10, before.value)], {**skills, 10: newcomer}, method)
    assert more.value == before.value
    assert more.confidence >= before.confidence - 1e-9


@given(st.integers(1, 8), st.sampled_from(Method))
def test_unknown_people_who_all_say_the_same_are_surer_the_more_they_are(number, method):
    fewer = verdict(LABEL, people(["cat"] * number), {}, method)
    more = verdict(LABEL, people(["cat"] * (number + 1)), {}, method)
    assert fewer.confidence < more.confidence <= 1


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("skill", [Skill(), SURELY_RIGHT, SURELY_WRONG, Skill(right=1e300, wrong=1e300)])
@pytest.mark.parametrize("shape", [LABEL, TEXT, NUMBER])
def test_one_person_alone_has_a_chance_whatever_is_known_of_them(shape, skill, method):
    text = "1" if shape is NUMBER else "cat"
    found = verdict(shape, people([text]), {1: skill}, method)
    assert found.value == text
    assert not found.is_tied
    assert math.isfinite(found.confidence)
    assert 0 < found.confidence <= 1


def test_an_unknown_person_alone_is_as_sure_as_the_prior():
    for shape in (LABEL, TEXT):
        assert verdict(shape, people(["cat"]), {}, Method.ONE_COIN).confidence == pytest.approx(0.8)


def test_fixed_terms_take_what_most_gave():
    step = decide(LABEL, people(["cat", "dog", "cat"]), {}, FIXED)
    assert isinstance(step, Accept)
    assert (step.value, step.is_certain, step.is_proven) == ("cat", True, False)


def test_the_first_round_is_asked_whole():
    assert decide(LABEL, [], {}, FIXED) == AskMore(3)
    assert decide(LABEL, people(["cat"]), {}, FIXED) == AskMore(2)
    assert decide(LABEL, people(["cat"]), {}, HowMany(first=3, at_most=2)) == AskMore(1)


def test_a_tie_asks_one_more_and_at_the_cap_the_better_guess_is_uncertain():
    assert decide(LABEL, people(["cat", "dog", "fox"]), {}, FIXED) == AskMore(1)
    step = decide(LABEL, people(["cat", "dog", "fox", "fox", "dog"]), {5: EXPERT}, FIXED)
    assert isinstance(step, Accept)
    assert (step.value, step.is_certain) == ("dog", False)


def test_weights_decide_where_that_is_the_method():
    answers = people(["cat", "cat", "dog"])
    known = {1: Skill(right=5, wrong=5), 2: Skill(right=5, wrong=5), 3: EXPERT}
    assert decide(LABEL, answers, known, FIXED).value == "cat"
    assert decide(LABEL, answers, known, FIXED, method=Method.ONE_COIN).value == "dog"


def test_confusions_decide_where_that_is_the_method():
    """Who calls every dog a cat says little by cat, and much by dog."""
    blind = Skill(right=50, wrong=50, confusion={"cat": {"cat": 50}, "dog": {"cat": 48, "dog": 2}, "fox": {"fox": 50}})
    answers = people(["cat", "cat", "dog"])
    step = decide(LABEL, answers, {1: blind, 2: blind}, FIXED, method=Method.DAWID_SKENE)
    assert step.value == "dog"


def test_sure_terms_ask_until_the_score_passes_and_then_a_reviewer():
    assert decide(LABEL, people(["cat"]), {}, SURE) == AskMore(1)
    step = decide(LABEL, people(["cat", "cat"]), {}, SURE)
    assert isinstance(step, Accept)
    assert step.is_certain
    assert not step.is_proven
    step = decide(LABEL, people(["cat", "dog", "fox", "cat", "dog"]), {}, SURE)
    assert isinstance(step, Adjudicate)
    assert step.proposal in ("cat", "dog")


def test_one_person_who_is_known_well_is_enough_but_not_for_a_text():
    assert isinstance(decide(LABEL, people(["cat"]), {1: EXPERT}, SURE), Accept)
    assert isinstance(decide(NUMBER, people(["7"]), {1: EXPERT}, SURE), Accept)
    assert decide(TEXT, people(["cat"]), {1: EXPERT}, SURE) == AskMore(1)
    assert isinstance(decide(TEXT, people(["cat", "CAT"]), {1: EXPERT}, SURE), Accept)


def test_a_proven_threshold_stands_above_what_the_score_claims():
    answers = people(["cat", "cat"])
    assert decide(LABEL, answers, {}, SURE, Proof(threshold=0.9999)) == AskMore(1)
    assert decide(LABEL, people(["cat"]), {}, SURE, Proof(threshold=0.5)).is_proven
    assert decide(LABEL, people(["cat", "dog"]), {}, SURE, Proof(threshold=0.3)) == AskMore(1)


def test_a_refused_question_goes_to_a_reviewer_after_the_first_round():
    assert isinstance(decide(LABEL, people(["cat", "cat", "cat"]), {}, SURE, Proof(is_refused=True)), Adjudicate)


def test_nobody_to_ask_and_nothing_given_is_an_error():
    with pytest.raises(ValueError, match="nobody"):
        decide(LABEL, [], {}, HowMany(first=1, at_most=0))


def test_fields_are_decided_one_by_one():
    """No two forms are alike, and yet each field has its majority."""
    answers = people(
        [
            '{"name":"Bo","age":1,"of":["cat"]}',
            '{"name":"bo","age":9,"of":["cat","dog"]}',
            '{"name":"Al","age":1.50,"of":["dog"]}',
        ]
    )
    step = decide(FIELDS, answers, {}, FIXED)
    assert isinstance(step, Accept)
    assert step.is_certain
    assert step.value == '{"name":"Bo","age":1,"of":["cat","dog"]}'
    parts = [
        verdict(TEXT, people(["Bo", "bo", "Al"]), {}, Method.MAJORITY),
        verdict(NUMBER, people(["1", "9", "1.50"]), {}, Method.MAJORITY),
        verdict(LABELS, people(['["cat"]', '["cat","dog"]', '["dog"]']), {}, Method.MAJORITY),
    ]
    assert step.confidence == min(part.confidence for part in parts)


def test_one_unclear_field_asks_one_more():
    answers = people(
        ['{"name":"Bo","age":1,"of":[]}', '{"name":"Bo","age":2,"of":[]}', '{"name":"Bo","age":3,"of":[]}']
    )
    assert decide(FIELDS, answers, {}, FIXED) == AskMore(1)


def test_labels_that_make_no_answer_of_the_question_are_not_certain():
    one_at_least = Shape(kind=ShapeKind.LABELS, labels=CATS, at_least=1)
    step = decide(one_at_least, people(['["cat"]', '["dog"]', '["fox"]']), {}, HowMany(first=3, at_most=3))
    assert isinstance(step, Accept)
    assert not step.is_certain


def test_a_label_never_seen_before_is_an_answer_like_another():
    step = decide(LABEL, people(["bird", "bird", "cat"]), {}, FIXED, method=Method.DAWID_SKENE)
    assert step.value == "bird"
    assert decide(Shape(kind=ShapeKind.LABEL), people(["x", "x", "x"]), {}, SURE).value == "x"


@settings(max_examples=50)
@given(crowds, st.sampled_from(Method))
def test_complete_ties_are_ties(skills, method):
    same = dict.fromkeys(range(1, 5), skills.get(1, Skill()))
    found = verdict(LABEL, people(["cat", "dog", "dog", "cat"]), same, Method.MAJORITY)
    assert found.is_tied
    assert found.value == "cat"
