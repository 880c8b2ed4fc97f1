"""Which notices an account has by e-mail, and where they go (docs/decisions/0087)."""

import enum
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from manyeyes.values.refusals import MemberFault, Reason, Refusal

MAILTO = "mailto:"  # how the address of a delivery begins that is mail
CONFIRM = "notice.confirm"  # the event that asks an address whether it wants notices
MOST_ADDRESSES = 20  # of an account at once, and made in a day: nobody has us write to strangers without end
CONFIRM_DAYS = 7
A_DAY = timedelta(days=1)  # in which an account adds so many, and is mailed once that its balance is low
NOTICE_LANGUAGES = ("en", "vi", "th", "id", "zh-Hans")  # the console's own


class NoticeKind(enum.StrEnum):
    """What may be told by e-mail; the same words as events of call-backs have."""

    BALANCE_LOW = "balance.low"
    JOB_FINISHED = "job.finished"
    JOB_STUCK = "job.stuck"
    TOP_UP_DECIDED = "top_up.decided"
    COMPLAINT_DECIDED = "complaint.decided"


class NoticeAddress(msgspec.Struct, frozen=True, kw_only=True):
    """``confirmed_at`` None: nobody there has said yes. ``ended_at``: removed, or ``unsubscribed`` there."""

    account_id: int
    address_id: int
    address: str
    notices: tuple[str, ...]
    language: str
    created_at: datetime
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    unsubscribed: bool = False

    @property
    def may_get(self) -> bool:
        """Tell whether notices go there."""
        return self.confirmed_at is not None and self.ended_at is None


def read_kinds(names: Sequence[str]) -> tuple[str, ...]:
    """Return kinds in their own order, each once. Raises ValueError for one that there is not, and for none."""
    for name in names:
        if name not in list(NoticeKind):
            raise ValueError(f"{name[:40]!r} is no notice; there are {', '.join(NoticeKind)}")
    if not names:
        raise ValueError("choose at least one notice")
    return tuple(str(kind) for kind in NoticeKind if kind in names)


def refused_new(known: Sequence[NoticeAddress], address: str, now: datetime) -> Refusal | None:
    """Return why an account cannot have another address; None when it can. ``known``: its own, ended ones too."""
    live = [each for each in known if each.ended_at is None]
    if any(each.address == address for each in live):
        said = f"{address} is there already"
        return Refusal(Reason.ADDRESS_THERE, said, (MemberFault(said, "/address"),))
    fresh = [each for each in known if now - each.created_at < A_DAY]
    if len(live) >= MOST_ADDRESSES or len(fresh) >= MOST_ADDRESSES:
        return Refusal(
            Reason.ENOUGH_OF_THEM, f"an account has at most {MOST_ADDRESSES} addresses, and adds as many a day"
        )
    return None


def can_confirm(found: NoticeAddress, now: datetime) -> bool:
    """Tell whether the link to confirm an address still counts."""
    return found.ended_at is None and now - found.created_at < timedelta(days=CONFIRM_DAYS)
