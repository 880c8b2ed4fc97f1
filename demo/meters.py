"""Utility meters with mechanical counters: wheels that turn, some of them caught between two digits."""

import math
import random
from collections.abc import Callable

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

from demo.camera import Colour, cast_shadow, develop, font, lay, light, streaks, tilt

Pen = ImageDraw.ImageDraw
Spot = tuple[int, int]
Meter = Callable[[random.Random, int, float], Image.Image]
BLACK_WHEELS = 5
SCENE = (1280, 960)  # double size
PAPER, COAL, RED = (244, 243, 238), (26, 26, 30), (186, 32, 36)
DIALS = (
    ((604, 520), "x 0.1", -78),
    ((504, 622), "x 0.01", 78),
    ((336, 622), "x 0.001", 78),
    ((236, 520), "x 0.0001", -78),
)
METALS = (  # rim and shine: brass, blue paint, steel
    ((92, 62, 22), (226, 186, 104)),
    ((24, 52, 110), (94, 140, 214)),
    ((70, 74, 80), (206, 210, 216)),
)
WALLS = (
    ((150, 146, 138), (196, 192, 184), (40, 40)),  # plaster
    ((72, 74, 78), (112, 114, 118), (30, 30)),  # concrete in a cellar
    ((96, 66, 46), (140, 102, 72), (20, 2400)),  # cupboard boards
)


def wheel_positions(reading: int, turned: float, wheels: int) -> list[float]:
    """Return where each wheel stands, left to right: digit plus the part it has turned towards the next one.

    The last wheel turns steadily and stands `turned` (0..1) beyond its digit; every other wheel moves only while the
    wheel on its right goes from 9 to 0, as the gears of a real counter make it.
    """
    positions: list[float] = []
    carry = turned
    for power in range(wheels):
        digit = reading // 10**power % 10
        positions.insert(0, digit + carry)
        carry = carry if digit == 9 else 0.0
    return positions


def draw_wheel(position: float, size: tuple[int, int], ink: Colour, ground: Colour) -> Image.Image:
    """Return one wheel (RGB) seen through its window; `position` 3.5 stands half-way between 3 and 4."""
    width, height = size
    pitch = round(height * 0.92)  # from one digit to the next, so that the neighbours peep in
    wheel = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(wheel)
    for step in range(-1, 3):
        centre = height / 2 + (step - position % 1) * pitch
        digit = str((int(position) + step) % 10)
        draw.text((width / 2, centre), digit, ink, font(height * 0.78), "mm", stroke_width=2)
    roundness = Image.new("L", (1, height))
    for y in range(height):
        roundness.putpixel((0, y), round(255 * math.cos((y / height - 0.5) * 2.1) ** 0.6))
    shade = roundness.resize(size)
    return ImageChops.multiply(wheel, Image.merge("RGB", (shade, shade, shade)))


def counter(positions: list[float], wheel: tuple[int, int], colours: list[tuple[Colour, Colour]]) -> Image.Image:
    """Return the row of wheels (RGB) in its dark frame; `colours` are (ink, ground) per wheel."""
    width, height = wheel
    gap = 8
    row = Image.new("RGB", ((width + gap) * len(positions) + gap, height + 2 * gap), (12, 12, 14))
    for index, (position, (ink, ground)) in enumerate(zip(positions, colours, strict=True)):
        row.paste(draw_wheel(position, wheel, ink, ground), (gap + index * (width + gap), gap))
    fall = Image.new("L", row.size, 255)
    ImageDraw.Draw(fall).rectangle((0, 0, row.width, 14), 110)
    ImageDraw.Draw(fall).rectangle((0, 0, 10, row.height), 150)
    fall = fall.filter(ImageFilter.GaussianBlur(7))
    return ImageChops.multiply(row, Image.merge("RGB", (fall, fall, fall)))


def ring(draw: Pen, centre: Spot, outer: int, inner: int, dark: Colour, bright: Colour) -> None:
    """Draw a metal ring whose shine runs from `dark` at the rim to `bright` in the middle and back."""
    for radius in range(outer, inner, -1):
        share = 1 - abs((radius - inner) / (outer - inner) - 0.5) * 2
        colour = tuple(round(d + (b - d) * share) for d, b in zip(dark, bright, strict=True))
        x, y = centre
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)


def small_dial(draw: Pen, centre: Spot, position: float, label: str, label_y: int) -> None:
    """Draw one of a water meter's red hands on its scale, at `position` 0..10, its label `label_y` pixels below."""
    x, y = centre
    for digit in range(10):
        angle = digit * math.tau / 10
        at = (x + 50 * math.sin(angle), y - 50 * math.cos(angle))
        draw.text(at, str(digit), COAL, font(20), "mm")
    angle = position * math.tau / 10
    tip = (x + 40 * math.sin(angle), y - 40 * math.cos(angle))
    side = (11 * math.cos(angle), 11 * math.sin(angle))
    draw.polygon([tip, (x + side[0], y + side[1]), (x - side[0], y - side[1])], fill=RED)
    draw.ellipse((x - 12, y - 12, x + 12, y + 12), fill=RED)
    draw.text((x, y + label_y), label, COAL, font(20), "mm")


def water_meter(rng: random.Random, reading: int, turned: float) -> Image.Image:
    """Return a round water meter (RGBA, 840 pixels square) that shows `reading` whole cubic metres."""
    body = Image.new("RGBA", (840, 840))
    draw = ImageDraw.Draw(body)
    centre = (420, 420)
    ring(draw, centre, 410, 340, *rng.choice(METALS))
    draw.ellipse((72, 72, 768, 768), fill=(30, 32, 36))
    draw.ellipse((80, 80, 760, 760), fill=PAPER)
    for tick in range(100):
        angle, inner = tick * math.tau / 100, 318 if tick % 10 else 304
        sin, cos = math.sin(angle), math.cos(angle)
        draw.line((420 + inner * sin, 420 - inner * cos, 420 + 334 * sin, 420 - 334 * cos), COAL, 2 if tick % 10 else 5)
    maker = rng.choice(("AQUAFLUX", "Brookmeter", "RIVULET"))
    draw.text((420, 168), maker, (24, 60, 120), font(46), "mm", stroke_width=1)
    draw.text((420, 214), f"Q3 4 m3/h   30 °C   No {rng.randint(100000, 999999)}", COAL, font(22), "mm")
    positions = wheel_positions(reading, turned, BLACK_WHEELS)
    window = counter(positions, (76, 112), [(COAL, (236, 234, 226))] * BLACK_WHEELS)
    body.paste(window, (400 - window.width // 2, 262))
    draw.text((400 + window.width // 2 + 34, 326), "m", COAL, font(46), "mm")
    draw.text((400 + window.width // 2 + 60, 306), "3", COAL, font(26), "mm")
    hands = turned * 10
    for at, label, label_y in DIALS:
        small_dial(draw, at, hands, label, label_y)
        hands = hands % 1 * 10
    star = 420 + rng.randint(-3, 3), 500
    draw.regular_polygon((*star, 26), 6, rng.randint(0, 59), RED)
    return body


def power_meter(rng: random.Random, reading: int, turned: float) -> Image.Image:
    """Return an electricity meter (RGBA, 760 x 860) with five black wheels and a red one for tenths."""
    body = Image.new("RGBA", (760, 860))
    draw = ImageDraw.Draw(body)
    shell = rng.choice(((52, 54, 60), (208, 206, 198), (70, 62, 54)))
    draw.rounded_rectangle((10, 10, 750, 850), 60, fill=(*shell, 255), outline=(20, 20, 22), width=4)
    draw.rounded_rectangle((60, 60, 700, 680), 34, fill=(*PAPER, 255), outline=(90, 90, 90), width=6)
    draw.text((380, 124), rng.choice(("VOLTARA", "Lumen & Sons", "HELIOS E3")), COAL, font(50), "mm", stroke_width=1)
    draw.text((380, 180), "single phase   230 V   10 (60) A   50 Hz", (70, 70, 74), font(26), "mm")
    tenths = rng.choice((9, 9, *range(9)))  # a 9 is when the black wheels turn too
    positions = wheel_positions(reading * 10 + tenths, turned, BLACK_WHEELS + 1)
    colours = [(PAPER, COAL)] * BLACK_WHEELS + [(PAPER, RED)]
    window = counter(positions, (68, 104), colours)
    body.paste(window, (346 - window.width // 2, 226))
    draw.text((346 + window.width // 2 + 50, 290), "kWh", COAL, font(36), "mm", stroke_width=1)
    draw.rounded_rectangle((150, 420, 610, 470), 10, fill=(34, 34, 38))
    draw.rectangle((154, 436, 606, 454), fill=(176, 178, 184))
    mark = rng.randint(170, 540)
    draw.rectangle((mark, 436, mark + 36, 454), fill=RED)
    draw.text((380, 505), f"{rng.choice((75, 375, 600))} revolutions = 1 kWh", (70, 70, 74), font(24), "mm")
    x = 210
    while x < 550:
        thick = rng.choice((2, 3, 5))
        draw.rectangle((x, 560, x + thick, 620), fill=COAL)
        x += thick + rng.choice((4, 6, 9))
    draw.text((380, 646), f"No {rng.randint(10, 99)} {rng.randint(100000, 999999)}", COAL, font(26), "mm")
    for screw in (160, 600):
        draw.ellipse((screw - 26, 740, screw + 26, 792), fill=(150, 150, 154), outline=(40, 40, 42), width=3)
        draw.line((screw - 16, 778, screw + 16, 754), (50, 50, 54), 6)
    return body


def behind_glass(card: Image.Image, rng: random.Random) -> Image.Image:
    """Return the RGBA `card` with the reflection of a window across its glass."""
    glare = Image.new("L", card.size, 0)
    left = rng.uniform(0.05, 0.55) * card.width
    lean = card.width * 0.3
    band = card.width * rng.uniform(0.12, 0.25)
    ImageDraw.Draw(glare).polygon(
        [(left + lean, 0), (left + lean + band, 0), (left + band, card.height), (left, card.height)],
        fill=rng.randint(26, 52),
    )
    glare = ImageChops.multiply(glare.filter(ImageFilter.GaussianBlur(6)), card.getchannel("A"))
    lit = card.copy()
    lit.paste(Image.new("RGBA", card.size, (255, 255, 255, 255)), (0, 0), glare)
    lit.putalpha(card.getchannel("A"))
    return lit


def photographed(rng: random.Random) -> tuple[Image.Image, str]:
    """Return a photograph (RGB, 640 x 480) of a meter, and what its five black wheels read."""
    return photograph(rng, rng.choice((water_meter, power_meter)))


def by_fixed_camera(rng: random.Random) -> tuple[Image.Image, str]:
    """Return a small grey picture (RGB mode, 400 x 300) as of a camera fixed on a water meter, and the reading."""
    image, text = photograph(rng, water_meter)
    grey = ImageOps.autocontrast(ImageOps.grayscale(image.resize((400, 300), Image.Resampling.LANCZOS)), cutoff=1)
    return grey.convert("RGB"), text


def photograph(rng: random.Random, meter: Meter) -> tuple[Image.Image, str]:
    """Return a photograph (RGB, 640 x 480) of one kind of meter on a wall, and its reading."""
    reading = rng.randrange(200, 10**BLACK_WHEELS - 2)
    if rng.random() < 0.4:  # shortly before a carry, when two or three wheels turn together
        reading = reading // 10 * 10 + 9
    turned = rng.choice(
        (rng.uniform(0.05, 0.3), rng.uniform(0.35, 0.6))
    )  # further and a person would read the next digit
    card = tilt(behind_glass(meter(rng, reading, turned), rng), rng, degrees=5, squeeze=0.012)
    dark, bright, stretch = rng.choice(WALLS)
    wall = streaks(SCENE, rng, dark, bright, stretch)
    at = ((SCENE[0] - card.width) // 2 + rng.randint(-60, 60), (SCENE[1] - card.height) // 2)
    scene = light(lay(card, wall, at, shadow=22), rng)
    if rng.random() < 0.4:
        scene = cast_shadow(scene, rng, 0.35)
    return develop(scene, rng, (SCENE[0] // 2, SCENE[1] // 2)), f"{reading:0{BLACK_WHEELS}}"
