"""What follows from the answers given so far: accept, ask more, or let a reviewer judge. Pure (docs/decisions/0060)."""

from collections.abc import Mapping, Sequence

from manyeyes.consensus.rules import (
    NOT_PROVEN,
    Accept,
    Adjudicate,
    AskMore,
    Given,
    HowMany,
    Method,
    NextStep,
    Proof,
    Shape,
    Skill,
)
from manyeyes.consensus.verdicts import Verdict, verdict

TYPED_ALIKE = 2  # so many people must have typed the same before a text is certain


def decide(
    shape: Shape,
    given: Sequence[Given],
    skills: Mapping[int, Skill],
    how_many: HowMany,
    proof: Proof = NOT_PROVEN,
    method: Method = Method.MAJORITY,
) -> NextStep:
    """Return the next step when no seat is open; nobody is asked past ``how_many.at_most``.

    ``given``: one answer a person. ``skills``: by worker, decayed to now; who is missing is known by the prior. Fixed
    terms (``wrong_at_most`` None) accept what most gave, and ask one more at a tie; at the cap the best guess is called
    uncertain. Sure terms accept what the score lets pass and go to a reviewer at the cap; at once where the question is
    refused, since more answers would cost and not help. Where nobody else can be asked the caller says so by
    ``at_most``. Raises ValueError when there is no answer and nobody may be asked, and for texts not of the shape.
    """
    first = min(how_many.first, how_many.at_most)
    if len(given) < first:
        return AskMore(first - len(given))
    if not given:
        raise ValueError("nobody answered and nobody may be asked")
    found = verdict(shape, given, skills, method)
    if how_many.wrong_at_most is None:
        return _fixed(found, len(given), how_many)
    return _sure(found, len(given), how_many, how_many.wrong_at_most, proof)


def _fixed(found: Verdict, answers: int, how_many: HowMany) -> NextStep:
    is_certain = is_clear(found, min(how_many.first, TYPED_ALIKE))
    if is_certain or answers >= how_many.at_most:
        return Accept(value=found.value, confidence=found.confidence, is_certain=is_certain)
    return AskMore(1)


def _sure(found: Verdict, answers: int, how_many: HowMany, wrong_at_most: float, proof: Proof) -> NextStep:
    wanted = 1 - wrong_at_most if proof.threshold is None else proof.threshold
    if not proof.is_refused and found.confidence >= wanted and is_clear(found, TYPED_ALIKE):
        return Accept(value=found.value, confidence=found.confidence, is_proven=proof.threshold is not None)
    if answers < how_many.at_most and not proof.is_refused:
        return AskMore(1)
    return Adjudicate(found.value, found.confidence)


def is_clear(found: Verdict, typed_alike: int) -> bool:
    """Tell whether one answer stands out, and enough people typed it where a text is asked for."""
    return found.is_whole and not found.is_tied and (found.alike is None or found.alike >= typed_alike)
