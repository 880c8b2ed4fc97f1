"""What sellers put up on a market place: a thing on a table, sometimes with a QR code or a telephone number on it.

The market place wants to know which: 0 normal, 1 QR or bar code, 2 text. Some of the codes are small and some of the
texts faint: about those the recogniser is unsure, and a person looks.
"""

import random
from importlib import import_module

from PIL import Image, ImageDraw, ImageFilter

from demo.camera import Colour, cast_shadow, develop, font, lay, light, streaks, tilt

LABELS = {0: "normal", 1: "QR or bar code", 2: "text"}
SCENE = (1280, 960)  # double size
TABLES = (
    ((112, 72, 42), (172, 122, 76), (2400, 9)),  # oak
    ((196, 190, 180), (228, 222, 212), (300, 300)),  # plaster
    ((54, 82, 92), (92, 128, 138), (14, 14)),  # a woven cloth
)
GLAZES = ((178, 84, 58), (62, 104, 122), (206, 178, 120), (96, 118, 82), (132, 92, 128))
OFFERS = ("CALL 555-0142", "SALE  -40 %", "TEXT 555-0168", "only at SUNDAY SHOP", "write to me: 555-0117")


def vase(rng: random.Random, glaze: Colour) -> Image.Image:
    """Return a vase (RGBA)."""
    card = Image.new("RGBA", (420, 620))
    draw = ImageDraw.Draw(card)
    belly, neck = rng.randint(150, 200), rng.randint(50, 90)
    for y in range(60, 600):
        part = (y - 60) / 540
        half = neck + (belly - neck) * max(0.0, 1 - abs(part - 0.62) / 0.55)
        shade = [round(channel * (0.72 + 0.28 * part)) for channel in glaze]
        draw.line((210 - half, y, 210 + half, y), fill=(*shade, 255))
    draw.ellipse((210 - neck, 44, 210 + neck, 80), fill=(40, 34, 32, 255), outline=(*glaze, 255), width=8)
    draw.ellipse((150, 220, 178, 420), fill=(255, 250, 240, 70))
    return card


def box(rng: random.Random, glaze: Colour) -> Image.Image:
    """Return a lidded box (RGBA)."""
    width, height = rng.randint(420, 560), rng.randint(260, 360)
    card = Image.new("RGBA", (width + 80, height + 140))
    draw = ImageDraw.Draw(card)
    dark = tuple(channel * 3 // 4 for channel in glaze)
    draw.rectangle((40, 110, 40 + width, 110 + height), fill=(*glaze, 255))
    draw.polygon([(40, 110), (80, 40), (width, 40), (40 + width, 110)], fill=(*dark, 255))
    draw.rectangle((40, 110, 40 + width, 150), fill=(*dark, 255))
    draw.ellipse((20 + width // 2, 120, 60 + width // 2, 160), fill=(214, 190, 120, 255))
    return card


def code(rng: random.Random) -> Image.Image:
    """Return a sticker (RGBA) with a QR code or a bar code; one in three is too small to be read with ease."""
    zxingcpp = import_module("zxingcpp")  # the demo brings it; pictures of other things are had without
    size = rng.choice((300, 260, 110))
    if rng.random() < 0.7:
        made = zxingcpp.create_barcode(f"https://shop.example/{rng.randint(1, 9999)}", zxingcpp.BarcodeFormat.QRCode)
    else:
        made = zxingcpp.create_barcode(f"{rng.randint(10**11, 10**12 - 1)}", zxingcpp.BarcodeFormat.Code128)
    drawn = Image.fromarray(made.to_image(scale=6))
    drawn = drawn.resize((size, max(60, size * drawn.height // drawn.width)), Image.Resampling.LANCZOS)
    card = Image.new("RGBA", (drawn.width + 40, drawn.height + 40), (250, 250, 246, 255))
    card.paste(drawn, (20, 20))
    return card


def banner(rng: random.Random) -> Image.Image:
    """Return words as a seller lays them over their photograph (RGBA); one in three is faint."""
    words, size = rng.choice(OFFERS), rng.choice((110, 90, 44))
    width = round(font(size).getlength(words)) + 60
    card = Image.new("RGBA", (width, size + 60))
    draw = ImageDraw.Draw(card)
    faint = size == 44
    if not faint:
        draw.rectangle((0, 0, width, size + 60), fill=(*rng.choice(((200, 30, 40), (20, 20, 30))), 235))
    ink = (250, 246, 236, 120) if faint else (255, 252, 240, 255)
    draw.text((width / 2, (size + 60) / 2), words, ink, font(size), "mm", stroke_width=0 if faint else 2)
    return card


def photographed(rng: random.Random) -> tuple[Image.Image, str]:
    """Return a photograph (RGB, 640 x 480) of a thing for sale, and the number of its label."""
    label = rng.choices((0, 1, 2), weights=(5, 3, 3))[0]
    scene = streaks(SCENE, rng, *rng.choice(TABLES))
    thing = rng.choice((vase, box))(rng, rng.choice(GLAZES))
    at = (rng.randint(120, SCENE[0] - thing.width - 120), SCENE[1] - thing.height - rng.randint(40, 160))
    scene = lay(thing, scene.filter(ImageFilter.GaussianBlur(2)), at, 16)
    scene = light(scene, rng)
    if rng.random() < 0.5:
        scene = cast_shadow(scene, rng, 0.3)
    if label:
        card = tilt((code, banner)[label - 1](rng), rng, degrees=6, squeeze=0.02)
        place = (rng.randint(20, SCENE[0] - card.width - 20), rng.randint(20, SCENE[1] - card.height - 20))
        scene = lay(card, scene, place, 1)
    return develop(scene, rng, (SCENE[0] // 2, SCENE[1] // 2)), str(label)
