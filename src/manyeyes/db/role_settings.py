"""The limits of our statements as settings of our role in this database: for connections through a pooler.

PgBouncer in transaction mode hands one connection of the server from client to client, and refuses a client that asks
for what it could not carry over. So whoever is connected as our role, to this database, has them.
"""

from collections.abc import Mapping

import asyncpg

from manyeyes.db.queries import Queries, one_row

SQL = Queries(__package__)


async def keep_role_settings(db: asyncpg.Connection, wanted: Mapping[str, str]) -> None:
    """Let every new session of this role in this database begin with the settings; nothing is written when it does.

    A role may say so of itself. Connections that are open already keep what they have.
    """
    if not await db.fetchval(SQL.has_role_settings, [f"{name}={value}" for name, value in wanted.items()]):
        role, database = await one_row(db, SQL.who_and_where)
        for name, value in wanted.items():
            await db.execute(f"ALTER ROLE {role} IN DATABASE {database} SET {name} = '{value}'")
