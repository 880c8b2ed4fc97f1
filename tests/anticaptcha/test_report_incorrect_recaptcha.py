"""reportIncorrectRecaptcha: the twin takes the worker off the list and filters them; nothing comes back."""

import pytest

from manyeyes.tasks.rules import (
    HCAPTCHA,
    IMAGE_TO_TEXT,
    RECAPTCHA_V2,
    RECAPTCHA_V2_ENTERPRISE,
    RECAPTCHA_V3,
    TURNSTILE,
)
from manyeyes.values.refusals import Reason
from support import factories
from support.anticaptcha_contract import REPLY_KEYS, assert_error
from support.in_process_client import Client
from support.token_report_samples import SAMPLE_REFUSED, SAMPLE_SUCCESS, age, refused, standing

METHOD = "reportIncorrectRecaptcha"


@pytest.fixture
async def people(calm: Client) -> tuple[factories.Customer, factories.Hand]:
    return await factories.customer(calm.context), await factories.hand(calm.context)


@pytest.mark.parametrize("kind", [RECAPTCHA_V2, RECAPTCHA_V2_ENTERPRISE, RECAPTCHA_V3])
async def test_it_takes_every_recaptcha(calm: Client, people, kind):
    task_id = await factories.solve(calm.context, *people, kind=kind)
    reply = await factories.call(calm, METHOD, people[0], taskId=task_id)
    assert reply == SAMPLE_SUCCESS
    assert set(reply) == REPLY_KEYS[METHOD]
    assert await standing(calm, *people) == "filtered"


@pytest.mark.parametrize("kind", [IMAGE_TO_TEXT, HCAPTCHA, TURNSTILE])
async def test_it_takes_nothing_else(calm: Client, people, kind):
    task_id = await factories.solve(calm.context, *people, kind=kind)
    assert await factories.call(calm, METHOD, people[0], taskId=task_id) == SAMPLE_REFUSED
    assert await refused(calm) == {"report_wrong_kind": 1}
    assert await standing(calm, *people) is None


async def test_it_takes_the_worker_off_the_list(calm: Client, people):
    tasks = [await factories.solve(calm.context, *people, kind=RECAPTCHA_V3) for _ in range(2)]
    await factories.call(calm, "reportCorrectRecaptcha", people[0], taskId=tasks[0])
    assert await standing(calm, *people) == "listed"
    await factories.call(calm, METHOD, people[0], taskId=tasks[1])
    assert await standing(calm, *people) == "filtered"


async def test_once_per_task_over_all_methods(calm: Client, people):
    task_id = await factories.solve(calm.context, *people, kind=RECAPTCHA_V3)
    await factories.call(calm, METHOD, people[0], taskId=task_id)
    for method in (METHOD, "reportCorrectRecaptcha", "reportIncorrectHcaptcha", "reportIncorrectImageCaptcha"):
        assert await factories.call(calm, method, people[0], taskId=task_id) == SAMPLE_REFUSED
    assert set(await refused(calm)) == {"report_repeated"}


async def test_late_is_16(calm: Client, people):
    task_id = await factories.solve(calm.context, *people, kind=RECAPTCHA_V3)
    await age(calm, 60)
    assert await factories.call(calm, METHOD, people[0], taskId=task_id) == SAMPLE_REFUSED
    assert await refused(calm) == {"report_late": 1}


async def test_no_money_comes_back(calm: Client, people):
    task_id = await factories.solve(calm.context, *people, kind=RECAPTCHA_V3)
    before = await factories.call(calm, "getBalance", people[0])
    await factories.call(calm, METHOD, people[0], taskId=task_id)
    assert await factories.call(calm, "getBalance", people[0]) == before


async def test_when_everybody_is_filtered_the_next_token_task_is_refused_and_a_picture_is_not(calm: Client, people):
    await factories.filter_a_crowd(calm.context, people[0])
    refusal = await factories.submit(calm.context, people[0], kind=RECAPTCHA_V3)
    assert refusal.reason is Reason.ALL_FILTERED
    assert (await factories.call(calm, "createTask", people[0], task=factories.image_task()))["errorId"] == 0


async def test_the_lone_worker_of_a_house_answers_the_next_one_too(calm: Client, people):
    task_id = await factories.solve(calm.context, *people, kind=RECAPTCHA_V3)
    assert (await factories.call(calm, METHOD, people[0], taskId=task_id))["errorId"] == 0
    assert await standing(calm, *people) == "filtered"
    again = await factories.solve(calm.context, *people, kind=RECAPTCHA_V3)
    assert again != task_id


async def test_an_unknown_key_is_1(calm: Client):
    assert_error(await factories.call(calm, METHOD, clientKey="0" * 32, taskId=1), 1)
