"""manyeyes notice: addresses for notices, and what doctor says of the mail server."""

import json

import pytest

MAIL = {
    "MANYEYES_SMTP_URL": "smtp-plain://127.0.0.1:9",
    "MANYEYES_SMTP_SENDER": "notices@house.example",
    "MANYEYES_PUBLIC_URL": "https://house.example",
}


@pytest.fixture
def with_mail(monkeypatch):
    """A mail server is set; nobody listens there."""
    for name, value in MAIL.items():
        monkeypatch.setenv(name, value)


@pytest.mark.usefixtures("with_mail")
def test_an_address_is_added_chosen_for_and_removed(manyeyes, ann):
    made = manyeyes(
        "notice", "add", "Ann", "Ann@SHOP.example", "--notice", "job.stuck", "--language", "th", "--json"
    ).json
    assert made == {
        "address": "Ann@shop.example",
        "notices": ["job.stuck"],
        "language": "th",
        "confirmed": False,
        "unsubscribed": False,
    }
    assert "there already" in manyeyes("notice", "add", "Ann", "Ann@shop.example").complaint
    for wrong in (["ann"], ["bob@shop.example", "--notice", "x"], ["bob@shop.example", "--language", "tlh"]):
        assert manyeyes("notice", "add", "Ann", *wrong).complaint
    changed = manyeyes("notice", "set", "Ann", "Ann@Shop.Example", "--notice", "balance.low", "--json").json
    assert changed["notices"] == ["balance.low"]
    assert "not confirmed, balance.low, th" in manyeyes("notice", "list", "Ann").out
    assert "gets nothing more" in manyeyes("notice", "remove", "Ann", "Ann@SHOP.example").out
    assert manyeyes("notice", "remove", "Ann", "ann").complaint
    assert "no address" in manyeyes("notice", "remove", "Ann", "Ann@shop.example").complaint
    assert manyeyes("notice", "list", "Ann", "--json").json == {"addresses": []}


def test_without_a_mail_server_nothing_is_added_and_doctor_does_not_ask(manyeyes, ann):
    assert "MANYEYES_SMTP_URL" in manyeyes("notice", "add", "Ann", "ann@shop.example").complaint
    assert "mail server" not in manyeyes("doctor").out


@pytest.mark.usefixtures("with_mail")
def test_doctor_says_whether_the_server_answers(manyeyes, ann):
    checks = json.loads(manyeyes("doctor", "--json").out)["checks"]
    (check,) = [each for each in checks if each["check"] == "mail server answers"]
    assert not check["well"]
    assert "127.0.0.1:9" in check["seen"]
