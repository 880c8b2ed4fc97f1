"""Labelled pictures for the advertising recogniser: landscapes, and the same with a code or a message on them."""

import random

import zxingcpp
from PIL import Image, ImageDraw, ImageFilter, ImageFont

SIZE = (800, 600)
FORMATS = ("QRCode", "DataMatrix", "Aztec", "PDF417", "Code128", "EAN13")
MESSAGES = ("SUMMER SALE", "Buy two, get one free", "Call 555 0142 today", "New flavours every week", "Open until late")


def landscape(rng: random.Random) -> Image.Image:
    """Return sky, hills, a sun and some trees, a little out of focus, with nothing to read anywhere."""
    picture = Image.linear_gradient("L").resize(SIZE)
    sky, ground = [tuple(rng.randint(90, 230) for _ in range(3)) for _ in range(2)]
    scene = Image.composite(Image.new("RGB", SIZE, sky), Image.new("RGB", SIZE, (250, 250, 250)), picture)
    pen = ImageDraw.Draw(scene)
    x, y = rng.randint(100, 700), rng.randint(60, 200)
    pen.ellipse((x - 40, y - 40, x + 40, y + 40), fill=(255, 230, 120))
    for _ in range(5):
        x, y, radius = rng.randint(-100, 900), rng.randint(500, 800), rng.randint(150, 400)
        pen.ellipse(
            (x - radius, y - radius, x + radius, y + radius), fill=tuple(rng.randint(60, 180) for _ in range(3))
        )
    for _ in range(12):
        x, y, tall = rng.randint(0, 800), rng.randint(420, 600), rng.randint(30, 90)
        pen.rectangle((x - 4, y - tall, x + 4, y), fill=(90, 60, 40))
        pen.ellipse((x - 25, y - tall - 40, x + 25, y - tall + 15), fill=ground)
    noise = Image.effect_noise(SIZE, 40).convert("RGB")
    return Image.blend(scene.filter(ImageFilter.GaussianBlur(1.2)), noise, 0.08)


def code(rng: random.Random, kind: str) -> Image.Image:
    """Return a code of that format as it is printed, on white."""
    text = "4006381333931" if kind == "EAN13" else f"https://shop.example/{rng.randint(1000, 9999)}"
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = Image.fromarray(barcode.to_image(scale=rng.randint(3, 5), add_quiet_zones=True))
    return drawn.convert("RGB")


def with_code(rng: random.Random, kind: str) -> Image.Image:
    """Return a landscape with a code stuck on, turned a little."""
    scene, sticker = landscape(rng), code(rng, kind)
    turned = sticker.rotate(
        rng.uniform(-12, 12), expand=True, fillcolor=(255, 255, 255), resample=Image.Resampling.BICUBIC
    )
    turned.thumbnail((700, 500))
    scene.paste(turned, (rng.randint(0, SIZE[0] - turned.width), rng.randint(0, SIZE[1] - turned.height)))
    return scene


def with_message(rng: random.Random, message: str) -> Image.Image:
    """Return a landscape with a line of large letters across it."""
    scene = landscape(rng)
    font = ImageFont.load_default(rng.randint(36, 64))
    place = (rng.randint(10, 60), rng.randint(30, 500))
    ImageDraw.Draw(scene).text(place, message, font=font, fill=rng.choice(("white", "black", "red")), stroke_width=1)
    return scene.rotate(rng.uniform(-6, 6), resample=Image.Resampling.BICUBIC, fillcolor=(200, 200, 200))
