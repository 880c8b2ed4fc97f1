"""From audits to a promise, step by step: when the audits are looked at, and what follows (docs/decisions/0058). Pure.

A look at a number of audits that was fixed beforehand may prove a threshold (consensus/proof.py); each look counts
audits that no look has counted. What is watched at every audit is the bound that may be watched (always_valid.py).
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from manyeyes.consensus.always_valid import Audits, least_wrong
from manyeyes.consensus.proof import CONFIDENCE, Audited, audits_needed, prove, unproven_score
from manyeyes.values.binomial_bounds import lower_bound

_STEPS = (1.5, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
LOWEST_THRESHOLD = 0.5
FEW = 10  # unseen results for each audit; where there are more, a promise for these is one of the rate
MOST_AUDITS = 200_000  # of a look for which no number would do: it comes never, and the bound still refuses


class Certainty(msgspec.Struct, frozen=True, kw_only=True):
    """A row of `certainty`: what is known of a customer's question in a queue, for the share ``target``.

    ``accepted`` results, ``audits`` of them and ``wrong`` ones count since ``since``: the rule that accepts them is
    unchanged since. ``threshold``: the score from which on the promise is proven, None: not proven. ``needed``: audits
    until the next look, which has ``drawn`` so far, in ``round``.
    """

    account_id: int
    queue_id: int
    question_id: int
    target: float
    accepted: int
    audits: int
    wrong: int
    threshold: float | None
    is_refused: bool
    needed: int
    since: datetime
    proven_at: datetime | None
    round: int
    drawn: int

    @property
    def scope(self) -> tuple[int, int, int, float]:
        """Return whose promise it is: (account, queue, question, target)."""
        return self.account_id, self.queue_id, self.question_id, round(self.target, 4)

    @property
    def counted(self) -> Audits:
        """Return the audits as the bounds take them."""
        return Audits(self.audits, self.wrong)


@lru_cache(maxsize=1024)
def first_look(target: float) -> int:
    """Return after how many audits a promise is looked at: as many as are likely to prove it (`audits_needed`)."""
    return audits_needed(target) or MOST_AUDITS


def in_force(target: float, threshold: float | None) -> float:
    """Return the score that accepts a result now: the proven one, or what would do if scores were what they claim."""
    return unproven_score(target) if threshold is None else threshold


def candidates(target: float, threshold: float | None) -> tuple[float, ...]:
    """Return the thresholds that a look tests, the strictest first: the one in force, and fixed ones below it.

    They are fixed beforehand, so nothing of the audits has a part in their choice. Above the one in force nothing is
    known: who was not asked more because the score was enough cannot be asked later.
    """
    strictest = in_force(target, threshold)
    lower = (1 - target * step for step in _STEPS)
    return (strictest, *(each for each in lower if LOWEST_THRESHOLD <= each < strictest))


def after_audit(
    known: Certainty, counted: Sequence[Audited], *, is_accepted: bool, is_wrong: bool, now: datetime
) -> Certainty:
    """Return what is known after one audit more; ``counted``: those of this round, with it.

    A refused one stays so until a look proves a threshold: whatever was found wrong before does not count against that.
    """
    audits, wrong = known.audits + is_accepted, known.wrong + (is_accepted and is_wrong)
    known = msgspec.structs.replace(
        known, audits=audits, wrong=wrong, drawn=known.drawn + 1, needed=max(known.needed - 1, 0)
    )
    if not known.is_refused and least_wrong(known.counted) > known.target:
        return _refuted(known, now)
    return _looked(known, counted, now) if known.needed == 0 else known


def anew(known: Certainty, now: datetime, threshold: float | None = None) -> Certainty:
    """Return it with nothing counted: the rule that accepts results is another one from now on."""
    return msgspec.structs.replace(
        known,
        accepted=0,
        audits=0,
        wrong=0,
        threshold=threshold,
        is_refused=False,
        needed=first_look(round(known.target, 4)),
        since=now,
        proven_at=None,
        round=known.round + 1,
        drawn=0,
    )


def _refuted(known: Certainty, now: datetime) -> Certainty:
    """Return what follows when more than the target is wrong: a lowered threshold falls, else people do not know."""
    if known.threshold is not None and known.threshold < in_force(known.target, None):
        return anew(known, now)
    return _refused(known)


def _refused(known: Certainty) -> Certainty:
    """Return it with nothing accepted, until a look at as many fresh audits as a first one takes proves something."""
    return msgspec.structs.replace(
        known,
        threshold=None,
        is_refused=True,
        needed=first_look(round(known.target, 4)),
        proven_at=None,
        round=known.round + 1,
        drawn=0,
    )


def _looked(known: Certainty, counted: Sequence[Audited], now: datetime) -> Certainty:
    """Return what the look says. What it does not prove again stays proven: only evidence against it ends a proof.

    Refused is what is not proven, and of which all audits say that more than the target is wrong (`proof.is_refuted`).
    """
    target = round(known.target, 4)
    promised = _promised(known, len(counted), target)
    proof = prove(counted, candidates(target, known.threshold), target, promised=promised).proof
    if proof.threshold is not None and (known.is_refused or proof.threshold < in_force(target, known.threshold)):
        return msgspec.structs.replace(anew(known, now, proof.threshold), proven_at=now)
    if proof.threshold is None and known.threshold is None and (known.is_refused or _is_refuted(known, target)):
        return _refused(known)
    fresh = msgspec.structs.replace(known, round=known.round + 1, drawn=0, needed=_next_look(known, target))
    if proof.threshold is None:
        return fresh
    return msgspec.structs.replace(fresh, threshold=proof.threshold, proven_at=known.proven_at or now)


def _promised(known: Certainty, audits: int, target: float) -> list[float]:
    """Return scores of the accepted results that nobody looked at, where audits are not few beside them; else none.

    They have the score in force at least, and that is all that is known of them. Where one wrong result breaks the
    promise for so few, no audit of others could make it, and it is one of the rate.
    """
    unseen = known.accepted - known.audits
    if unseen * target < 1 or unseen > audits * FEW:
        return []
    return [in_force(target, known.threshold)] * unseen


def _is_refuted(known: Certainty, target: float) -> bool:
    return known.audits > 0 and lower_bound(known.wrong, known.audits, CONFIDENCE) > target


def _next_look(known: Certainty, target: float) -> int:
    """Return how many fresh audits the next look takes: as many as what was found so far calls for."""
    more = audits_needed(target, known.audits, known.wrong)
    if more is None:
        return first_look(target) * 2
    return max(first_look(target), known.audits + more if more else 0)
