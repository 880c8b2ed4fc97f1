"""What the roles of an account's people are called, and what each opens."""

from manyeyes.accounts.roles import PersonRole
from manyeyes.console.shared.languages import mark

ROLES = {
    PersonRole.OWNER: mark("Owner"),
    PersonRole.MEMBER: mark("Member"),
    PersonRole.BILLING: mark("Billing"),
    PersonRole.READ_ONLY: mark("Read only"),
}
ABOUT_ROLES = {
    PersonRole.OWNER: mark("everything, keys and people too"),
    PersonRole.MEMBER: mark("sends tasks, sees money, sets up call-backs"),
    PersonRole.BILLING: mark("sees money and asks for top-ups, and nothing else"),
    PersonRole.READ_ONLY: mark("sees tasks and money, changes nothing"),
}
