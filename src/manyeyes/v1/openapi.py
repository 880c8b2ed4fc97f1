"""The OpenAPI 3.1 description of /v1, generated from the very types that decode and encode it."""

import re
from typing import Any

import msgspec

from manyeyes import __version__
from manyeyes.recognitions.time_spans import Grain
from manyeyes.roles.earnings import ENTRIES
from manyeyes.tasks.labels import LabelOptions
from manyeyes.tasks.questions import OwnOptions
from manyeyes.tasks.rules import ImageOptions
from manyeyes.v1.apis import APIS
from manyeyes.v1.authentication import signed_in_customer, signed_in_earner
from manyeyes.v1.cursors import LARGEST_PAGE, NEWEST, OLDEST
from manyeyes.v1.operations import EVENTS, JSON, Operation
from manyeyes.v1.problems import PROBLEM_MEDIA, ProblemBody
from manyeyes.v1.task_bodies import FORM
from manyeyes.v1.worker_views import WidgetOptions

IDEMPOTENCY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "names the call: sent again with the same body it makes nothing again",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
PREFER = {
    "name": "Prefer",
    "in": "header",
    "description": "wait=N: answer when the task has ended, at most N (up to 60) seconds later (RFC 7240)",
    "schema": {"type": "string", "pattern": "^wait=[0-9]{1,2}$"},
    "example": "wait=1",
}
HEADERS = {
    "Location": {"description": "where it is read from now on", "schema": {"type": "string"}},
    "Idempotent-Replayed": {"description": "true: an earlier call made it", "schema": {"type": "string"}},
    "Preference-Applied": {"description": "the wait that was granted", "schema": {"type": "string"}},
}
OPERATIONS = [operation for table in APIS.values() for operation in table]
PARAMETERS = {
    "address_id": "integer",
    "wait": "number",
    "limit": "integer",
    "before": "string",
    "state": "string",
    "task_id": "integer",
    "key_id": "string",
    "person_id": "integer",
    "bucket": "string",
    "recognition_task_id": "string",
    "job_id": "integer",
    "order": "string",
    "cursor": "string",
    "from": "string",
    "to": "string",
    "grain": "string",
    "tz": "string",
    "month": "string",
    "by": "string",
    "review": "boolean",
    "label": "integer",
    "overturned": "boolean",
    "id": "integer",
    "job": "integer",
    "external_id": "string",
    "uncertain": "boolean",
    "since": "string",
    "queue": "string",
    "upload_key": "string",
    "from_line": "integer",
    "question": "string",
    "of": "string",
    "request": "integer",
}


def document() -> dict[str, Any]:
    """Return the description as a JSON object; served at /v1/openapi.json."""
    types: list[Any] = [kind for operation in OPERATIONS for kind in (operation.body, operation.reply) if kind]
    types += [ProblemBody, ImageOptions, LabelOptions, OwnOptions, WidgetOptions]
    _, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "manyeyes", "version": __version__},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"token": []}],
    }


def _described(operation: Operation) -> dict[str, Any]:
    given: dict[str, Any] = {}
    for media in operation.gives if operation.success != 204 else ():
        given |= _content(operation.reply, media) if media in (JSON, EVENTS) else {media: {"schema": {}}}
    done: dict[str, Any] = {"description": "done", **({"content": given} if given else {})}
    if operation.success == 201:
        done["headers"] = HEADERS
    responses: dict[str, Any] = {str(operation.success): done}
    for status in operation.statuses:
        content = {} if status == 204 else {"content": _content(ProblemBody, PROBLEM_MEDIA)}
        responses[str(status)] = {"description": "nothing to give" if status == 204 else "refused", **content}
    described: dict[str, Any] = {"operationId": _name(operation), "responses": responses}
    if operation.scope:
        described["security"] = [{"token": [operation.scope]}]
    found = [_parameter(name, "query") for name in operation.query]
    found += [_parameter(name, "path") | {"required": True} for name in re.findall(r"{(\w+)}", operation.path)]
    is_customers = operation.named and operation.caller is signed_in_customer
    is_named = is_customers or (operation.caller is signed_in_earner and operation.body)
    found += [IDEMPOTENCY] if operation.method == "POST" and is_named else []
    found += [PREFER] if operation.may_wait else []
    if found:
        described["parameters"] = found
    if operation.body is not None or operation.reads_itself:
        described["requestBody"] = {"content": _sent(operation)}
    return described


def _sent(operation: Operation) -> dict[str, Any]:
    """Return what a body may come as; a form has the JSON as a part, and a picture beside it."""
    content: dict[str, Any] = {}
    for media in operation.media:
        found = _content(operation.body, media)
        if media == FORM and operation.body is not None:
            parts = {"task": found[media]["schema"], "picture": {"type": "string", "contentMediaType": "image/*"}}
            found = {media: {"schema": {"type": "object", "properties": parts, "required": ["task"]}}}
        content |= found
    return content


def _name(operation: Operation) -> str:
    """Return the operation's name: what follows /v1, in one word (workers, reviewers and customers share some).

    Where a path takes several methods, its method is said first.
    """
    name = re.sub(r"\W+", "_", operation.path.removeprefix("/v1/")).strip("_")
    is_alone = [each.path for each in OPERATIONS].count(operation.path) == 1
    return name if is_alone else f"{operation.method.lower()}_{name}"


def _parameter(name: str, place: str) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": _SCHEMAS.get(name, {}) | {"type": PARAMETERS[name]}}


# What may be said is told as narrowly as it is read.
_SCHEMAS: dict[str, dict[str, Any]] = {
    "id": {"minimum": 0},
    "job": {"minimum": 1},
    "limit": {"minimum": 1, "maximum": LARGEST_PAGE},
    "order": {"enum": [NEWEST, OLDEST]},
    "grain": {"enum": [*map(str, Grain)]},
    "of": {"enum": [*ENTRIES]},
    "request": {"minimum": 1},
}


def _content(kind: Any, media: str = JSON) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{kind.__name__}"} if kind else {"type": "object"}
    return {media: {"schema": schema}}
