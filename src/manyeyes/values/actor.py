"""Who changes something, through what and from where: what an edge tells an action, and the audit trail keeps."""

import msgspec

OPERATOR, AUDITOR, SUPPORT = "operator", "auditor", "support"
STAFF = (OPERATOR, SUPPORT, AUDITOR)  # who may do most comes first: of somebody in several groups it is the first
CUSTOMER, WORKER = "customer", "worker"
SHELL = "shell"  # whoever may run the command line on the machine
LINK = "link"  # whoever had a one-time link: until it is spent nobody is signed in
COMPANY = "company"  # whose own sign-in says who somebody is, before this house knows them
INSTALLATION, ANYBODY = "installation", "nobody"  # its own work; somebody who is not signed in
ACTING = (*STAFF, CUSTOMER, WORKER, SHELL, LINK, COMPANY, INSTALLATION, ANYBODY)  # every role of an actor
SCREEN, V1, COMMAND_LINE = "screen", "v1", "command line"  # edges by which somebody changes something
HASH_SHOWN = 16  # hexadecimal digits of the hash of a key, token or session by which an entry names it


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """A person or a program. ``role``: one of this module's words, or `BY_ITSELF`'s.

    ``actor_id``: of a customer the account's number, of a worker theirs, of an operator their number among the staff
    (0: the founding one), of the shell the system's user number. ``name``: as it was then; it may change later.
    ``via``: the edge (screen, v1, mcp, anticaptcha, tupu, command line). ``address``: from where, empty on the command
    line. ``through``: which session, key or token, by the first digits of its hash; never the secret itself.
    """

    role: str
    actor_id: int = 0
    name: str = ""
    via: str = ""
    address: str = ""
    through: str = ""


BY_ITSELF = Actor(role=INSTALLATION, name="manyeyes", via="by itself")  # nobody asked: its own periodic work


def shown_hash(secret_hash: bytes) -> str:
    """Return by what an entry names a key, token, link or session, given its hash: enough to tell two apart."""
    return secret_hash.hex()[:HASH_SHOWN]
