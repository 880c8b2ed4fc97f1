"""The OpenAPI 3.1 description of /v1, generated from the very types that decode and encode it."""

import re
from typing import Any

import msgspec

from manyeyes import __version__
from manyeyes.tasks.labels import LabelOptions
from manyeyes.tasks.questions import OwnOptions
from manyeyes.tasks.rules import ImageOptions
from manyeyes.v1.apis import APIS
from manyeyes.v1.operations import Operation
from manyeyes.v1.problems import PROBLEM_MEDIA, ProblemBody
from manyeyes.v1.worker_views import WidgetOptions

OPERATIONS = [operation for table in APIS.values() for operation in table]
PARAMETERS = {
    "wait": "number",
    "limit": "integer",
    "before": "string",
    "state": "string",
    "task_id": "integer",
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
    "since": "string",
    "queue": "string",
    "upload_key": "string",
    "from_line": "integer",
    "question": "string",
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
    responses: dict[str, Any] = {str(operation.success): {"description": "done", "content": _content(operation.reply)}}
    for status in operation.statuses:
        content = {} if status == 204 else {"content": _content(ProblemBody, PROBLEM_MEDIA)}
        responses[str(status)] = {"description": "nothing to give" if status == 204 else "refused", **content}
    described: dict[str, Any] = {"operationId": _name(operation.path), "responses": responses}
    found = [_parameter(name, "query") for name in operation.query]
    found += [_parameter(name, "path") | {"required": True} for name in re.findall(r"{(\w+)}", operation.path)]
    if found:
        described["parameters"] = found
    if operation.body is not None:
        described["requestBody"] = {"content": _content(operation.body)}
    return described


def _name(path: str) -> str:
    """Return the operation's name: what follows /v1, in one word (workers, reviewers and customers share some)."""
    return re.sub(r"\W+", "_", path.removeprefix("/v1/")).strip("_")


def _parameter(name: str, place: str) -> dict[str, Any]:
    return {"name": name, "in": place, "schema": {"type": PARAMETERS[name]}}


def _content(kind: Any, media: str = "application/json") -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{kind.__name__}"} if kind else {"type": "object"}
    return {media: {"schema": schema}}
