"""The tools that there are, in the order in which they are listed."""

from manyeyes.mcp.ask_people import ASK_PEOPLE
from manyeyes.mcp.cancel import CANCEL
from manyeyes.mcp.check import CHECK
from manyeyes.mcp.tool import Tool
from manyeyes.mcp.wait import WAIT

TOOLS: dict[str, Tool] = {tool.name: tool for tool in (ASK_PEOPLE, CHECK, WAIT, CANCEL)}
