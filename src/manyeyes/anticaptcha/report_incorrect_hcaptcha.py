"""reportIncorrectHcaptcha: the same as reportIncorrectRecaptcha, for hCaptcha.

See docs/contracts/anticaptcha.md#token-reports.
"""

from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.anticaptcha.report_calls import ReportTaken, report_token
from manyeyes.reports.rules import ReportKind
from manyeyes.tasks.rules import HCAPTCHA
from manyeyes.values.refusals import Refusal


async def report_incorrect_hcaptcha(call: AntiCaptchaCall) -> ReportTaken | Refusal:
    """Take the worker off this account's list, and filter them for its tokens."""
    return await report_token(call, ReportKind.TOKEN_INCORRECT, frozenset({HCAPTCHA}))
