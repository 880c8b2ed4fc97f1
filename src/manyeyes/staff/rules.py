"""Who of those who run the installation may do what: the one rule of roles and deeds (docs/decisions/0076)."""

from manyeyes.values.actor import AUDITOR, OPERATOR, SUPPORT
from manyeyes.values.deeds import Deed

ROLES = (OPERATOR, AUDITOR, SUPPORT)
FOUNDER = 0  # `staff_id` of whoever has the first link: always an operator, never removed
FOUNDERS_NAME = "operator"
# What moves money, says what something costs or pays, or says who may do all that: support has no part in it.
OPERATORS_ONLY = frozenset({Deed.BALANCE_TOP_UP, Deed.ACCOUNT_OPEN, Deed.ACCOUNT_SET, Deed.QUEUE_ADD, Deed.QUEUE_SET})


def may(role: str, deed: Deed | None) -> bool:
    """Tell whether somebody with this role may do this; None: change something that has no name, an operator's alone.

    Everybody of the staff may read everything. An auditor changes nothing.
    """
    if role == SUPPORT:
        return deed is not None and deed not in OPERATORS_ONLY
    return role == OPERATOR
