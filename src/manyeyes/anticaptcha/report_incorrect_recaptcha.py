"""reportIncorrectRecaptcha: a token was no good; its worker is filtered.

See docs/contracts/anticaptcha.md#token-reports.
"""

from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.anticaptcha.report_calls import ReportTaken, report_token
from manyeyes.reports.rules import ReportKind
from manyeyes.tasks.rules import RECAPTCHA_KINDS
from manyeyes.values.refusals import Refusal


async def report_incorrect_recaptcha(call: AntiCaptchaCall) -> ReportTaken | Refusal:
    """Take the worker off this account's list, and filter them for its tokens."""
    return await report_token(call, ReportKind.TOKEN_INCORRECT, RECAPTCHA_KINDS)
