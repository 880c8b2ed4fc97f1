"""manyeyes: a self-hosted recognition service."""

__version__ = "0.1.0"
