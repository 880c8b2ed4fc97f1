"""What follows from one audit more: when a look comes, what it proves or refuses, and what lifts a refusal."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from manyeyes.certainty.proving import Certainty, after_audit, candidates, first_look, in_force
from manyeyes.consensus.always_valid import Audits, least_wrong
from manyeyes.consensus.proof import Audited, Stop
from manyeyes.values.binomial_bounds import lower_bound, upper_bound

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LATER = datetime(2026, 12, 1, tzinfo=UTC)


def new(target: float = 0.1, **known: Any) -> Certainty:
    """Return a promise of which nothing is known but ``known``; many results were accepted that nobody audits."""
    blank = Certainty(
        account_id=1,
        queue_id=2,
        question_id=3,
        target=target,
        accepted=1_000_000,
        audits=0,
        wrong=0,
        threshold=None,
        is_refused=False,
        needed=first_look(target),
        since=NOW,
        proven_at=None,
        round=0,
        drawn=0,
    )
    return msgspec.structs.replace(blank, **known)


def audited(known: Certainty, right: int, wrong: int, score: float = 0.99) -> Certainty:
    """Return what is known after audits of accepted results: the wrong ones first, each look with its round's."""
    counted: list[Audited] = []
    for n in range(right + wrong):
        before, counted = known, [*counted, Audited((Stop(score, n < wrong),))]
        is_accepted = not known.is_refused and score >= in_force(known.target, known.threshold)
        known = after_audit(known, counted, is_accepted=is_accepted, is_wrong=n < wrong, now=LATER)
        counted = counted if known.round == before.round else []
    return known


def looked(known: Certainty, right: int, wrong: int, score: float = 0.99) -> Certainty:
    """Return what the look at the next audit says, where the round's are these; it is right."""
    assert known.needed == 1
    counted = [Audited((Stop(score, n < wrong),)) for n in range(right + wrong)]
    return after_audit(known, counted, is_accepted=not known.is_refused, is_wrong=False, now=LATER)


def test_nothing_is_said_before_the_look_and_the_look_proves():
    before = audited(new(), first_look(0.1) - 1, 0)
    assert (before.threshold, before.is_refused, before.needed) == (None, False, 1)
    proven = audited(new(), first_look(0.1), 0)
    assert proven.threshold == min(candidates(0.1, None))  # all have a score above each of them
    assert (proven.is_refused, proven.round, proven.drawn, proven.proven_at) == (False, 1, 0, LATER)


@given(st.integers(0, 178))
def test_a_look_that_proves_nothing_refuses_exactly_what_all_audits_refute(wrong):
    known = looked(new(audits=178, wrong=wrong, drawn=178, needed=1), 179 - wrong, wrong)
    assert known.is_refused == (lower_bound(wrong, 179, 0.95) > 0.1)
    assert (known.threshold is not None) == (upper_bound(wrong, 179, 0.95) <= 0.1)
    assert (known.round, known.drawn) == (1, 0)


def test_the_look_refuses_what_the_bound_that_may_be_watched_does_not_yet():
    wrong = next(n for n in range(179) if lower_bound(n, 179, 0.95) > 0.1)
    assert least_wrong(Audits(179, wrong)) < 0.1
    assert looked(new(audits=178, wrong=wrong, drawn=178, needed=1), 179 - wrong, wrong).is_refused


def test_earlier_rounds_count_for_what_is_refused():
    of_this_round = looked(new(audits=178, wrong=23, drawn=178, needed=1), 156, 23)
    assert not of_this_round.is_refused
    of_all = looked(new(audits=3 * 179 - 1, wrong=3 * 23, drawn=178, needed=1, round=2), 156, 23)
    assert of_all.is_refused
    assert of_all.needed == first_look(0.1)


def test_what_is_refused_is_lifted_by_a_look_at_fresh_audits_that_proves():
    refused = new(audits=300, wrong=90, is_refused=True, needed=first_look(0.1), round=1)
    almost = audited(refused, first_look(0.1) - 1, 0)
    assert almost.is_refused
    lifted = audited(refused, first_look(0.1), 0)
    assert (lifted.is_refused, lifted.threshold, lifted.proven_at) == (False, min(candidates(0.1, None)), LATER)
    assert (lifted.audits, lifted.wrong, lifted.accepted, lifted.since) == (0, 0, 0, LATER)
    assert audited(lifted, 0, 1).threshold == lifted.threshold  # what was wrong before does not come back


def test_what_is_refused_stays_so_where_a_look_proves_nothing():
    refused = new(audits=300, wrong=90, is_refused=True, needed=1, drawn=178, round=1)
    still = looked(refused, 160, 19)
    assert (still.is_refused, still.threshold, still.needed, still.round) == (True, None, first_look(0.1), 2)


def test_a_proof_falls_when_the_bound_that_may_be_watched_says_so():
    proven = audited(new(), first_look(0.1), 0)
    wrong = next(n for n in range(100) if least_wrong(Audits(n, n)) > 0.1)
    assert audited(proven, 0, wrong - 1).threshold == proven.threshold
    fallen = audited(proven, 0, wrong)  # the lowered threshold falls first
    assert (fallen.threshold, fallen.is_refused, fallen.audits, fallen.since) == (None, False, 0, LATER)
    refused = audited(fallen, 0, wrong)
    assert (refused.threshold, refused.is_refused, refused.round) == (None, True, fallen.round + 1)


@pytest.mark.parametrize(
    ("unseen", "is_proven"),
    [
        (1_000_000, True),  # audits are few beside them: the rate is what is proven
        (179, False),  # the unseen half has luck of its own
        (9, True),  # one wrong breaks the promise for so few, so none is made for them
    ],
)
def test_results_that_nobody_looked_at_are_promised_too_where_audits_are_not_few(unseen, is_proven):
    found = looked(new(audits=178, wrong=11, accepted=179 + unseen, drawn=178, needed=1), 168, 11)
    assert (found.threshold is not None) == is_proven
