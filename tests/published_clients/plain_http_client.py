"""No library at all: `HOST KEY PICTURE` in, one JSON line out. What any client does, in the standard library."""

import base64
import json
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen

host, key, picture = sys.argv[1:]


def call(method, **members):
    body = json.dumps({"clientKey": key, **members}).encode()
    request = Request(f"http://{host}/{method}", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=20) as reply:
        return json.load(reply)


def solve():
    body = base64.b64encode(Path(picture).read_bytes()).decode()
    task = {"type": "ImageToTextTask", "body": body, "comment": "Type what you see", "minLength": 4}
    created = call("createTask", task=task)
    if created["errorId"]:
        return created
    while True:
        result = call("getTaskResult", taskId=created["taskId"])
        if result["errorId"] or result["status"] == "ready":
            return result | {"taskId": created["taskId"]}
        time.sleep(1)


def outcome(reply, name):
    if reply["errorId"]:
        return {"refused": reply["errorCode"], "by": "reply"}
    return {"value": reply["solution"]["text"] if name == "solution" else reply[name]}


balance, solved = call("getBalance"), solve()
task_ids = [] if solved["errorId"] else [solved["taskId"]] * 2
print(
    json.dumps(
        {
            "balance": outcome(balance, "balance"),
            "solve": outcome(solved, "solution"),
            "reports": [outcome(call("reportIncorrectImageCaptcha", taskId=i), "status") for i in task_ids],
            "spending": outcome(call("getSpendingStats", date=int(time.time()) - 23 * 3600), "data"),
            "queue": call("getQueueStats", queueId=1),
        }
    )
)
