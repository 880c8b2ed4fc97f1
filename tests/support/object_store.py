"""A real S3-compatible server on loopback, moto's, which checks every signature; its backends are filled in process."""

import json
from collections.abc import Mapping

from moto import settings as moto_settings
from moto.core.authorization import ActionAuthenticatorMixin
from moto.iam.models import iam_backends
from moto.s3.models import s3_backends
from moto.server import ThreadedMotoServer

ACCOUNT = "123456789012"  # moto's usual one
REGION = "eu-central-1"
HOST = "127.0.0.1"


class ObjectStore:
    """``endpoint`` is its address; ``access_key`` and ``secret`` may read and list everything in it, no others may.

    ``is_written``: they may write there, too.
    """

    def __init__(self, *, is_written: bool = False) -> None:
        self._server = ThreadedMotoServer(HOST, 0, verbose=False)
        self._server.start()
        self.endpoint = f"http://{HOST}:{self._server.get_host_and_port()[1]}"
        self._backend = s3_backends[ACCOUNT]["aws"]
        people = iam_backends[ACCOUNT]["aws"]
        user = "writer" if is_written else "reader"  # one of each in a process: their store is the process's
        people.create_user(REGION, user)
        allowed = {"Effect": "Allow", "Action": ["s3:*"] if is_written else ["s3:Get*", "s3:List*"], "Resource": "*"}
        people.put_user_policy(user, "objects", json.dumps({"Version": "2012-10-17", "Statement": [allowed]}))
        key = people.create_access_key(user)
        self.access_key, self.secret = str(key.access_key_id), str(key.secret_access_key)
        moto_settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
        ActionAuthenticatorMixin.request_count = 0

    def fill(self, bucket: str, objects: Mapping[str, bytes]) -> None:
        """Make a bucket where it is not there, and put objects into it."""
        if bucket not in self._backend.buckets:
            self._backend.create_bucket(bucket, REGION)
        for key, data in objects.items():
            self._backend.put_object(bucket, key, data)

    def close(self) -> None:
        """Stop the server."""
        self._server.stop()
