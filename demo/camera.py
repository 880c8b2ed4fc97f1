"""What a phone does to a flat drawing: surfaces behind it, tilt, shadow, light, grain, and a file of bounded size.

Everything takes a `random.Random`, so that one seed gives the same bytes. Pillow's own `effect_noise` is not used: it
cannot be seeded.
"""

import io
import random

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

MOST_BYTES = 100_000  # the old contract's limit for a picture; today's is five times that

Colour = tuple[int, int, int]
Size = tuple[int, int]


def font(size: float) -> ImageFont.FreeTypeFont:
    """Return the typeface that Pillow itself ships (Aileron), `size` in pixels."""
    typeface = ImageFont.load_default(size)
    if not isinstance(typeface, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow was built without FreeType, which the demo's pictures need")
    return typeface


def seeded_noise(size: Size, rng: random.Random) -> Image.Image:
    """Return a grey image of `size` whose pixels are uniform in 0..255."""
    return Image.frombytes("L", size, rng.randbytes(size[0] * size[1]))


def streaks(size: Size, rng: random.Random, dark: Colour, bright: Colour, stretch: Size) -> Image.Image:
    """Return a surface of noise stretched by `stretch` (x, y): long in x looks like wood, equal looks like plaster."""
    width, height = size
    field = Image.new("L", size, 128)
    for octave, weight in ((1, 0.5), (3, 0.35), (9, 0.3)):
        grain_size = (max(2, width * octave // (stretch[0] * 3)), max(2, height * octave // (stretch[1] * 3)))
        layer = seeded_noise(grain_size, rng).resize(size, Image.Resampling.BICUBIC)
        field = Image.blend(field, layer, weight)
    return ImageOps.colorize(ImageOps.autocontrast(field, cutoff=1), dark, bright)


def tilt(card: Image.Image, rng: random.Random, degrees: float, squeeze: float) -> Image.Image:
    """Return the RGBA `card` turned by up to `degrees` and pulled at its corners by up to `squeeze` of its size."""
    turned = card.rotate(rng.uniform(-degrees, degrees), Image.Resampling.BICUBIC, expand=True)
    width, height = turned.size

    def pull(x: float, y: float) -> tuple[float, float]:
        return x + rng.uniform(-squeeze, squeeze) * width, y + rng.uniform(-squeeze, squeeze) * height

    corners = pull(0, 0) + pull(0, height) + pull(width, height) + pull(width, 0)
    return turned.transform(turned.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)


def lay(card: Image.Image, surface: Image.Image, at: Size, shadow: int) -> Image.Image:
    """Return `surface` with the RGBA `card` on it at `at`, its shadow `shadow` pixels away (blurred as much)."""
    result = surface.convert("RGB")
    shade = Image.new("L", result.size, 0)
    shade.paste(card.getchannel("A").point(lambda alpha: alpha * 5 // 8), (at[0] + shadow // 2, at[1] + shadow))
    shade = shade.filter(ImageFilter.GaussianBlur(shadow))
    result.paste(Image.new("RGB", result.size, (8, 8, 14)), (0, 0), shade)
    result.paste(card, at, card)
    return result


def light(image: Image.Image, rng: random.Random, darkest: float = 0.78) -> Image.Image:
    """Return `image` lit unevenly: from full light in one corner down to `darkest` in another."""
    levels = [rng.uniform(darkest, 1.0) for _ in range(4)]
    levels[rng.randrange(4)] = 1.0
    levels[rng.randrange(4)] = darkest
    lamp = Image.frombytes("L", (2, 2), bytes(round(level * 255) for level in levels))
    lamp = lamp.resize(image.size, Image.Resampling.BICUBIC)
    return ImageChops.multiply(image, Image.merge("RGB", (lamp, lamp, lamp)))


def cast_shadow(image: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Return `image` with the soft, slanting shadow of something beside the camera."""
    width, height = image.size
    shade = Image.new("L", image.size, 255)
    start, slope = rng.uniform(0.15, 0.7) * width, rng.uniform(-0.5, 0.5) * width
    edge = [(start, 0), (start + slope, height), (width * 1.2, height), (width * 1.2, 0)]
    ImageDraw.Draw(shade).polygon(edge, fill=round(255 * (1 - strength)))
    shade = shade.filter(ImageFilter.GaussianBlur(width // 28))
    if rng.random() < 0.5:
        shade = ImageOps.mirror(shade)
    return ImageChops.multiply(image, Image.merge("RGB", (shade, shade, shade)))


def grain(image: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Return `image` with a sensor's soft noise; `strength` 0.02 is daylight, 0.08 a dark cellar."""
    speck = seeded_noise(image.size, rng).filter(ImageFilter.GaussianBlur(0.7))
    return Image.blend(image, Image.merge("RGB", (speck, speck, speck)), strength)


def develop(image: Image.Image, rng: random.Random, size: Size, sharpness: float = 0.5) -> Image.Image:
    """Return the double-sized drawing at its final `size`, out of focus by up to `sharpness` pixels, with grain."""
    small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    return grain(small.filter(ImageFilter.GaussianBlur(rng.uniform(0, sharpness))), rng, rng.uniform(0.02, 0.07))


def encode(image: Image.Image, file_format: str) -> bytes:
    """Return `image` as a JPEG, PNG or GIF file of at most 100,000 bytes, giving up quality until it fits."""
    for attempt in range(8):
        file = io.BytesIO()
        if file_format == "JPEG":
            image.save(file, "JPEG", quality=88 - 8 * attempt, optimize=True)
        else:
            colours = max(4, 96 >> attempt)
            flat = image.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
            flat.save(file, file_format, optimize=True)
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
    raise ValueError(f"a {image.size} picture does not fit {MOST_BYTES} bytes as {file_format}")
