"""A database's catalogue as comparable rows."""

from typing import Any

import asyncpg

PARTS = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull, a.attstorage::text,
               a.attidentity::text, a.attgenerated::text, pg_get_expr(d.adbin, d.adrelid) AS default
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0
          AND NOT a.attisdropped
        ORDER BY c.relname, a.attnum""",
    "tables": """
        SELECT relname, relkind::text, reloptions, pg_get_partkeydef(oid) AS partition_key FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY relname""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "triggers": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2",
    "sequences": "SELECT relname FROM pg_class WHERE relkind = 'S' ORDER BY 1",
    "functions": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1""",
}


async def catalogue(db: asyncpg.Connection) -> dict[str, list[dict[str, Any]]]:
    """Return every part of the catalogue of the public schema."""
    return {part: [dict(row) for row in await db.fetch(query)] for part, query in PARTS.items()}
