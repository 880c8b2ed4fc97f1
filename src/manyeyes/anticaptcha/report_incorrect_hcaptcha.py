"""reportIncorrectHcaptcha: the same as reportIncorrectRecaptcha, for hCaptcha (spec/anticaptcha.md §6)."""

from manyeyes.anticaptcha.call import Call
from manyeyes.anticaptcha.reporting import ReportTaken, report_token
from manyeyes.refusals import Refusal
from manyeyes.reports.rules import ReportKind
from manyeyes.tasks.rules import HCAPTCHA


async def report_incorrect_hcaptcha(call: Call) -> ReportTaken | Refusal:
    """Take the worker off this account's list, and filter him for its tokens."""
    return await report_token(call, ReportKind.TOKEN_INCORRECT, frozenset({HCAPTCHA}))
