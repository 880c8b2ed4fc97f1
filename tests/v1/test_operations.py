"""The table of /v1: each row says what its handler's signature says."""

import re
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from starlette.responses import Response

from manyeyes.accounts.colleagues import AccountPerson
from manyeyes.accounts.store import KeyOwner
from manyeyes.v1.apis import APIS
from manyeyes.v1.authentication import signed_in_customer, signed_in_earner, signed_in_person, signed_in_worker
from manyeyes.v1.cursors import asked_limit
from manyeyes.v1.openapi import OPERATIONS, document
from manyeyes.v1.operations import JSON, Answer, Operation, read_task
from manyeyes.values.refusals import Refusal, Refused
from manyeyes.workers.store import Worker

CALLERS: dict[object, type] = {
    signed_in_worker: Worker,
    signed_in_earner: Worker,
    signed_in_customer: KeyOwner,
    signed_in_person: AccountPerson,
}


def name(operation: Operation) -> str:
    return f"{operation.method} {operation.path}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=name)
def test_a_row_is_what_its_handler_takes_and_returns(operation: Operation):
    hints = get_type_hints(operation.handler)
    person, body = get_args(hints["call"])
    assert person is CALLERS[operation.caller]
    assert body is (operation.body or NoneType)
    returned = {each if get_origin(each) is not Answer else get_args(each)[0] for each in _members(hints["return"])}
    given = returned - {Refusal, NoneType}
    is_json, is_other = JSON in operation.gives, set(operation.gives) != {JSON}  # streams describe their members
    assert given == ({operation.reply} - {None} if is_json else set()) | ({Response} if is_other else set())
    assert (204 in operation.statuses) == (bool(given) and NoneType in returned)
    assert operation.success != 204 or (NoneType in returned and not given)


def _members(returned: Any) -> list[Any]:
    return list(get_args(returned)) if get_origin(returned) in (Union, UnionType) else [returned]


def test_every_row_is_served_once_and_described_once():
    served = [row for table in APIS.values() for row in table]
    assert served == OPERATIONS
    described = {(method.upper(), path) for path, methods in document()["paths"].items() for method in methods}
    assert described == {(row.method, row.path) for row in served}
    assert len({(row.method, row.starred) for row in served}) == len(served)


def test_a_row_s_statuses_are_in_order_and_know_who_may_be_refused():
    for row in OPERATIONS:
        assert list(row.statuses) == sorted(row.statuses), name(row)
        assert 401 in row.statuses, name(row)
        assert (404 in row.statuses) >= bool(re.search("{", row.path)), name(row)


@pytest.mark.parametrize("text", ["", "-1", "1.0", " 1", "1234567890", "١"])
def test_a_limit_that_is_none_is_refused(text: str):
    with pytest.raises(Refused):
        asked_limit({"limit": text}, 50)
    assert (asked_limit({"limit": "7"}, 50), asked_limit({}, 50), asked_limit({})) == (7, 50, 100)


@pytest.mark.parametrize(("limit", "is_taken"), [(0, False), (1, True), (1_000, True), (1_001, False)])
def test_a_limit_lies_within_its_bounds_unless_the_list_takes_what_it_has_room_for(limit: int, is_taken: bool):
    query = {"limit": str(limit)}
    assert asked_limit(query, largest=None) == limit
    if is_taken:
        assert asked_limit(query) == limit
    else:
        with pytest.raises(Refused, match="from 1 to 1000"):
            asked_limit(query)


@pytest.mark.parametrize("text", ["", "-1", "1.0", "12345678901", "١"])
def test_what_is_no_task_s_number(text: str):
    assert read_task(text) is None
    assert read_task("0012") == 12
