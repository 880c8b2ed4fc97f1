"""What the demo's customer sends next, and when it calls an answer right."""

import pytest

from demo.customer import MOST_WAITING, Customer, Outcome
from demo.household import Household, MarketPlace, Sent


def customer_with(**waiting: int) -> Customer:
    """A customer who has that many pictures of each kind out; it talks to nobody here."""
    out = [Sent(kind, n, f"{kind} {n}", "text", n) for kind, count in waiting.items() for n in range(count)]
    return Customer("127.0.0.1:1", Household(1, "0" * 32, 1, [], [], MarketPlace("", "", ""), [], sent=out))


def test_signs_are_sent_however_quickly_the_crowd_takes_the_rest() -> None:
    assert customer_with(sign=MOST_WAITING["sign"] - 1).wanted(("sign",)) == "sign"


def test_no_more_wait_than_the_bound() -> None:
    assert customer_with(**MOST_WAITING).wanted(("sign",)) is None
    assert customer_with(**MOST_WAITING).wanted(("receipt", "meter")) is None


def test_the_scarcer_of_two_kinds_goes_next() -> None:
    assert customer_with(receipt=1).wanted(("receipt", "meter")) == "meter"
    assert customer_with(receipt=2, meter=1).wanted(("receipt", "meter")) == "meter"
    assert customer_with(meter=1).wanted(("receipt", "meter")) == "receipt"


@pytest.mark.parametrize(
    ("given", "right"), [("West Road", True), ("west  road ", True), ("West Rd", False), ("", False)]
)
def test_capitals_and_spaces_do_not_make_an_answer_wrong(given: str, right: bool) -> None:
    assert Outcome(Sent("sign", 1, "", "WEST ROAD"), given).right is right
