"""createTask: what is taken, what is refused with which error, and that a refusal leaves nothing behind."""

import make


async def test_a_picture_is_taken_and_solved(client):
    customer, hand = await make.customer(client.house), await make.hand(client.house)
    created = await make.call(client, "createTask", customer, task=make.image_task())
    assert created == {"errorId": 0, "taskId": created["taskId"]}
    assert isinstance(created["taskId"], int)
    lease = await make.taken(client.house, hand)
    answered = await client.post(
        "/v1/worker/answers", headers=hand.headers, json={"lease": lease.lease, "answer": {"text": "12345"}}
    )
    assert answered.json()["earned"] == 0.0005
    ready = await make.call(client, "getTaskResult", customer, taskId=created["taskId"])
    assert ready["solution"]["text"] == "12345"
