"""What scopes, roles and refusals about keys, people and money are called."""

from starlette.requests import Request

from manyeyes.accounts.rules import MONEY_READ, TASKS_READ, TASKS_WRITE, WEBHOOKS
from manyeyes.accounts.top_ups import TopUpState
from manyeyes.console.shared.appearance import look_of
from manyeyes.console.shared.languages import catalogue, mark
from manyeyes.values.refusals import Reason, Refusal

SCOPES = {
    TASKS_READ: mark("See tasks and results"),
    TASKS_WRITE: mark("Send and cancel tasks"),
    MONEY_READ: mark("See money"),
    WEBHOOKS: mark("Call-backs"),
}
STATES = {
    TopUpState.OPEN: mark("Waiting"),
    TopUpState.APPROVED: mark("Approved"),
    TopUpState.DECLINED: mark("Declined"),
}
LOOKS = {TopUpState.OPEN: "waiting", TopUpState.APPROVED: "solved", TopUpState.DECLINED: "unsolvable"}
_GONE = mark("It is not there any more.")
_REFUSED = {
    Reason.LAST_OWNER: mark("An account always has an owner: make somebody else an owner first."),
    Reason.KEY_REPLACED: mark("That key has been replaced already, and ends by itself."),
    Reason.ENOUGH_OF_THEM: mark("There are as many as there may be."),
    Reason.THRESHOLD_FIXED: mark("The operator sets this threshold now. Nothing was changed."),
    Reason.THRESHOLD_OUT_OF_BOUNDS: mark(
        "That is outside of what the operator lets you choose. Nothing was changed; the bounds of now stand below."
    ),
    Reason.ROLE_FORBIDS: mark("Only an owner may do this."),
    Reason.UNKNOWN_ADDRESS: _GONE,
    Reason.ADDRESS_THERE: mark("That address is there already."),
    Reason.NO_MAIL: mark("No e-mail is sent here: the operator has set no mail server."),
    Reason.UNKNOWN_COLLEAGUE: _GONE,
    Reason.UNKNOWN_CLIENT_KEY: _GONE,
}
_UNREADABLE = mark("That could not be taken as it was typed. Nothing was changed.")


def in_words(request: Request, messages: dict[str, str]) -> dict[str, str]:
    """Return messages in the reader's language, by what they are for."""
    translate = catalogue(look_of(request).language).ugettext
    return {key: translate(message) for key, message in messages.items()}


def refused(request: Request, refusal: Refusal) -> dict[str, str]:
    """Return why something was not done: in the reader's language, and of what was typed the fault itself."""
    translate = catalogue(look_of(request).language).ugettext
    known = _REFUSED.get(refusal.reason)
    return {"words": translate(known or _UNREADABLE), "detail": "" if known else refusal.detail}
