"""The contract on one screen: what exists, by its name on the wire. One file, one docs page, one test file each."""

from collections.abc import Awaitable, Callable
from typing import Any

from manyeyes.anticaptcha.call import AntiCaptchaCall
from manyeyes.anticaptcha.create_task import create_task
from manyeyes.anticaptcha.get_app_stats import get_app_stats
from manyeyes.anticaptcha.get_balance import get_balance
from manyeyes.anticaptcha.get_queue_stats import get_queue_stats
from manyeyes.anticaptcha.get_spending_stats import get_spending_stats
from manyeyes.anticaptcha.get_task_result import get_task_result
from manyeyes.anticaptcha.report_correct_recaptcha import report_correct_recaptcha
from manyeyes.anticaptcha.report_incorrect_hcaptcha import report_incorrect_hcaptcha
from manyeyes.anticaptcha.report_incorrect_image_captcha import report_incorrect_image_captcha
from manyeyes.anticaptcha.report_incorrect_recaptcha import report_incorrect_recaptcha
from manyeyes.anticaptcha.test import test

METHODS: dict[str, Callable[[AntiCaptchaCall], Awaitable[Any]]] = {
    "createTask": create_task,
    "getTaskResult": get_task_result,
    "getBalance": get_balance,
    "getQueueStats": get_queue_stats,
    "getSpendingStats": get_spending_stats,
    "reportIncorrectImageCaptcha": report_incorrect_image_captcha,
    "reportCorrectRecaptcha": report_correct_recaptcha,
    "reportIncorrectRecaptcha": report_incorrect_recaptcha,
    "reportIncorrectHcaptcha": report_incorrect_hcaptcha,
    "getAppStats": get_app_stats,
    "test": test,
}
