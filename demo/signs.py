"""Street signs: plates on walls and posts, with names of two or three words."""

import random

from PIL import Image, ImageDraw, ImageFilter

from demo.camera import Colour, cast_shadow, develop, font, lay, light, streaks, tilt

FIRST = ("Old", "Upper", "Little", "Long", "North", "Quiet", "Silver", "Saint Anne", "Green", "Stone", "Copper", "West")
SECOND = ("Mill", "Harbour", "Orchard", "Bridge", "Chapel", "Maple", "Market", "Heron", "Garden", "Lantern", "Willow")
LAST = ("Lane", "Street", "Road", "Walk", "Square", "Hill", "Row", "Quay")
SCENE = (1280, 960)  # double size
PLASTERS = (
    ((196, 180, 146), (228, 214, 184)),
    ((168, 166, 164), (204, 202, 198)),
    ((198, 150, 112), (224, 184, 148)),
)
WHITE, NAVY, COAL = (248, 248, 244), (22, 48, 128), (24, 24, 28)


def street_name(rng: random.Random) -> str:
    """Return a name of two to four words (one first word has two)."""
    words = (rng.choice(SECOND), rng.choice(LAST))
    return " ".join(words) if rng.random() < 0.35 else " ".join((rng.choice(FIRST), *words))


def fitted(text: str, width: int, largest: int) -> float:
    """Return the type size, at most `largest`, at which `text` is no wider than `width` pixels."""
    return min(largest, largest * width / font(largest).getlength(text))


def bolts(draw: ImageDraw.ImageDraw, places: list[tuple[int, int]]) -> None:
    """Draw the heads of the bolts that hold a plate."""
    for x, y in places:
        draw.ellipse((x - 11, y - 11, x + 11, y + 11), fill=(150, 150, 150), outline=(60, 60, 60), width=2)
        draw.ellipse((x - 5, y - 7, x + 3, y + 1), fill=(214, 214, 214))


def worn(plate: Image.Image, rng: random.Random, colour: Colour) -> Image.Image:
    """Return the RGBA `plate` with a few chips of `colour` at its edges and a film of dust."""
    draw = ImageDraw.Draw(plate)
    for _ in range(rng.randint(2, 6)):
        x, y = rng.randint(14, plate.width - 14), rng.choice((18, plate.height - 18)) + rng.randint(-4, 4)
        chip = [(x + rng.randint(-9, 9), y + rng.randint(-7, 7)) for _ in range(6)]
        draw.polygon(chip, fill=(*colour, 255))
    alpha = plate.getchannel("A")
    dust = streaks(plate.size, rng, (150, 140, 120), (255, 255, 255), (60, 900))
    dusty = Image.blend(plate.convert("RGB"), dust, 0.07)
    dusty.putalpha(alpha)
    return dusty


def enamel_plate(rng: random.Random, name: str) -> Image.Image:
    """Return a blue enamel plate (RGBA) with a white rim and white letters."""
    size = fitted(name, 900, 150)
    width, height = round(font(size).getlength(name)) + 160, round(size * 1.3) + 110
    plate = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(plate)
    ground = rng.choice((NAVY, (18, 62, 106), (30, 40, 92)))
    draw.rounded_rectangle((0, 0, width - 1, height - 1), 26, fill=(*WHITE, 255))
    draw.rounded_rectangle((12, 12, width - 13, height - 13), 18, fill=(*ground, 255))
    draw.rounded_rectangle((24, 24, width - 25, height - 25), 12, outline=(*WHITE, 255), width=4)
    draw.text((width / 2, height / 2), name, WHITE, font(size), "mm", stroke_width=2)
    bolts(draw, [(46, 46), (width - 46, 46), (46, height - 46), (width - 46, height - 46)])
    return worn(plate, rng, (96, 58, 36))


def cast_plate(rng: random.Random, name: str) -> Image.Image:
    """Return a white cast plate (RGBA) with black capitals and a red district line."""
    name = name.upper()
    size = fitted(name, 920, 120)
    width, height = round(font(size).getlength(name)) + 140, round(size * 1.3) + 140
    plate = Image.new("RGBA", (width, height))
    draw = ImageDraw.Draw(plate)
    draw.rectangle((0, 0, width - 1, height - 1), fill=(*WHITE, 255))
    draw.rectangle((8, 8, width - 9, height - 9), outline=(*COAL, 255), width=7)
    draw.text((width / 2, height / 2 - 22), name, COAL, font(size), "mm", stroke_width=2)
    district = f"DISTRICT {rng.randint(1, 19)}"
    draw.text((width - 44, height - 34), district, (178, 30, 34), font(40), "rm", stroke_width=1)
    bolts(draw, [(36, 36), (width - 36, 36), (36, height - 36)])
    return worn(plate, rng, (120, 84, 60))


def blade(rng: random.Random, name: str) -> Image.Image:
    """Return a green or brown blade (RGBA) as it is fixed to a post, the post included."""
    size = fitted(name, 880, 130)
    width, height = round(font(size).getlength(name)) + 130, round(size * 1.25) + 60
    card = Image.new("RGBA", (width, 1500))
    draw = ImageDraw.Draw(card)
    post = width // 2 + rng.randint(-width // 5, width // 5)
    for x in range(-20, 21):
        tone = round(186 - 5 * abs(x + 6))
        draw.line((post + x, 250, post + x, 1500), fill=(tone, tone, tone + 6, 255))
    ground = rng.choice(((0, 104, 74), (0, 86, 60), (98, 62, 36)))
    top = 320
    draw.rounded_rectangle((0, top, width - 1, top + height), 16, fill=(*ground, 255))
    draw.rounded_rectangle((8, top + 8, width - 9, top + height - 8), 12, outline=(*WHITE, 255), width=5)
    draw.text((width / 2, top + height / 2), name, WHITE, font(size), "mm", stroke_width=2)
    draw.rectangle((post - 30, top - 34, post + 30, top + 2), fill=(120, 122, 128, 255))
    bolts(draw, [(post, top - 16)])
    return card


def bricks(rng: random.Random) -> Image.Image:
    """Return a brick wall (RGB)."""
    wall = streaks(SCENE, rng, (150, 142, 130), (186, 178, 166), (30, 30))
    draw = ImageDraw.Draw(wall)
    base = rng.choice(((142, 74, 56), (128, 66, 54), (160, 122, 88)))
    for row, y in enumerate(range(-10, SCENE[1], 84)):
        for x in range(-190 + (row % 2) * 95, SCENE[0], 190):
            drift = rng.randint(-20, 16)
            colour = tuple(channel + drift + rng.randint(-5, 5) for channel in base)
            draw.rounded_rectangle((x + rng.randint(0, 3), y, x + 178, y + 73 + rng.randint(-2, 2)), 7, fill=colour)
    rough = streaks(SCENE, rng, (60, 40, 30), (230, 214, 200), (9, 9))
    return Image.blend(wall, rough, 0.16).filter(ImageFilter.GaussianBlur(1.6))


def plaster(rng: random.Random) -> Image.Image:
    """Return a plastered house wall (RGB)."""
    dark, bright = rng.choice(PLASTERS)
    return Image.blend(streaks(SCENE, rng, dark, bright, (400, 400)), streaks(SCENE, rng, dark, bright, (6, 6)), 0.4)


def trees(rng: random.Random) -> Image.Image:
    """Return sky above trees (RGB), far out of focus."""
    fade = Image.linear_gradient("L").resize(SCENE)
    sky = Image.composite(Image.new("RGB", SCENE, (226, 232, 236)), Image.new("RGB", SCENE, (122, 168, 214)), fade)
    draw = ImageDraw.Draw(sky)
    for _ in range(260):
        x, y = rng.randint(-80, SCENE[0] + 80), rng.triangular(SCENE[1] * 0.35, SCENE[1] * 1.1, SCENE[1])
        radius, tone = rng.randint(30, 90), rng.randint(-26, 40)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(62 + tone, 98 + tone, 48 + tone // 2))
    blurred = sky.filter(ImageFilter.GaussianBlur(20))
    spots = Image.new("L", SCENE, 0)
    pen = ImageDraw.Draw(spots)
    for _ in range(26):
        x, y, radius = rng.randint(0, SCENE[0]), rng.randint(SCENE[1] // 3, SCENE[1]), rng.randint(14, 44)
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=rng.randint(30, 90))
    blurred.paste(Image.new("RGB", SCENE, (240, 244, 210)), (0, 0), spots.filter(ImageFilter.GaussianBlur(3)))
    return blurred


def photographed(rng: random.Random) -> tuple[Image.Image, str]:
    """Return a photograph (RGB, 640 x 480) of a street sign, and the name in the capitals that it uses."""
    name = street_name(rng)
    if rng.random() < 0.35:
        card, behind, shadow = blade(rng, name), trees(rng), 0
    else:
        plate = rng.choice((enamel_plate, cast_plate))
        name = name.upper() if plate is cast_plate else name
        card, behind, shadow = plate(rng, name), rng.choice((bricks, plaster))(rng), 12
    padded = Image.new("RGBA", (card.width + 60, card.height + 60))
    padded.paste(card, (30, 30))
    card = tilt(padded, rng, degrees=4, squeeze=0.02)
    top = rng.randint(60, 320) if shadow else rng.randint(-160, -60)
    at = ((SCENE[0] - card.width) // 2 + rng.randint(-25, 25), top)
    scene = light(lay(card, behind, at, max(1, shadow)), rng)
    if shadow and rng.random() < 0.6:
        scene = cast_shadow(scene, rng, 0.4)
    return develop(scene, rng, (SCENE[0] // 2, SCENE[1] // 2)), name
