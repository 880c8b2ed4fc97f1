"""Long texts: the one that is most like the others is chosen, in whatever order they come."""

from hypothesis import given, settings
from hypothesis import strategies as st

from manyeyes.consensus.hrrasa import hrrasa, reliabilities
from manyeyes.consensus.rules import Given

SAID = "the train to the north leaves at nine from the last platform"
NEAR = "the train to the north leaves at nine from the first platform"
ALSO = "a train to the north leaves at nine from the last platform"
FAR = "nobody knows what is said here at all"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.sampled_from(
    (SAID, NEAR, FAR, "", "!?", "字👍🏿")
)


def test_the_text_that_is_most_like_the_others_is_chosen():
    found = hrrasa(
        {"a": [Given(1, FAR), Given(2, NEAR), Given(3, SAID), Given(4, ALSO)], "b": [Given(1, FAR)], "c": []}
    )
    assert set(found) == {"a", "b"}
    assert found["a"].text == SAID
    assert 0.4 < found["a"].likeness < 1
    assert (found["b"].text, round(found["b"].likeness, 9)) == (FAR, 1)


def test_who_is_reliable_weighs_more():
    item = {"a": [Given(1, FAR), Given(2, NEAR), Given(3, NEAR)]}
    assert hrrasa(item)["a"].text == NEAR
    assert hrrasa(item, {1: 9.0})["a"].text == FAR


def test_who_is_far_from_the_others_again_and_again_is_less_reliable():
    items = {
        str(n): [Given(1, f"{SAID} {n}"), Given(2, f"{NEAR} {n}"), Given(3, f"{ALSO} {n}"), Given(4, f"{FAR} {n * 7}")]
        for n in range(20)
    }
    found = reliabilities(items)
    assert found[4] < 0.6 < 1 < min(found[1], found[2], found[3])
    assert set(found) == {1, 2, 3, 4}
    assert reliabilities({}) == hrrasa({}) == {}


@given(st.dictionaries(st.sampled_from("abcd"), st.lists(texts, max_size=5)), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=30)
def test_no_order_changes_what_is_chosen(typed: dict[str, list[str]], chance):
    items = {name: [Given(n, text) for n, text in enumerate(each)] for name, each in typed.items()}
    found, people = hrrasa(items), reliabilities(items)
    assert set(found) == {name for name, each in items.items() if each}
    assert all(found[name].text in typed[name] for name in found)
    assert all(0 < value < 100 for value in people.values())
    mixed = {name: chance.sample(items[name], len(items[name])) for name in chance.sample(sorted(items), len(items))}
    assert hrrasa(mixed) == found
    assert reliabilities(mixed) == people
