"""Who asks for a task of a month that was dropped is told so, in every contract's words."""

from manyeyes.actions.submit_tasks import Submitted
from support import factories
from support.in_process_client import Client
from support.sealed_months import drop_one


async def test_a_task_of_a_dropped_month_is_said_to_be_gone(client: Client):
    customer = await factories.customer(client.context)
    submitted = await factories.submit(client.context, customer)
    assert isinstance(submitted, Submitted)
    number, headers = submitted.task_id, {"authorization": f"Bearer {customer.key}"}
    await drop_one(client.context, customer.cell, number)
    for method, path, sent in (("GET", "", None), ("POST", "/report", {"kind": "complaint"})):
        reply = await client.request(method, f"/v1/tasks/{number}{path}", headers=headers, json=sent)
        assert reply.status_code == 410, reply.text
        told = reply.json()
        assert told["refusal"] == "task_dropped"
        assert "only the sums are kept" in told["detail"]
    later = await client.get(f"/v1/tasks/{number + 1}", headers=headers)
    assert (later.status_code, later.json()["refusal"]) == (404, "unknown_task")
    found = await factories.call(client, "getTaskResult", customer, taskId=number)
    assert (found["errorId"], found["errorCode"]) == (16, "ERROR_NO_SUCH_CAPCHA_ID")
