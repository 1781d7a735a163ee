"""What pictures have in common: letters that fit, hatching, and a file in the end. Pillow is imported when something is
drawn: most processes never draw."""

import io
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from bot.speech.ink.palette import Colour

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont


@cache
def font(size: int, *, bold: bool = False) -> "FreeTypeFont":
    """The letters of all pictures, in a size."""
    from PIL import ImageFont

    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(io.BytesIO((files("bot.speech.ink") / "fonts" / name).read_bytes()), size)


def width(text: str, size: int, *, bold: bool = False) -> float:
    """How wide a text is."""
    return font(size, bold=bold).getlength(text)


def fitting(text: str, size: int, wide: int, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    if width(text, size, bold=bold) <= wide:
        return text
    while text and width(f"{text}…", size, bold=bold) > wide:
        text = text[:-1]
    return f"{text.rstrip()}…"


def lines(parts: Iterable[str], size: int, wide: int, between: str = " ") -> list[str]:
    """Put one part after the other into lines, as many in each as fit."""
    found: list[str] = []
    for part in parts:
        longer = f"{found[-1]}{between}{part}" if found else part
        if found and width(longer, size) <= wide:
            found[-1] = longer
        else:
            found.append(part)
    return found


def hatch(pen: "ImageDraw", box: tuple[int, int, int, int], colour: Colour, apart: int = 9, thick: int = 2) -> None:
    """A box (left, top, right, bottom) with a border, and slanted lines in it."""
    left, top, right, bottom = box
    height = bottom - top
    for x in range(left - height, right, apart):
        start, end = max(x, left), min(x + height, right)
        pen.line((start, bottom - (start - x), end, bottom - (end - x)), colour, thick)
    pen.rectangle(box, outline=colour, width=2)


def png(image: "Image") -> bytes:
    """The file. The same pixels give the same bytes."""
    held = io.BytesIO()
    image.save(held, "PNG", compress_level=3)
    return held.getvalue()
