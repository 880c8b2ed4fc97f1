"""How fast and how large manyeyes is. Nothing here is a test: no figure makes anything fail. ``python -m bench``."""
