"""reportIncorrectRecaptcha: a token was no good; its worker gets no more for an hour (seed 002; spec §6)."""

from manyeyes.anticaptcha.call import Call
from manyeyes.anticaptcha.reporting import ReportTaken, report_token
from manyeyes.refusals import Refusal
from manyeyes.reports.rules import ReportKind
from manyeyes.tasks.rules import RECAPTCHA_KINDS


async def report_incorrect_recaptcha(call: Call) -> ReportTaken | Refusal:
    """Take the worker off this account's list, and filter him for its tokens."""
    return await report_token(call, ReportKind.TOKEN_INCORRECT, RECAPTCHA_KINDS)
