"""Till receipts: a strip of thermal paper, photographed on a table or scanned."""

import json
import random
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter, ImageOps

from demo.camera import cast_shadow, develop, font, lay, light, streaks, tilt

FOOD = (
    ("Rye bread", 340), ("Butter 250 g", 289), ("Apples 1 kg", 245), ("Whole milk 1 l", 129), ("Eggs, ten", 315),
    ("Green tea", 420), ("Tomatoes", 198), ("Oat biscuits", 235), ("Olive oil", 899), ("Coffee beans", 1045),
)  # fmt: skip
TOOLS = (
    ("Wood screws", 375), ("Masking tape", 299), ("Paint brush", 549), ("Light bulb", 699), ("Batteries AA", 580),
    ("Sandpaper", 185), ("Door hinge", 420), ("Garden twine", 365), ("Wall plugs", 245), ("White paint 1 l", 1290),
)  # fmt: skip
DESK = (
    ("Notebook A5", 450), ("Pencils, set", 625), ("Envelopes", 310), ("Wrapping paper", 275), ("Ink, blue", 890),
    ("Eraser", 95), ("City map", 720), ("Postcards", 150), ("Glue stick", 220), ("Wall calendar", 1180),
)  # fmt: skip
SHOPS = (
    ("Corner Bakery", "14 Station Parade", FOOD),
    ("GREEN BASKET", "Market Square 3", FOOD),
    ("Harbour Hardware", "27 Quay Street", TOOLS),
    ("Paper & Ink", "8 Library Walk", DESK),
    ("FRESH DAILY", "101 Orchard Road", FOOD),
    ("Nail and Plank", "5 Mill Yard", TOOLS),
)
CURRENCIES = ("EUR", "GBP", "USD")
TABLES = (
    ((112, 72, 42), (172, 122, 76), (2400, 9)),  # oak
    ((38, 40, 46), (74, 78, 86), (60, 60)),  # slate
    ((158, 124, 90), (212, 180, 140), (2400, 12)),  # beech
    ((54, 82, 92), (92, 128, 138), (14, 14)),  # a woven cloth
)
WIDTH = 620  # pixels of the paper at double size
INK = (44, 44, 58)


class Strip:
    """Paper that is printed line by line; `y` is where the next line goes."""

    def __init__(self, length: int) -> None:
        self.image = Image.new("RGB", (WIDTH, length), (250, 248, 242))
        self.draw = ImageDraw.Draw(self.image)
        self.y = 44

    def centre(self, text: str, size: int, weight: int = 0) -> None:
        """Print `text` in the middle; `weight` thickens the strokes, since there is one typeface only."""
        self.draw.text((WIDTH / 2, self.y), text, INK, font(size), "ma", stroke_width=weight)
        self.y += round(size * 1.35)

    def row(self, left: str, right: str, size: int = 28, weight: int = 0) -> None:
        """Print what was bought on the left and an amount on the right."""
        self.draw.text((40, self.y), left, INK, font(size), stroke_width=weight)
        self.draw.text((WIDTH - 40, self.y), right, INK, font(size), "ra", stroke_width=weight)
        self.y += round(size * 1.4)

    def rule(self) -> None:
        """Print a dashed line across."""
        self.y += 10
        for x in range(40, WIDTH - 40, 16):
            self.draw.line((x, self.y, x + 8, self.y), INK, 2)
        self.y += 14

    def bars(self, rng: random.Random) -> None:
        """Print the till's bar code; it means nothing."""
        x = 130
        while x < WIDTH - 130:
            thick = rng.choice((2, 2, 4, 6))
            self.draw.rectangle((x, self.y, x + thick - 1, self.y + 70), INK)
            x += thick + rng.choice((3, 3, 5, 8))
        self.y += 92


def money(cents: int) -> str:
    """Return an amount of `cents` as the till prints it."""
    return f"{cents // 100}.{cents % 100:02}"


@dataclass(frozen=True)
class Printed:
    """A flat receipt (RGB), its date as it stands there, and its total with two decimals."""

    image: Image.Image
    date: str
    total: str


def print_receipt(rng: random.Random, currency: str = "") -> Printed:
    """Return a receipt; `currency` is printed beside the total."""
    shop, street, goods = rng.choice(SHOPS)
    bought = [(name, price, rng.choice((1, 1, 1, 2, 3))) for name, price in rng.sample(goods, rng.randint(3, 7))]
    total = sum(price * count for _, price, count in bought)
    strip = Strip(940 + 40 * len(bought))
    strip.centre(shop, 52, 1)
    strip.centre(street, 26)
    strip.y += 16
    date = f"{rng.randint(1, 28):02}/{rng.randint(1, 12):02}/2026"
    strip.row(f"{date}  {rng.randint(8, 20):02}:{rng.randint(0, 59):02}", f"Till {rng.randint(1, 6)}", 24)
    strip.rule()
    for name, price, count in bought:
        strip.row(f"{count} x {name}" if count > 1 else name, money(price * count))
    strip.rule()
    strip.row("Net", money(total - total // 6), 26)
    strip.row("VAT 20%", money(total // 6), 26)
    strip.row(f"TOTAL {currency}".rstrip(), money(total), 46, 1)
    paid = (total // 1000 + 1) * 1000
    strip.row("Cash", money(paid), 26)
    strip.row("Change", money(paid - total), 26)
    strip.y += 24
    strip.bars(rng)
    strip.centre("Thank you, come again", 26)
    return Printed(strip.image.crop((0, 0, WIDTH, strip.y + 40)), date, money(total))


def torn(paper: Image.Image, rng: random.Random) -> Image.Image:
    """Return `paper` as RGBA with the till's saw-tooth edges, curled a little, its print slightly worn."""
    width, height = paper.size
    curl = ImageOps.invert(Image.linear_gradient("L").rotate(90)).point(lambda v: 255 - abs(v - 118) // 7)
    fade = streaks((width, height), rng, (200, 200, 200), (255, 255, 255), (2400, 30)).convert("L")
    faded = Image.composite(paper, Image.blend(paper, Image.new("RGB", paper.size, (250, 248, 242)), 0.35), fade)
    shaded = Image.composite(faded, Image.new("RGB", paper.size, (96, 92, 90)), curl.resize(paper.size))
    mask = Image.new("L", paper.size, 255)
    pen = ImageDraw.Draw(mask)
    for x in range(0, width, 14):
        pen.polygon([(x, 0), (x + 14, 0), (x + 7, 9)], 0)
        pen.polygon([(x, height), (x + 14, height), (x + 7, height - 10)], 0)
    result = shaded.convert("RGBA")
    result.putalpha(mask)
    return result


def photographed(rng: random.Random) -> tuple[Image.Image, str]:
    """Return a photograph (RGB) of a receipt on a table, and its total."""
    printed = print_receipt(rng)
    return _on_a_table(printed.image, rng), printed.total


def of_an_expense(rng: random.Random) -> tuple[Image.Image, str]:
    """Return a photograph (RGB) of a receipt, and its date, total and currency as a JSON object."""
    currency = rng.choice(CURRENCIES)
    printed = print_receipt(rng, currency)
    told = {"date": printed.date, "total": printed.total, "currency": currency}
    return _on_a_table(printed.image, rng), json.dumps(told)


def _on_a_table(paper: Image.Image, rng: random.Random) -> Image.Image:
    card = torn(paper, rng)
    padded = Image.new("RGBA", (card.width + 120, card.height + 120))
    padded.paste(card, (60, 60))
    card = tilt(padded, rng, degrees=6, squeeze=0.018)
    size = (card.width + 100, card.height + 60)
    dark, bright, stretch = rng.choice(TABLES)
    scene = lay(card, streaks(size, rng, dark, bright, stretch), (50, 30), shadow=14)
    scene = light(scene, rng)
    if rng.random() < 0.5:
        scene = cast_shadow(scene, rng, 0.3)
    return develop(scene, rng, (round(size[0] * 0.6), round(size[1] * 0.6)))


def scanned(rng: random.Random) -> tuple[Image.Image, str]:
    """Return a flatbed scan (grey, RGB mode) of a receipt, and its total."""
    printed = print_receipt(rng)
    paper = printed.image
    sheet = Image.new("RGB", (paper.width + 80, paper.height + 80), (222, 222, 224))
    turned = torn(paper, rng).rotate(rng.uniform(-2.5, 2.5), Image.Resampling.BICUBIC, expand=True)
    scene = lay(turned, sheet, (40, 40), shadow=5).crop((0, 0, paper.width + 80, paper.height + 80))
    flat = ImageOps.grayscale(scene).filter(ImageFilter.GaussianBlur(0.6)).convert("RGB")
    return flat.resize((flat.width * 3 // 5, flat.height * 3 // 5), Image.Resampling.LANCZOS), printed.total
