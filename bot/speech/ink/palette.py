"""Colours of engineers in the picture: distinct, in steps of lightness, so that they differ in grey and for the
colour-blind too; and hatching for those who are away."""

Colour = tuple[int, int, int]

INK, SOFT, LINE, PAPER = (32, 36, 41), (98, 103, 110), (214, 209, 198), (255, 255, 255)
OUTSIDE, TODAY, ALARM = (246, 244, 239), (20, 20, 20), (196, 30, 30)
WHITE = (255, 255, 255)

# Neighbours in a rotation are far apart, in lightness as well as in hue.
ENGINEERS: tuple[Colour, ...] = (
    (22, 92, 125),
    (250, 205, 110),
    (196, 88, 56),
    (132, 186, 120),
    (86, 60, 130),
    (170, 224, 234),
    (150, 40, 80),
    (240, 158, 178),
    (206, 222, 140),
    (126, 124, 190),
    (238, 222, 202),
    (46, 110, 70),
)


def colour_of(place: int) -> Colour:
    """The colour of the engineer at a place in the rotation."""
    return ENGINEERS[place % len(ENGINEERS)]


def ink_on(colour: Colour) -> Colour:
    """What can be read on a colour."""
    return WHITE if luminance(colour) < 0.3 else INK


def luminance(colour: Colour) -> float:
    """How light a colour is, from 0 to 1 (https://www.w3.org/TR/WCAG21/#dfn-relative-luminance)."""
    parts = [c / 255 for c in colour]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
