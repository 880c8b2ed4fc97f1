"""/operator/settings: the settings of the serving process, where each is from, and which version runs."""

from starlette.requests import Request
from starlette.responses import Response

from manyeyes.console.operator.house_page import HousePages
from manyeyes.console.shared.guards import for_operators
from manyeyes.console.shared.languages import mark
from manyeyes.roles.house.shown_settings import shown_settings, version

LEAD = mark(
    "What the serving process was started with. Settings are read once, from the environment, at the start: to change "
    "one, set the variable where the service is defined and start it again. Secrets are never shown."
)


class SettingsPages(HousePages):
    """The operator's page of settings."""

    @for_operators
    async def show(self, request: Request) -> Response:
        """GET /operator/settings: every setting, its value or that it is a secret, and where it is from."""
        return await self.draw(
            request,
            "settings",
            here="settings",
            title=mark("Settings and version"),
            lead=LEAD,
            settings=shown_settings(self._context.settings),
            version=version(),
        )
