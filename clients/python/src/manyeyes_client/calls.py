"""The calls that this package makes, from the OpenAPI description: made by tools/make_client.py."""

from typing import NamedTuple


class Call(NamedTuple):
    """A row of the table: method, path with its places in braces, and the names that its query may have."""

    method: str
    path: str
    query: tuple[str, ...] = ()


CREATE_TASK = Call("POST", "/v1/tasks")
TASK = Call("GET", "/v1/tasks/{id}")
TASKS = Call("GET", "/v1/tasks", ("job", "state", "external_id", "uncertain", "order", "cursor", "limit", "since"))
CANCEL = Call("DELETE", "/v1/tasks/{id}")
REPORT = Call("POST", "/v1/tasks/{id}/report")
BALANCE = Call("GET", "/v1/balance")
SPENDING = Call("GET", "/v1/spending", ("from", "to", "grain", "queue"))
STATEMENT = Call("GET", "/v1/statement", ("month", "from", "to", "tz", "by", "cursor", "limit"))
CREATE_JOB = Call("POST", "/v1/jobs")
JOB = Call("GET", "/v1/jobs/{job_id}")
JOBS = Call("GET", "/v1/jobs", ("limit", "cursor", "order"))
START = Call("POST", "/v1/jobs/{job_id}/start")
CHANGE = Call("PATCH", "/v1/jobs/{job_id}")
CANCEL_JOB = Call("DELETE", "/v1/jobs/{job_id}")
ITEMS = Call("POST", "/v1/jobs/{job_id}/items", ("from_line",))
UPLOAD_STATE = Call("GET", "/v1/jobs/{job_id}/uploads/{upload_key}")
RESULTS_JSONL = Call("GET", "/v1/jobs/{job_id}/results.jsonl")
RESULTS_CSV = Call("GET", "/v1/jobs/{job_id}/results.csv")
EVENTS = Call("GET", "/v1/jobs/{job_id}/events")
RESULTS_PARQUET = Call("GET", "/v1/jobs/{job_id}/results.parquet")
