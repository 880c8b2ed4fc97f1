"""Who of those who run the installation may do what: the one rule of roles and deeds (docs/decisions/0076)."""

from manyeyes.values.actor import OPERATOR, SUPPORT
from manyeyes.values.deeds import Deed

FOUNDER = 0  # `staff_id` of whoever has the first link: always an operator, never removed
FOUNDERS_NAME = "operator"
COMPANYS_WORD_SECONDS = 43_200.0  # a working day: who leaves the company is out by the next one, however they came
# What helps people at work and customers, and neither moves money, nor says what something costs or pays, nor who may
# do all that. A new deed is an operator's alone until it is named here.
SUPPORTS = frozenset(
    {
        *(Deed.ANNOUNCEMENT_ADD, Deed.ANNOUNCEMENT_END),
        *(Deed.APP_ADD, Deed.APP_SET, Deed.APPEAL_DECIDE, Deed.BAR_DECIDE, Deed.BUCKET_KEEP, Deed.BUCKET_REMOVE),
        *(Deed.JOB_SET, Deed.KEY_ISSUE, Deed.KEY_REVOKE, Deed.LINK_CLOSE, Deed.LINK_MAKE, Deed.LINK_USE),
        *(Deed.NETWORK_BLOCK, Deed.NETWORK_UNBLOCK, Deed.PASSKEY_REMOVE, Deed.RECOGNITION_IMPORT),
        *(Deed.SIGN_IN, Deed.SIGN_OUT, Deed.SIGN_OUT_EVERYWHERE, Deed.SITE_ADD, Deed.SITE_WITHDRAW),
        *(Deed.WEBHOOK_SECRET_ROTATE, Deed.WORKER_ADD, Deed.WORKER_DISABLE, Deed.WORKER_ENABLE, Deed.WORKER_SET),
    }
)


def may(role: str, deed: Deed | None) -> bool:
    """Tell whether somebody with this role may do this; None: change something that has no name, an operator's alone.

    Everybody of the staff may read everything. An auditor changes nothing.
    """
    if role == SUPPORT:
        return deed in SUPPORTS
    return role == OPERATOR
