"""What every "no" of /v1 looks like (docs/reference/problems.md)."""

PROBLEM = {"type", "title", "status", "detail", "refusal", "reason"}
PROBLEM_MEDIA = "application/problem+json"
