"""The way out for mail, against a real SMTP server: TLS, signing in, what a server refuses, what a name may hold."""

import asyncio
import ssl
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import trustme
from structlog.testing import capture_logs

from manyeyes.outbound.mail_door import LONGEST_SUBJECT, UNUSABLE, Mail, MailDoor
from manyeyes.settings import from_environment
from manyeyes.values.mail_server import MailServer, read_mail_server
from support.mail_server import PASSWORD, SENDER, USER, PostOffice, post_office

MAIL = Mail(
    to="ann@shop.example",
    subject="Finished: kittens",
    text="The job has finished.\n",
    message_id="notice.1.7",
    language="en",
    unsubscribe="https://house.example/notices/end/abc",
)
SUBJECTS = ["Finished: kittens", "Đã xong: mèo con", "เสร็จแล้ว: ลูกแมว", "Selesai: anak kucing", "已完成：小猫"]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def whys(logs: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what was logged of the server; others, whose database is away, may log meanwhile."""
    return [each["why"] for each in logs if each["event"] == "mail_server_unusable"]


def server_side(authority: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def door(
    office: PostOffice,
    scheme: str = "smtp-plain",
    user: str = "",
    password: Callable[[], str] = lambda: PASSWORD,
    context: ssl.SSLContext | None = None,
) -> MailDoor:
    at = f"{user}@" if user else ""
    server = read_mail_server(f"{scheme}://{at}localhost:{office.port}", SENDER)
    return MailDoor(server, password, ssl_context=context, seconds=10)


def with_subject(subject: str) -> Mail:
    return Mail(to=MAIL.to, subject=subject, text=MAIL.text, message_id="notice.1.8", language="en")


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_mail_goes_over_tls_signed_in_with_the_password_of_a_file(authority: trustme.CA, scheme: str):
    async with post_office(server_side(authority), at_once=scheme == "smtps", signs_in=True) as office:
        way = door(office, scheme, USER, context=trusting(authority))
        assert await way.look() == ""
        assert (await way.send(MAIL)).status == 250
    assert office.passwords[-1] == PASSWORD.encode()
    (taken,) = office.taken
    assert (taken["To"], taken["From"], taken["Subject"]) == (MAIL.to, SENDER, MAIL.subject)
    assert taken["Message-ID"] == "<notice.1.7@house.example>"
    assert taken["List-Unsubscribe"] == f"<{MAIL.unsubscribe}>"
    assert taken["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert taken.get_content().replace("\r\n", "\n") == MAIL.text
    assert (office.envelopes[0].mail_from, office.envelopes[0].rcpt_tos) == ("notices@house.example", [MAIL.to])


async def test_a_server_whose_name_is_not_proven_gets_nothing(authority: trustme.CA):
    async with post_office(server_side(authority, "other.example")) as office:
        way = door(office, "smtp", context=trusting(authority))
        sent = await way.send(MAIL)
        assert "certificate" in (await way.look()).lower()
    assert (sent.status, sent.is_final, sent.fault, office.taken) == (0, False, UNUSABLE, [])


async def test_without_tls_where_tls_is_wanted_nothing_goes_out(authority: trustme.CA):
    async with post_office() as office:
        sent = await door(office, "smtp", context=trusting(authority)).send(MAIL)
    assert (sent.is_final, office.taken) == (False, [])
    assert sent.fault


async def test_a_wrong_password_is_the_operators_fault_and_tried_again(authority: trustme.CA):
    async with post_office(server_side(authority), signs_in=True) as office:
        way = door(office, "smtp", USER, lambda: "wrong", trusting(authority))
        with capture_logs() as logs:
            sent = await way.send(MAIL)
        assert "535" in await way.look()
    assert (sent.status, sent.is_final, sent.fault) == (0, False, UNUSABLE)
    assert "535" in whys(logs)[0]


async def test_what_is_wrong_with_ourselves_is_told_to_the_operator_alone(tmp_path: Path):
    async with post_office() as office:
        missing = tmp_path / "password"
        with capture_logs() as logs:
            assert (await door(office, user=USER, password=missing.read_text).send(MAIL)).fault == UNUSABLE
            office.sender_said = "550 notices@house.example may not send from 10.0.0.7"
            sent = await door(office).send(MAIL)
    assert (sent.status, sent.is_final, sent.fault) == (0, False, UNUSABLE)
    assert str(missing) in whys(logs)[0]
    assert "10.0.0.7" in whys(logs)[1]


@pytest.mark.parametrize(
    "said", ["554 5.7.1 Relay access denied", "553 5.7.1 Sender refused", "530 Must issue STARTTLS first"]
)
async def test_what_is_wrong_with_ourselves_is_no_word_about_the_addressee(said: str):
    """Servers may put off what they have against us until they hear of an addressee."""
    async with post_office() as office:
        office.recipients = [said]
        with capture_logs() as logs:
            sent = await door(office).send(MAIL)
    assert (sent.status, sent.is_final, sent.fault) == (0, False, UNUSABLE)
    assert said.partition(" ")[2] in whys(logs)[0]


async def test_a_password_that_is_no_text_is_told(tmp_path: Path):
    (tmp_path / "password").write_bytes(b"\xff\xfe")
    settings = from_environment({"MANYEYES_SMTP_PASSWORD_FILE": str(tmp_path / "password")})
    async with post_office() as office:
        assert "no text in UTF-8" in await door(office, user=USER, password=settings.smtp_password).look()


@pytest.mark.parametrize("leave", ["", "421 too late"], ids=["held back", "refused"])
async def test_what_the_server_took_is_sent_however_it_takes_the_leave(leave: str):
    async with post_office() as office:
        office.leave = leave
        way = MailDoor(read_mail_server(f"smtp-plain://localhost:{office.port}", SENDER), str, seconds=1)
        assert (await asyncio.wait_for(way.send(MAIL), 10)).status == 250
    assert len(office.taken) == 1


@pytest.mark.parametrize(
    ("at_addressee", "at_text", "status", "is_final"),
    [
        ("450 busy", "", 450, False),
        ("550 no such mailbox", "", 550, True),
        ("", "451 later", 451, False),
        ("", "554 looks like spam", 554, True),
    ],
)
async def test_what_a_server_refuses_is_told(at_addressee: str, at_text: str, status: int, is_final: bool):
    async with post_office() as office:
        office.recipients, office.replies = [at_addressee] if at_addressee else [], [at_text] if at_text else []
        sent = await door(office).send(MAIL)
        assert (sent.status, sent.is_final) == (status, is_final)
        assert sent.fault == f"the mail server answered {at_addressee or at_text}".replace(
            f"answered {status} ", f"answered {status}: "
        )
        assert (await door(office).send(MAIL)).status == 250


async def test_nobody_there_is_told_and_tried_again():
    async with post_office() as office:
        way = door(office)
    sent = await way.send(MAIL)
    assert (sent.status, sent.is_final, sent.fault) == (0, False, UNUSABLE)
    assert f"localhost:{office.port}" in await way.look()
    assert (await MailDoor(None, str).send(MAIL)).is_final


@pytest.mark.parametrize("subject", SUBJECTS)
async def test_a_subject_in_any_language_comes_as_it_was(subject: str):
    async with post_office() as office:
        await door(office).send(with_subject(subject))
    assert office.taken[0]["Subject"] == subject
    assert all(byte < 128 for byte in office.raw[0])


@pytest.mark.parametrize(
    "name",
    [
        "kittens\r\nBcc: eve@evil.example",
        "kittens\nX-Evil: yes\n\nbody",
        "kittens\rBcc: eve@evil.example",
        "kittens\u2028Bcc: eve@evil.example",
        "kittens\x00\x0b\x0c\x85Bcc: eve@evil.example",
        "=?utf-8?q?kittens=0D=0ABcc:_eve@evil.example?=",
    ],
)
async def test_a_name_is_one_line_of_the_subject_and_nothing_else(name: str):
    async with post_office() as office:
        assert (await door(office).send(with_subject(f"Finished: {name}"))).status == 250
    (taken,) = office.taken
    assert (taken["Bcc"], taken["X-Evil"]) == (None, None)
    assert office.envelopes[0].rcpt_tos == [MAIL.to]
    assert taken.get_content().replace("\r\n", "\n") == MAIL.text
    assert taken["Subject"].startswith("Finished: ")


async def test_a_long_subject_is_cut_and_lines_that_begin_with_a_dot_stay():
    long = Mail(to=MAIL.to, subject="字" * 999, text=".\n..\nend\n", message_id="m", language="zh-Hans")
    async with post_office() as office:
        await door(office).send(long)
    assert office.taken[0]["Subject"] == "字" * (LONGEST_SUBJECT - 1) + "…"
    assert office.taken[0].get_content().replace("\r\n", "\n") == long.text


@pytest.mark.parametrize(
    ("url", "sender", "says"),
    [
        ("http://mail.example", SENDER, "smtp://"),
        ("smtp://ann:secret@mail.example", SENDER, "PASSWORD_FILE"),
        ("smtp-plain://mail.example", SENDER, "in clear"),
        ("smtp://mail.example/path", SENDER, "smtp://"),
        ("smtp://mail.example", "", "SENDER"),
        ("smtp://mail.example", "nobody", "SENDER"),
        ("smtp://mail.example", "a@b.example\nBcc: c@d.example", "SENDER"),
    ],
)
def test_settings_that_do_not_fit_end_the_start(url: str, sender: str, says: str):
    given = {"MANYEYES_SMTP_URL": url, "MANYEYES_SMTP_SENDER": sender, "MANYEYES_PUBLIC_URL": "https://house.example"}
    with pytest.raises(ValueError, match=f"MANYEYES_SMTP_URL.*{says}"):
        from_environment(given)


def test_settings_that_fit_name_the_server():
    given = {"MANYEYES_SMTP_URL": "smtp://ann%40x@mail.example", "MANYEYES_SMTP_SENDER": SENDER}
    with pytest.raises(ValueError, match="MANYEYES_PUBLIC_URL"):
        from_environment(given)
    found = from_environment(given | {"MANYEYES_PUBLIC_URL": "https://house.example"}).mail_server()
    assert found == MailServer(host="mail.example", port=587, security="smtp", user="ann@x", sender=SENDER)
    assert from_environment({}).mail_server() is None
