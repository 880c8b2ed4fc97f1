"""What people type, in one form and judged by one table: answers, names, comments (docs/decisions/0037)."""
