"""A picture that is not quite what came: what was lost of its file on the way is remembered with it."""

from manyeyes.tasks.pictures import Picture


class UnfoldedPicture(Picture, frozen=True):
    """``shrunk``: how many times longer its sides were. ``is_part``: its file has frames or pages that are left out."""

    shrunk: float = 1.0
    is_part: bool = False


def part_of_file(picture: Picture) -> UnfoldedPicture:
    """Return the picture as one of several of its file, of which the others are left out."""
    shrunk = picture.shrunk if isinstance(picture, UnfoldedPicture) else 1.0
    return UnfoldedPicture(picture.media, picture.width, picture.height, picture.data, shrunk, is_part=True)
