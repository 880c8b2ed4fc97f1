"""Published client libraries work against manyeyes unmodified but for the host, also where they are told no.

Every client is a script of its own beside this file; it prints one JSON line. What is expected of each is the library's
own way to say it: its exception, its return value, or the reply itself.
"""

import json
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.pictures import draw
from demo.server import command
from support.client_installation import Installation, Typist, reading

pytestmark = pytest.mark.clients

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "how-to" / "point-a-client-here.md"
PRICE = 0.0007  # of queue 1 as it ships
UNKNOWN_KEY = "0123456789abcdef0123456789abcdef"

Run = Callable[[str, Path], dict[str, Any]]


@dataclass(frozen=True)
class Client:
    """A script, its extra words, and how its library says no to a balance and to a task."""

    script: str
    words: tuple[str, ...] = ()
    balance_no: str = "reply"
    solve_no: str = "reply"
    balance_hides_code: bool = False
    sends_comment: bool = True
    has_statistics: bool = False
    report_yes: object = "success"
    report_no: str = "reply"
    has_reports: bool = True
    names_every_code: bool = True


CLIENTS = {
    "python-anticaptcha": Client(
        "python_anticaptcha_client.py",
        (),
        "AnticaptchaException",
        "AnticaptchaException",
        report_yes=True,
        report_no="AnticaptchaException",
    ),
    "anticaptchaofficial": Client("anticaptchaofficial_client.py", (), "KeyError", "0", balance_hides_code=True),
    "python3-anticaptcha": Client("python3_anticaptcha_client.py", ("sync",), has_statistics=True),
    "python3-anticaptcha async": Client("python3_anticaptcha_client.py", ("async",), has_statistics=True),
    "capmonstercloudclient": Client(
        "capmonstercloudclient_client.py", (), "GetBalanceError", "GetTaskError", sends_comment=False, has_reports=False
    ),
    "@antiadmin/anticaptchaofficial": Client(
        "anticaptchaofficial_client.cjs", (), "string", "string", report_yes=True, report_no="string"
    ),
    "@zennolab_com/capmonstercloud-client": Client(
        "capmonstercloud_client.cjs",
        (),
        "GetBalanceError",
        "error",
        sends_comment=False,
        has_reports=False,
        names_every_code=False,
    ),
    "anticaptcha": Client("anticaptcha_client.cjs", (), "AntiCaptchaError", "AntiCaptchaError", has_reports=False),
    "node-capmonster": Client(
        "node_capmonster_client.cjs", (), "CapmonsterError", "CapmonsterError", sends_comment=False, has_reports=False
    ),
    "no library": Client("plain_http_client.py", has_statistics=True),
}


def as_parameter(name: str, client: Client) -> Any:
    """With the mark `node` where Node.js runs it: the one client that may be missing in continuous integration."""
    return pytest.param(client, id=name, marks=[pytest.mark.node] if client.script.endswith(".cjs") else [])


@pytest.fixture(params=[as_parameter(name, client) for name, client in CLIENTS.items()])
def client(request: pytest.FixtureRequest) -> Client:
    return request.param


@pytest.fixture
def run(client: Client, installation: Installation, request: pytest.FixtureRequest) -> Run:
    """Run the client with a key and a file; return what it printed."""
    if client.script.endswith(".cjs"):
        environment, interpreter = request.getfixturevalue("clients_node"), "node"
    else:
        environment, interpreter = None, request.getfixturevalue("clients_python")

    def run_client(key: str, file: Path) -> dict[str, Any]:
        argv = [interpreter, str(HERE / client.script), installation.host, key, str(file), *client.words]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=90, env=environment)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run_client


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture that no other test sends."""
    file = tmp_path / "sign.jpg"
    file.write_bytes(draw("sign", random.getrandbits(60)).data)
    return file


@pytest.fixture(scope="module")
def unread(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A picture that nobody may ever be shown."""
    file = tmp_path_factory.mktemp("unread") / "sign.jpg"
    file.write_bytes(draw("sign", random.getrandbits(60)).data)
    return file


@pytest.fixture(scope="module")
def empty_account(installation: Installation) -> str:
    """The key of an account without money."""
    return installation.open_account("0")


@pytest.fixture(scope="module")
def small_account(installation: Installation) -> str:
    """The key of an account whose ten cents nobody may touch."""
    return installation.open_account("0.10")


def test_a_picture_comes_back_read_and_is_paid_once(
    client: Client, run: Run, installation: Installation, picture: Path
) -> None:
    key = installation.open_account("1.00")
    said = run(key, picture)
    expected = reading(picture.read_bytes())
    assert said["balance"] == {"value": 1.0}
    assert said["solve"] == {"value": expected}
    assert installation.balance(key) == pytest.approx(1.0 - PRICE)
    question = installation.typist.options_of[expected]
    assert (question["comment"], question["min_length"]) == (
        ("Type what you see", 4) if client.sends_comment else ("", 0)
    )
    if client.has_statistics:
        _check_statistics(said)
    if "tokens" in said:
        _check_tokens(said["tokens"])
    if client.has_reports:
        _check_reports(client, said, installation.reports(key), expected)


@pytest.fixture
def three_people(installation: Installation) -> Iterator[None]:
    """Queue 1 asks three people, and two more of them are at work; afterwards it asks one again."""
    data, address = installation.server.data, installation.server.address
    made = [command(data, "worker", "create", "More", "--language", "en", "--queue", "1") for _ in range(2)]
    typists = [Typist(address, one["token"]) for one in made]
    threads = [threading.Thread(target=each.work, daemon=True) for each in typists]
    try:
        for thread in threads:
            thread.start()
        _ask_people(installation, 3)
        yield
    finally:
        _ask_people(installation, 1)
        for each, thread, one in zip(typists, threads, made, strict=True):
            each.ended.set()
            thread.join(10)
            command(data, "worker", "disable", str(one["worker_id"]))


def _ask_people(installation: Installation, people: int) -> None:
    """Let queue 1 ask so many people, and wait until the server knows it: a new draft has its queue's terms."""
    command(installation.server.data, "queue", "set", "1", "--answers", str(people), "--answers-at-most", str(people))
    headers, draft = (
        {"Authorization": f"Bearer {installation.open_account('0')}"},
        {"name": "", "question": {"kind": "text"}},
    )
    while True:
        job = httpx.post(f"http://{installation.host}/v1/jobs", headers=headers, json=draft).raise_for_status().json()
        if job["terms"]["answers"] == people:
            return
        time.sleep(0.2)


@pytest.mark.parametrize(
    "client",
    [as_parameter(name, CLIENTS[name]) for name in ("anticaptchaofficial", "python3-anticaptcha", "no library")],
    indirect=True,
)
@pytest.mark.usefixtures("three_people")
def test_where_a_queue_asks_three_people_it_is_one_result_that_costs_three_answers(
    client: Client, run: Run, installation: Installation, picture: Path
) -> None:
    key = installation.open_account("1.00")
    assert run(key, picture)["solve"] == {"value": reading(picture.read_bytes())}
    assert installation.balance(key) == pytest.approx(1.0 - 3 * PRICE)
    poor = installation.open_account("0.002")  # pays for two
    assert "value" not in run(poor, picture)["solve"]
    assert installation.balance(poor) == pytest.approx(0.002)


def _check_reports(client: Client, said: dict[str, Any], known: list[dict[str, Any]], answer: str) -> None:
    """The first report on the task is taken and is with the reviewers; the second one is refused, once per task."""
    first, second = said["reports"]
    assert first == {"value": client.report_yes}
    assert second["by"] == client.report_no
    assert "ERROR_NO_SUCH_CAPCHA_ID" in second["refused"]
    assert [(r["state"], r["why"]) for r in known] == [("refused", "report_repeated"), ("open", "")]
    assert known[1]["answer"] == answer


def _check_tokens(tokens: dict[str, dict[str, Any]]) -> None:
    """Without a proxy every kind is the proxyless one, which asks for a proof of the site (24); with one it is 23."""
    assert len(tokens) >= 3
    for kind, said in tokens.items():
        assert "ERROR_INCORRECT_SESSION_DATA" in said["plain"]["refused"], kind
        assert "ERROR_TASK_NOT_SUPPORTED" in said["proxied"]["refused"], kind


def _check_statistics(said: dict[str, Any]) -> None:
    """The one task of this account stands in the day's 24 windows, at its price; the queue has its one worker."""
    windows = said["spending"]["value"]
    assert [w["dateTill"] - w["dateFrom"] for w in windows] == [3599] * 24
    assert sum(w["volume"] for w in windows) == 1
    assert sum(w["money"] for w in windows) == pytest.approx(PRICE)
    assert said["queue"]["errorId"] == 0
    assert said["queue"]["total"] == 1


def test_an_unknown_key_is_refused_in_the_client_s_own_way(client: Client, run: Run, unread: Path) -> None:
    said = run(UNKNOWN_KEY, unread)
    assert (said["balance"]["by"], said["solve"]["by"]) == (client.balance_no, client.solve_no)
    assert "ERROR_KEY_DOES_NOT_EXIST" in said["solve"]["refused"]
    assert client.balance_hides_code or "ERROR_KEY_DOES_NOT_EXIST" in said["balance"]["refused"]


def test_an_empty_account_is_told_so(
    client: Client, run: Run, installation: Installation, empty_account: str, unread: Path
) -> None:
    said = run(empty_account, unread)
    assert said["balance"] == {"value": 0}
    assert said["solve"]["by"] == client.solve_no
    assert "ERROR_ZERO_BALANCE" in said["solve"]["refused"]
    assert reading(unread.read_bytes()) not in installation.typist.options_of


def test_a_file_that_is_no_picture_is_refused_and_costs_nothing(
    client: Client, run: Run, installation: Installation, small_account: str, tmp_path: Path
) -> None:
    file = tmp_path / "letter.jpg"
    file.write_text("This is a letter and not a picture. " * 20)
    said = run(small_account, file)
    assert said["solve"]["by"] == client.solve_no
    code = "ERROR_IMAGE_TYPE_NOT_SUPPORTED" if client.names_every_code else "ERROR_Unknown"
    assert code in said["solve"]["refused"]
    assert installation.balance(small_account) == pytest.approx(0.10)


def page_snippets() -> list[list[str]]:
    """Return the lines of every Python and JavaScript block of the how-to page."""
    blocks = PAGE.read_text().split("```")[1::2]
    return [block.splitlines()[1:] for block in blocks if block.startswith(("python", "js"))]


@pytest.mark.parametrize("snippet", page_snippets(), ids=lambda lines: lines[0][:40])
def test_the_page_shows_only_what_these_scripts_do(snippet: list[str]) -> None:
    scripts = [file.read_text().splitlines() for file in HERE.glob("*_client.*")]
    assert any(_in_order(snippet, script) for script in scripts), (
        "no script of this folder has these lines in this order"
    )


def _in_order(lines: list[str], script: list[str]) -> bool:
    """Tell whether `lines` stand in `script` in this order, others between them allowed."""
    rest = iter(script)
    return all(line in rest for line in lines if line.strip())


def test_the_page_names_every_client() -> None:
    page = PAGE.read_text()
    assert [name for name in CLIENTS if name.removesuffix(" async") not in page and name != "no library"] == []
