"""What audits prove of a question, as the customer's and the operator's page draw it."""

import msgspec

from manyeyes.certainty.proving import Certainty
from manyeyes.consensus.proof import ProofPoint
from manyeyes.console.shared import languages
from manyeyes.console.shared.calibration_curve import Curve, curve, curve_words
from manyeyes.recognitions.calibration import NOTHING_CERTAIN, CalibrationPoint
from manyeyes.roles.promises import ToldPromise

POINT = languages.mark("%(threshold)s: %(errors)s of %(verdicts)s audited results wrong, at most %(bound)s")


class DrawnPromise(msgspec.Struct, frozen=True, kw_only=True):
    """``curve`` None: there is no audit to draw. ``points``: of the table. ``account``: empty on a customer's page."""

    key: str
    words: str
    queue: str
    account: str
    account_id: int
    target: float
    known: Certainty
    threshold: float
    most_wrong: float | None
    audit_share: float
    points: list[ProofPoint]
    curve: Curve | None


def drawn_promise(told: ToldPromise, language: str, account: str = "") -> DrawnPromise:
    """Return one promise with its curve."""
    known, target = told.promise.known, told.promise.known.scope[3]
    points = [point for point in told.promise.points if point.accepted]
    threshold, now = known.threshold, told.promise.threshold
    drawn = None
    if points:
        shown = [_point(point, threshold) for point in points]
        drawn = curve(
            shown, target, now, NOTHING_CERTAIN, curve_words(language, POINT)
        )  # none is proposed: audits set it
    return DrawnPromise(
        key=f"{known.account_id}-{known.queue_id}-{known.question_id}-{target:g}".replace(".", "_"),
        words=told.words,
        queue=told.queue.name,
        account=account,
        account_id=known.account_id,
        target=target,
        known=known,
        threshold=now,
        most_wrong=told.promise.most_wrong,
        audit_share=told.queue.audit_share,
        points=points,
        curve=drawn,
    )


def _point(point: ProofPoint, proven: float | None) -> CalibrationPoint:
    return CalibrationPoint(
        threshold=point.threshold,
        certain_share=point.accepted / point.known,
        verdicts=point.accepted,
        errors=point.wrong,
        upper_bound=point.most_wrong,
        is_proven=proven is not None and point.threshold >= proven,
    )
