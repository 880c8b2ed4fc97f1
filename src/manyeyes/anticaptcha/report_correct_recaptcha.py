"""reportCorrectRecaptcha: a token was good; its worker comes first for an hour.

See docs/contracts/anticaptcha.md#allow-list.
"""

from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.anticaptcha.report_calls import ReportTaken, report_token
from manyeyes.reports.rules import ReportKind
from manyeyes.tasks.rules import RECAPTCHA_KINDS
from manyeyes.values.refusals import Refusal


async def report_correct_recaptcha(call: AntiCaptchaCall) -> ReportTaken | Refusal:
    """List the worker for this account. Praise for V2 is taken too, without effect on the list."""
    return await report_token(call, ReportKind.TOKEN_CORRECT, RECAPTCHA_KINDS)
