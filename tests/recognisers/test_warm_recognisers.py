"""A served installation has its recognisers open before anybody asks."""

import json

import httpx

from support.embedded_owners import wait_until
from support.real_server import ServeProcess, ask_json, run


def test_a_recogniser_opens_with_its_recognition_and_with_the_next_start(data, tmp_path):
    ask_json(data, "account", "create", "Ann", "--balance", "1.00")
    ask_json(data, "app", "create", "Shop", "--account", "Ann", "--out", str(tmp_path))
    log = tmp_path / "data.stderr"

    def opened() -> list[str]:
        said = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
        return [each["recogniser"] for each in said if each["event"] == "recogniser_open"]

    server = ServeProcess(data)
    try:
        assert opened() == []
        labels = "0=normal,1=code,2=text"
        made = run(data, "recognition", "create", "Shop", "--recogniser", "advertising", "--labels", labels)
        assert made.returncode == 0, made.stderr
        wait_until(lambda: sorted(opened()) == ["advertising", "unfolding"])
        assert httpx.get(f"{server.url}/v3/public-key").is_success
    finally:
        server.stop()
    server = ServeProcess(data)
    try:
        wait_until(lambda: sorted(opened()) == ["advertising"] * 2 + ["unfolding"] * 2)
    finally:
        server.stop()
