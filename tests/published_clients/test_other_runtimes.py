"""The HTTP clients that come with PHP and the JDK, as programs written for them use them, on a real server."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from demo.pictures import draw
from support.client_installation import Installation
from support.real_server import ask_json
from support.runtimes import why_not

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent / "runtimes"


def lines_of(argv: list[str]) -> list[str]:
    """Run a program and return the lines that it prints."""
    done = subprocess.run(argv, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def shop(installation: Installation) -> dict[str, str]:
    """A customer with an app and two recognitions by people: their key and the three ids."""
    key = installation.open_account("1.00")
    account = ask_json(installation.server.data, "account", "list")["accounts"][-1]
    made = ask_json(
        installation.server.data, "app", "create", "Pictures", "--account", str(account["account_id"]), "--bits", "1024"
    )
    new = ("recognition", "create", made["secret_id"], "--recogniser", "people", "--labels", "0=no,1=yes")
    elsewhere = ("--review-queue", "2")  # where the typist does not work
    first, second = (ask_json(installation.server.data, *new, *elsewhere)["task_id"] for _ in range(2))
    return {"key": key, "secret_id": made["secret_id"], "first": first, "second": second}


def test_php_sends_lists_of_files_and_means_the_tasks_that_it_names(
    installation: Installation, shop: dict[str, str], tmp_path: Path
) -> None:
    reason = why_not("php")
    if reason:
        pytest.skip(reason)
    picture = tmp_path / "sign.png"
    picture.write_bytes(draw("sign", 7).data)
    argv = ["php", str(HERE / "pictures.php"), f"http://{installation.host}", shop["key"], shop["secret_id"]]
    (line,) = lines_of([*argv, str(picture), shop["first"]])
    said: dict[str, Any] = json.loads(line)
    files = said["two files"][shop["first"]]["fileList"]
    assert [(file["name"], file["tag"]) for file in files] == [("a.png", "room 7"), ("b.png", "room 7")]
    assert shop["second"] in said["two files"]
    assert (shop["first"] in said["one task"], shop["second"] in said["one task"]) == (True, False)
    assert (said["no such task"]["code"], said["a form"]["code"]) == (7, 7)
    assert said["balance"]["errorId"] == 0
    assert len(said["spending"]["data"]) == 24
    assert said["task"]["errorId"] == 0, said["task"]


def test_java_s_client_offers_an_upgrade_and_its_body_is_read(installation: Installation, shop: dict[str, str]) -> None:
    """On plain http the JDK's client offers HTTP/2 with every first request; whoever declines must still read on."""
    reason = why_not("java")
    if reason:
        pytest.skip(reason)
    paths = ["/getBalance", "/getSpendingStats", f"/v3/recognition/{shop['secret_id']}", "/v1/feedback/image/url/x"]
    lines = lines_of(["java", str(HERE / "Calls.java"), f"http://{installation.host}", shop["key"], *paths])
    said = [(int(line[:3]), json.loads(line[4:])) for line in lines]
    assert [status for status, _ in said] == [200, 200, 200, 404]
    assert (said[0][1]["errorId"], said[1][1]["errorId"]) == (0, 0), said
    assert json.loads(said[2][1]["json"])["code"] == 3
    assert said[3][1]["refusal"] == "unknown_call"
