"""Where ends are told: one bound on the address, whoever gives it and however (docs/reference/v1/tasks.md)."""

import pytest

from manyeyes.outbound.given_address import LONGEST_CALLBACK, read_callback_address

ADDRESS = "https://example.org/told?"


@pytest.mark.parametrize("blanks", ["", "  \n"])
def test_an_address_has_so_many_characters_at_most_and_blanks_are_none(blanks: str):
    longest = ADDRESS.ljust(LONGEST_CALLBACK, "a")
    assert read_callback_address(blanks + longest + blanks, ()) == longest
    with pytest.raises(ValueError, match="at most 2,000 characters"):
        read_callback_address(blanks + longest + "a" + blanks, ())


def test_none_is_none():
    assert read_callback_address(" ", ()) == ""
