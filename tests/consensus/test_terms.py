"""Terms as they are asked for: whatever is taken can happen, whoever answers (docs/decisions/0067)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.consensus.decide import decide
from manyeyes.consensus.rules import Accept, AskMore, Given, Shape, ShapeKind, Skill
from manyeyes.consensus.terms import MOST_ANSWERS, PeopleTerms, TermsFault, Uncertain, people_terms, within

TEXT = Shape(kind=ShapeKind.TEXT)
SHAPES = (TEXT, Shape(kind=ShapeKind.NUMBER), Shape(kind=ShapeKind.LABEL, labels=("0", "1")))
counts = st.none() | st.integers(-1, MOST_ANSWERS + 1)
shares = st.none() | st.sampled_from([0.0, 0.001, 0.05, 0.5, 0.6])


@given(answers=counts, most=counts, wrong=shares, uncertain=st.none() | st.sampled_from(Uncertain))
def test_what_is_taken_can_happen(
    answers: int | None, most: int | None, wrong: float | None, uncertain: Uncertain | None
):
    terms = people_terms(answers=answers, answers_at_most=most, wrong_at_most=wrong, uncertain=uncertain)
    if isinstance(terms, TermsFault):
        return
    how_many = terms.how_many()
    oracles = {n: Skill(right=1e9) for n in range(terms.answers_at_most)}
    for shape in SHAPES:
        alike = [Given(n, "1") for n in range(terms.answers_at_most)]
        together = decide(shape, alike, oracles, how_many)
        assert isinstance(together, Accept), "people who know bring a result"
        assert together.is_certain
    unlike = [Given(n, str(n)) for n in range(terms.answers)]
    if terms.answers_at_most > terms.answers:
        assert isinstance(decide(TEXT, unlike, {}, how_many), AskMore), "somebody more is asked where people differ"
    if terms.uncertain is Uncertain.REVIEW:
        assert terms.answers_at_most > 1, "something may be uncertain"


@pytest.mark.parametrize(
    ("asked", "member"),
    [
        ({"answers_at_most": 7}, "answers_at_most"),
        ({"answers": 1, "answers_at_most": 2}, "answers_at_most"),
        ({"answers": 1, "answers_at_most": 1, "wrong_at_most": 0.5}, "answers_at_most"),
        ({"answers": 1, "uncertain": Uncertain.REVIEW}, "uncertain"),
    ],
)
def test_what_can_never_happen_names_its_member(asked: dict[str, int | float], member: str):
    found = people_terms(**asked)  # type: ignore[arg-type]
    assert isinstance(found, TermsFault)
    assert found.member == member


def test_a_bound_on_the_price_never_leaves_sure_terms_to_one_person():
    sure = PeopleTerms(answers=1, answers_at_most=7, wrong_at_most=0.05)
    assert within(sure, 100, 199) is None
    assert within(sure, 100, 200) == PeopleTerms(answers=1, answers_at_most=2, wrong_at_most=0.05)
    assert within(PeopleTerms(), 100, 100) == PeopleTerms()
