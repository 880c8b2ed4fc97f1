"""Notices by e-mail on a real server: what is told, in whose language, once, and until somebody has enough of it."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from manyeyes.accounts.store import KeyOwner
from manyeyes.accounts.top_ups import TopUpRequest, TopUpState
from manyeyes.actions.shared.job_progress import job_news, tell
from manyeyes.console.shared.languages import LANGUAGES
from manyeyes.jobs import store as jobs
from manyeyes.jobs.rules import JOB_FINISHED, JOB_STUCK
from manyeyes.notices.rules import NoticeKind
from manyeyes.reports.rules import Vote
from manyeyes.roles.customer.top_ups import ask_top_up, decide_top_up, set_low_balance
from manyeyes.runtime.customer_sweeps import tell_low
from manyeyes.values.actor import BY_ITSELF
from support import factories
from support.in_process_client import Client
from support.mail_server import PostOffice, post_office
from support.mailed_notices import PATH, ROOT, confirmed, deliver, later, links_in, news, use
from support.screen_disputes import decided
from support.signed_roles import signed_in_as


@pytest.fixture
async def office(client: Client) -> AsyncIterator[PostOffice]:
    """A mail server that this installation is set to."""
    async with post_office() as found:
        use(client.context, found)
        yield found


async def test_one_click_ends_it_from_a_mail_program_that_has_no_cookie(client: Client, office: PostOffice):
    customer, headers = await confirmed(client, office)
    await news(client.context, customer, NoticeKind.BALANCE_LOW)
    await news(client.context, customer, NoticeKind.BALANCE_LOW)
    await deliver(client.context)
    mail = office.taken[-1]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = mail["List-Unsubscribe"].strip("<>").removeprefix(ROOT)
    assert path == links_in(mail)[-1]
    assert "Unsubscribe" in (await client.get(path)).text
    await news(client.context, customer, NoticeKind.BALANCE_LOW)  # waits while the click comes
    before = len(office.taken)
    assert (await client.post(path, data={"List-Unsubscribe": "One-Click"})).status_code == 200
    assert (await client.post(path, content=b"x" * 2000)).status_code == 413
    await deliver(client.context)
    assert len(office.taken) == before
    assert "Unsubscribed there" in (await client.get(PATH, headers=headers)).text
    async with client.context.cells.pool(1).acquire() as db:
        last = await db.fetchrow("SELECT state, last_fault FROM delivery ORDER BY task_id DESC LIMIT 1")
    assert tuple(last) == (2, "it is not wanted there any more, or what it was about is over")


async def test_a_4xx_is_tried_again_and_a_5xx_is_told_on_the_page(client: Client, office: PostOffice):
    customer, headers = await confirmed(client, office)
    office.recipients = ["450 busy", "250 OK"]
    await news(client.context, customer, NoticeKind.BALANCE_LOW)
    await deliver(client.context)
    assert "the mail server answered 450: busy" in (await client.get(PATH, headers=headers)).text
    await later(client.context, timedelta(minutes=1))
    await deliver(client.context)
    assert len(office.taken) == 1
    office.recipients = ["550 no such mailbox"]
    await news(client.context, customer, NoticeKind.BALANCE_LOW)
    await deliver(client.context)
    page = (await client.get(PATH, headers=headers)).text
    assert "Given up" in page
    assert "the mail server answered 550: no such mailbox" in page
    await later(client.context, timedelta(days=4))
    await deliver(client.context)
    assert len(office.taken) == 1


async def test_a_kill_loses_nothing_and_sends_at_most_once_more_under_the_same_id(client: Client, office: PostOffice):
    customer, _ = await confirmed(client, office)
    await news(client.context, customer, NoticeKind.BALANCE_LOW)
    async with client.context.cells.pool(1).acquire() as db:  # somebody claimed it and died before the note
        await db.execute("UPDATE delivery SET claim = claim + 1, next_at = now() + interval '30 s' WHERE state = 0")
    await deliver(client.context)
    assert office.taken == []
    await later(client.context, timedelta(seconds=31))
    await deliver(client.context)
    await later(client.context, timedelta(days=4))
    await deliver(client.context)
    (mail,) = office.taken
    assert re.fullmatch(r"<notice\.1\.\d+@house\.example>", mail["Message-ID"])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_top_ups_and_low_balances_are_told_in_the_address_s_language(
    client: Client, office: PostOffice, language: str
):
    customer, _ = await confirmed(client, office, language)
    owner = KeyOwner(customer.cell, customer.account_id, ())
    for state, word in ((TopUpState.APPROVED, ""), (TopUpState.DECLINED, "ใบแจ้งหนี้\r\nBcc: eve@evil.example")):
        asked = await ask_top_up(client.context, owner, ("25", ""), "Ann", BY_ITSELF)
        assert isinstance(asked, TopUpRequest)
        await decide_top_up(client.context, BY_ITSELF, asked.request_id, state, word.replace("\r\n", " "))
        await decide_top_up(client.context, BY_ITSELF, asked.request_id, state)  # once more tells nothing
    await tell_low(client.context, 1)
    await tell_low(client.context, 1)
    await deliver(client.context)
    assert len(office.taken) == 3
    assert len({mail["Subject"] for mail in office.taken}) == 3
    assert {mail["Content-Language"] for mail in office.taken} == {language}
    assert {mail["Bcc"] for mail in office.taken} == {None}
    assert any("ใบแจ้งหนี้" in mail.get_content() for mail in office.taken)
    if language != "en":
        assert not any("You need not answer" in mail.get_content() for mail in office.taken)


@pytest.mark.parametrize("below", ["1", "0"], ids=["enough", "nobody asks"])
async def test_a_balance_that_is_low_no_more_is_not_told(client: Client, office: PostOffice, below: str):
    customer, _ = await confirmed(client, office)
    await tell_low(client.context, 1)
    await set_low_balance(client.context, KeyOwner(customer.cell, customer.account_id, ()), below, "", BY_ITSELF)
    await deliver(client.context)
    assert office.taken == []


async def test_jobs_and_complaints_are_told(client: Client, office: PostOffice):
    customer, headers = await confirmed(client, office)
    question = {"kind": "text", "words": "What does it say?"}
    body = {"name": "=?utf-8?q?x=0D=0ABcc:_eve@evil.example?= mèo", "question": question}
    key = {"authorization": f"Bearer {customer.key}"}
    job_id = int((await client.post("/v1/jobs", json=body, headers=key)).json()["id"])
    async with client.context.cells.pool(1).acquire() as db, db.transaction():
        told = job_news((await jobs.jobs(db, 1, [job_id]))[job_id])
        await tell(db, await db.fetchval("SELECT now()"), 1, [(told, JOB_FINISHED), (told, JOB_STUCK)])
    task = await decided(client.context, customer, await factories.hand(client.context), Vote.CONFIRM)
    await deliver(client.context)
    subjects = sorted(" ".join(mail["Subject"].split()) for mail in office.taken)  # where it is folded
    name = "= ?utf-8?q?x=0D=0ABcc:_eve@evil.example?= mèo"
    assert subjects == [f"Complaint upheld: task {task}", f"Finished: {name}", f"Nothing moves: {name}"]
    for path in (f"/customer/jobs/{job_id}", f"/customer/reports/{task}"):
        assert any(path in links_in(mail) for mail in office.taken)
        assert (await client.get(path, headers=headers)).status_code == 200


async def test_only_what_was_chosen_is_told(client: Client, office: PostOffice):
    customer, headers = await confirmed(client, office)
    async with client.context.cells.pool(1).acquire() as db:
        number = await db.fetchval("SELECT address_id FROM notice_address")
    chosen = {"address_id": number, "notices": [str(NoticeKind.BALANCE_LOW)]}
    await news(client.context, customer, NoticeKind.TOP_UP_DECIDED, 7)  # waits while it is chosen no more
    assert (await client.post(f"{PATH}/change", data=chosen, headers=headers)).status_code == 303
    await news(client.context, customer, NoticeKind.TOP_UP_DECIDED, 7)
    await deliver(client.context)
    assert office.taken == []
    assert (await client.post(f"{PATH}/change", data={"address_id": number}, headers=headers)).status_code == 422
    other = await signed_in_as(client, await factories.customer(client.context), "owner")
    for form in ("change", "remove"):
        assert (await client.post(f"{PATH}/{form}", data=chosen, headers=other)).status_code == 422
    assert (await client.post(f"{PATH}/remove", data={"address_id": number}, headers=headers)).status_code == 303
    await news(client.context, customer, NoticeKind.BALANCE_LOW)
    await deliver(client.context)
    assert office.taken == []
