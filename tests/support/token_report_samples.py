"""The contract's own samples, which all three reports on tokens share, and what their tests look at."""

from typing import Any

from support.factories import Customer, Hand
from support.in_process_client import Client

SAMPLE_REQUEST = '{\n     "clientKey":"YOUR_API_KEY",\n     "taskId":12345\n}'
SAMPLE_SUCCESS = {"errorId": 0, "status": "success"}
SAMPLE_REFUSED = {
    "errorId": 16,
    "errorCode": "ERROR_NO_SUCH_CAPCHA_ID",
    "errorDescription": "Task you are requesting does not exist in your current task list or has been expired.",
}


async def age(client: Client, seconds: float) -> None:
    """Let everything that has ended have ended so much earlier, by the database's clock."""
    async with client.context.cells.pool(1).acquire() as db:
        await db.execute("UPDATE result SET ended_at = ended_at - make_interval(secs => $1)", seconds)


async def refused(client: Client) -> dict[Any, Any]:
    """Return why reports were refused, and how often."""
    async with client.context.cells.pool(1).acquire() as db:
        return {row["reason"]: row["times"] for row in await db.fetch("SELECT reason, times FROM refused_report")}


async def standing(client: Client, customer: Customer, hand: Hand) -> str | None:
    """Return what the customer's reports say of the worker: listed, filtered, or None."""
    async with client.context.cells.pool(1).acquire() as db:
        whom = customer.account_id, hand.worker.worker_id
        found = await db.fetchrow("SELECT filtered FROM standing WHERE account_id = $1 AND worker_id = $2", *whom)
        return ("filtered" if found["filtered"] else "listed") if found else None
