"""python-anticaptcha: `HOST KEY PICTURE` in, one JSON line out. The host is an argument of the client."""

import json
import sys

from python_anticaptcha import AnticaptchaClient, AnticaptchaException, ImageToTextTask


def attempt(call):
    """Return what the call gives, or the client's own exception."""
    try:
        return {"value": call()}
    except AnticaptchaException as error:
        return {"refused": error.error_code, "by": type(error).__name__}


def solve(client, picture):
    task = ImageToTextTask(picture, comment="Type what you see", min_length=4, numeric=0, phrase=False)
    job = client.create_task(task)
    job.join(maximum_time=60, backoff=True)
    jobs.append(job)
    return job.get_captcha_text()


host, key, picture = sys.argv[1:]
jobs = []
client = AnticaptchaClient(key, host=host, use_ssl=False)
said = {"balance": attempt(client.get_balance), "solve": attempt(lambda: solve(client, picture))}
said["reports"] = [attempt(job.report_incorrect_image) for job in jobs * 2]
print(json.dumps(said))
