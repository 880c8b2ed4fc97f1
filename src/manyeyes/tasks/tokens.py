"""Tasks that ask for the token of a site's own widget: their kinds, queues, options and answers. Pure.

They exist only behind the owner's proof (sites/rules.py; docs/decisions/0015).
"""

import msgspec

from manyeyes.tasks.rules import HCAPTCHA, RECAPTCHA_V2, RECAPTCHA_V2_ENTERPRISE, RECAPTCHA_V3, TURNSTILE

TOKEN_SECONDS = 120  # issued tokens are good for two minutes (reCAPTCHA, hCaptcha; Turnstile's live longer)
LARGEST_TOKEN = 8_192
# docs/contracts/anticaptcha.md#queues. V3 has one queue per score: the first one that is at least what was asked for.
QUEUES = {6: RECAPTCHA_V2, 18: RECAPTCHA_V3, 19: RECAPTCHA_V3, 20: RECAPTCHA_V3, 22: HCAPTCHA}
QUEUES |= {24: RECAPTCHA_V2_ENTERPRISE, 27: TURNSTILE}
SCORE_QUEUES = ((0.3, 18), (0.7, 19), (0.9, 20))


class TokenOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a token task. ``data``: Turnstile's cData or hCaptcha's rqdata; ``min_score`` 0: not asked for.

    ``api_host``: from where reCAPTCHA's script is loaded, www.google.com or www.recaptcha.net.
    """

    website_url: str
    website_key: str
    host: str
    invisible: bool = False
    enterprise: bool = False
    min_score: float = 0.0
    action: str = ""
    data: str = ""
    api_host: str = ""


def queue_of(kind: str, min_score: float = 0.0) -> int:
    """Return the queue of a token kind. Raises ValueError for a score that no queue is for."""
    if kind != RECAPTCHA_V3:
        return next(queue_id for queue_id, queued in QUEUES.items() if queued == kind)
    fitting = [queue_id for score, queue_id in SCORE_QUEUES if min_score <= score]
    if not fitting or min_score <= 0:
        raise ValueError("minScore must be more than 0 and at most 0.9")
    return fitting[0]


def needs_start(kind: str, options: TokenOptions) -> bool:
    """Tell whether nothing of the widget is seen until somebody starts it."""
    return kind == RECAPTCHA_V3 or options.invisible


def unfit_token(text: str) -> str:
    """Return why ``text`` cannot be a token, as a sentence for the worker; empty when it may be one."""
    if not text:
        return "a token is wanted"
    if len(text) > LARGEST_TOKEN:
        return f"at most {LARGEST_TOKEN} characters are wanted"
    if not all("!" <= c <= "~" for c in text):
        return "a token has no blanks and only ASCII characters"
    return ""


def is_expired(age_seconds: float) -> bool:
    """Tell whether a token of this age is of no more use to the site that wants it."""
    return age_seconds >= TOKEN_SECONDS
