"""Challenges of passkeys: what nobody made, or made for another thing or long ago, opens nothing (decision 0082)."""

from datetime import UTC, datetime, timedelta

from manyeyes.values.challenges import CHALLENGE_SECONDS, SIGN_IN, Challenges


def test_a_challenge_ends():
    made, now = Challenges(b"k" * 32), datetime(2026, 1, 1, tzinfo=UTC)
    fresh = made.new(SIGN_IN, now)
    assert made.open(fresh, SIGN_IN, now + timedelta(seconds=CHALLENGE_SECONDS - 1))
    assert made.open(fresh, SIGN_IN, now + timedelta(seconds=CHALLENGE_SECONDS)) is None
    assert made.open(fresh, b"make operator 0", now) is None
    assert Challenges(b"j" * 32).open(fresh, SIGN_IN, now) is None
    assert made.open(fresh[:-1], SIGN_IN, now) is None
