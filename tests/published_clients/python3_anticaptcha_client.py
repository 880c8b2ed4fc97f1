"""python3-anticaptcha: `HOST KEY PICTURE sync|async` in, one JSON line out. The host is a constant of two modules."""

import asyncio
import json
import sys
import time

from python3_anticaptcha.control import Control
from python3_anticaptcha.core import aio_captcha_instrument, sio_captcha_instrument
from python3_anticaptcha.image_to_text import ImageToText

host, key, picture, flavour = sys.argv[1:]
sio_captcha_instrument.BASE_REQUEST_URL = f"http://{host}/"
aio_captcha_instrument.BASE_REQUEST_URL = f"http://{host}/"
LAST_DAY = {"queue": "English ImageToText", "date": int(time.time()) - 23 * 3600}
OPTIONS = {"comment": "Type what you see", "minLength": 4, "languagePool": "en"}


def outcome(reply, name):
    """Return one member of the reply; this client hands error replies back as they are."""
    if reply["errorId"]:
        return {"refused": reply["errorCode"], "by": "reply"}
    return {"value": reply["solution"]["text"] if name == "solution" else reply[name]}


def now():
    control = Control(api_key=key)
    solver = ImageToText(api_key=key, sleep_time=1)
    balance = control.get_balance()
    solved = solver.captcha_handler(captcha_file=picture, **OPTIONS)
    task_ids = [] if solved["errorId"] else [solved["taskId"]] * 2
    return {
        "balance": outcome(balance, "balance"),
        "solve": outcome(solved, "solution"),
        "reports": [outcome(control.report_incorrect_image(taskId=task_id), "status") for task_id in task_ids],
        "spending": outcome(control.get_spending_stats(**LAST_DAY), "data"),
        "queue": Control.get_queue_status(queue_id=1),
    }


async def later():
    control = Control(api_key=key)
    solver = ImageToText(api_key=key, sleep_time=1)
    balance = await control.aio_get_balance()
    solved = await solver.aio_captcha_handler(captcha_file=picture, **OPTIONS)
    task_ids = [] if solved["errorId"] else [solved["taskId"]] * 2
    return {
        "balance": outcome(balance, "balance"),
        "solve": outcome(solved, "solution"),
        "reports": [
            outcome(await control.aio_report_incorrect_image(taskId=task_id), "status") for task_id in task_ids
        ],
        "spending": outcome(await control.aio_get_spending_stats(**LAST_DAY), "data"),
        "queue": await Control.aio_get_queue_status(queue_id=1),
    }


print(json.dumps(now() if flavour == "sync" else asyncio.run(later())))
