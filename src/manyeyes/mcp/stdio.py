"""MCP over the standard streams: the agent's program starts this process, and ends it with its own."""

from mcp.server.stdio import stdio_server

from manyeyes.mcp.installation import Installation
from manyeyes.mcp.tools_server import ToolsServer


async def serve_stdio(installation: Installation, longest_wait: float) -> None:
    """Serve the tools until stdin ends; ``longest_wait``: seconds that one call may wait."""
    server = ToolsServer(lambda _: installation, longest_wait=longest_wait, may_read_files=True).server
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())
