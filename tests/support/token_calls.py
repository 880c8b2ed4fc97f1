"""Calls of createTask for tokens: each kind with its queue and the properties that it needs."""

import json
from typing import Any

from support import factories, proven_sites
from support.factories import Customer
from support.in_process_client import Client

URL = "https://shop.example/login"
TASKS: dict[str, dict[str, Any]] = {
    "RecaptchaV2TaskProxyless": {},
    "NoCaptchaTaskProxyless": {},
    "RecaptchaV2EnterpriseTaskProxyless": {},
    "RecaptchaV3TaskProxyless": {"minScore": 0.3, "pageAction": "login"},
    "HCaptchaTaskProxyless": {},
    "TurnstileTaskProxyless": {},
}
QUEUES = {
    **{"RecaptchaV2TaskProxyless": 6, "NoCaptchaTaskProxyless": 6, "RecaptchaV2EnterpriseTaskProxyless": 24},
    **{"RecaptchaV3TaskProxyless": 18, "HCaptchaTaskProxyless": 22, "TurnstileTaskProxyless": 27},
}


def task(kind: str = "RecaptchaV2TaskProxyless", **given: Any) -> dict[str, Any]:
    """Return the `task` object of a kind of token."""
    return {"type": kind, "websiteURL": URL, "websiteKey": proven_sites.KEY, **TASKS.get(kind, {}), **given}


async def create(calm: Client, customer: Customer, **given: Any) -> dict[str, Any]:
    """Ask for a token, of the site that is proven unless it is told otherwise."""
    return await factories.call(calm, "createTask", customer, task=task(**given))


async def options_of(calm: Client, task_id: int) -> dict[str, Any]:
    """Return what is kept of a task's properties."""
    async with calm.context.cells.pool(1).acquire() as db:
        kept: dict[str, Any] = json.loads(await db.fetchval("SELECT options FROM task WHERE task_id = $1", task_id))
        return kept
