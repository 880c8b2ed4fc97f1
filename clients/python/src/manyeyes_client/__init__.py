"""Ask people about pictures, through a manyeyes installation: `Client`, and `AsyncClient` with the same verbs."""

from manyeyes_client.aio.client import AsyncClient
from manyeyes_client.blocking.client import Client
from manyeyes_client.errors import (
    BadItems,
    BalanceTooLow,
    Conflict,
    Fault,
    KeyReused,
    ManyeyesError,
    NotAllowed,
    NotAnswered,
    NotFound,
    NotReached,
    NotYet,
    ProblemError,
    ServerFailed,
    TooMany,
    Unfit,
    UnknownKey,
    Unreadable,
    WrongSettings,
    WrongSource,
)
from manyeyes_client.items import Item
from manyeyes_client.messages import Job, JobProgress, Task, TaskResult, Upload
from manyeyes_client.money_messages import Balance, Spending, Statement
from manyeyes_client.questions import (
    FieldsQuestion,
    LabelQuestion,
    LabelsQuestion,
    NumberQuestion,
    Question,
    TextQuestion,
)
from manyeyes_client.results import GivenAnswer, Row
from manyeyes_client.sources import Source

__all__ = [
    "AsyncClient",
    "BadItems",
    "Balance",
    "BalanceTooLow",
    "Client",
    "Conflict",
    "Fault",
    "FieldsQuestion",
    "GivenAnswer",
    "Item",
    "Job",
    "JobProgress",
    "KeyReused",
    "LabelQuestion",
    "LabelsQuestion",
    "ManyeyesError",
    "NotAllowed",
    "NotAnswered",
    "NotFound",
    "NotReached",
    "NotYet",
    "NumberQuestion",
    "ProblemError",
    "Question",
    "Row",
    "ServerFailed",
    "Source",
    "Spending",
    "Statement",
    "Task",
    "TaskResult",
    "TextQuestion",
    "TooMany",
    "Unfit",
    "UnknownKey",
    "Unreadable",
    "Upload",
    "WrongSettings",
    "WrongSource",
]
