"""Why the embedded PostgreSQL cannot be used."""


class DataDirectoryInUse(RuntimeError):
    """Another live process owns the data directory. The message names the directory and that process."""


class EmbeddedFailed(RuntimeError):
    """PostgreSQL could not be started. The message says why; when PostgreSQL said it, with the end of its log."""


class NewerSchema(ValueError):
    """A newer version has changed this database; the text says what to run."""
