"""What the screen says of practice: which picture of how many this is, how a try went, and why nothing can be begun."""

import msgspec

from manyeyes.console.shared.task_wording import Words, filled
from manyeyes.roles.practising import PracticeOffer


class Rest(msgspec.Struct, frozen=True, kw_only=True):
    """The words of a screen where no picture lies. ``is_stopped``: work cannot be begun, so nothing is there to press.

    ``queue_id``: whose practice the words are about; 0: none.
    """

    title: str
    lines: tuple[str, ...]
    is_stopped: bool = False
    queue_id: int = 0


def step_words(words: Words, offer: PracticeOffer | None) -> str:
    """Return which picture of how many one is at, and whether it is paid; of no open try only that it is practice."""
    if offer is None or offer.last is None or not offer.last.is_open:
        return str(words["practice.mark"])
    key = "practice.paid" if offer.pay_micros else "practice.unpaid"
    return filled(words, key, {"n": offer.last.given + 1, "all": offer.pictures})


def outcome_words(words: Words, offer: PracticeOffer | None, failed: str = "notice.practice_failed") -> tuple[str, ...]:
    """Return how the last try went, and what may follow; nothing where it goes on, or passed before they fell again.

    ``failed``: the sentence's key for a try that was not passed.
    """
    last = offer.last if offer else None
    if offer is None or last is None or last.is_open:
        return ()
    values = {"right": last.correct, "all": last.pictures, "needed": last.right_needed, "queue": offer.queue.name}
    if last.is_broken_off:
        said = filled(words, "notice.practice_broken_off", {})
    elif last.is_passed:
        return () if offer.is_below else (filled(words, "notice.practice_passed", values),)
    else:
        said = filled(words, failed, values)
    return (said, _what_follows(words, offer)) if offer.is_below else (said,)


def _what_follows(words: Words, offer: PracticeOffer) -> str:
    if offer.may_begin:
        return filled(words, "practice.tries", {"n": offer.tries_left})
    return str(words["practice.nothing" if offer.tries_left else "practice.tried_enough"])


def resting(words: Words, offers: list[PracticeOffer], queue_id: int, *, is_stopped: bool) -> Rest:
    """Return what a screen says on which nothing lies; of several tries the one of ``queue_id``, else the latest."""
    if not is_stopped:
        return Rest(title=str(words["break.ready"]), lines=(str(words["break.how"]),))
    told = [(each.queue.queue_id == queue_id, each.last.begun_at, each) for each in offers if each.last]
    for _, _, offer in sorted(told, key=lambda each: each[:2], reverse=True):
        if said := outcome_words(words, offer, failed="practice.failed"):  # the title says that it was not passed
            is_void = offer.last is not None and offer.last.is_broken_off
            title = words["break.not_decided" if is_void else "break.not_passed"]
            return Rest(title=str(title), lines=said, is_stopped=True, queue_id=offer.queue.queue_id)
    return Rest(title=str(words["break.stopped"]), lines=(str(words["break.why"]),), is_stopped=True)
