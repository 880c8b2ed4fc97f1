"""reportIncorrectHcaptcha: for hCaptcha alone, in either spelling that clients use; it filters the worker."""

import pytest

from manyeyes.tasks.rules import HCAPTCHA, IMAGE_TO_TEXT, RECAPTCHA_V3, TURNSTILE
from support import factories
from support.anticaptcha_contract import REPLY_KEYS, assert_error
from support.in_process_client import Client
from support.token_report_samples import SAMPLE_REFUSED, SAMPLE_SUCCESS, age, refused, standing

METHOD = "reportIncorrectHcaptcha"


@pytest.fixture
async def people(calm: Client) -> tuple[factories.Customer, factories.Hand]:
    return await factories.customer(calm.context), await factories.hand(calm.context)


@pytest.mark.parametrize("path", [METHOD, "reportIncorrectHCaptcha"])
async def test_it_filters_the_worker(calm: Client, people, path):
    task_id = await factories.solve(calm.context, *people, kind=HCAPTCHA)
    reply = await factories.call(calm, path, people[0], taskId=task_id)
    assert reply == SAMPLE_SUCCESS
    assert set(reply) == REPLY_KEYS[METHOD]
    assert await standing(calm, *people) == "filtered"


@pytest.mark.parametrize("kind", [IMAGE_TO_TEXT, RECAPTCHA_V3, TURNSTILE])
async def test_it_takes_nothing_else(calm: Client, people, kind):
    task_id = await factories.solve(calm.context, *people, kind=kind)
    assert await factories.call(calm, METHOD, people[0], taskId=task_id) == SAMPLE_REFUSED
    assert await refused(calm) == {"report_wrong_kind": 1}


async def test_late_and_repeated_are_16(calm: Client, people):
    task_id = await factories.solve(calm.context, *people, kind=HCAPTCHA)
    await factories.call(calm, METHOD, people[0], taskId=task_id)
    assert await factories.call(calm, METHOD, people[0], taskId=task_id) == SAMPLE_REFUSED
    late = (await factories.submit(calm.context, await factories.customer(calm.context), kind=HCAPTCHA)).task_id
    assert await factories.call(calm, METHOD, people[0], taskId=late) == SAMPLE_REFUSED, "somebody else's"
    assert await refused(calm) == {"report_repeated": 1, "unknown_task": 1}


async def test_it_takes_them_off_the_list_that_recaptcha_put_them_on(calm: Client, people):
    praised = await factories.solve(calm.context, *people, kind=RECAPTCHA_V3)
    task_id = await factories.solve(calm.context, *people, kind=HCAPTCHA)
    await factories.call(calm, "reportCorrectRecaptcha", people[0], taskId=praised)
    assert await standing(calm, *people) == "listed"
    await factories.call(calm, METHOD, people[0], taskId=task_id)
    assert await standing(calm, *people) == "filtered", "one entry per account and worker"


async def test_sixty_seconds(calm: Client, people):
    task_id = await factories.solve(calm.context, *people, kind=HCAPTCHA)
    await age(calm, 60)
    assert await factories.call(calm, METHOD, people[0], taskId=task_id) == SAMPLE_REFUSED


async def test_an_unknown_key_is_1(calm: Client):
    assert_error(await factories.call(calm, METHOD, clientKey="0" * 32, taskId=1), 1)
