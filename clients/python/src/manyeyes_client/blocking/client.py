"""The client: all verbs on one connection.

Made from aio/client.py by tools/make_client.py: change that one.
"""

from manyeyes_client.blocking.files import FileVerbs
from manyeyes_client.blocking.jobs import JobVerbs
from manyeyes_client.blocking.money import MoneyVerbs
from manyeyes_client.blocking.tasks import TaskVerbs


class Client(TaskVerbs, JobVerbs, FileVerbs, MoneyVerbs):
    """Asks people through a manyeyes installation; one for as long as a program likes (``with``)."""
