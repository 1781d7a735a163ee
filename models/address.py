"""The address of a store, read and shown without any part of a secret."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

# What of an address' options says nothing secret; the others, such as sslpassword, are never shown.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
SHOWN = frozenset({"host", "port", "dbname", "user", "sslmode", "application_name", "connect_timeout", "options"})
LARGEST_PORT = 65_535
OTHER_NAMES = {"postgres": "postgresql"}  # as libpq and many hosts write it

UNREADABLE = (
    "The address of the store cannot be read: write sqlite:///FILE, or postgresql://USER:PASSWORD@HOST:PORT/NAME."
)
TWO_ATS = "The address of the store has an @ too many: in a password, an @ is written %40, a : %3A and a / %2F."
BAD_PORT = "The port in the address of the store is no number from 1 to 65535; in a password, a : is written %3A."


class BadAddress(ValueError):
    """The address makes no sense. `str()` is a sentence for a person, with nothing of what was typed."""


def parsed(url: str) -> URL:
    """The parts of SQLAlchemy's address. Raises BadAddress."""
    try:
        found = make_url(url)
        if found.drivername in OTHER_NAMES:
            found = found.set(drivername=OTHER_NAMES[found.drivername])
    except SQLAlchemyError:
        raise BadAddress(UNREADABLE) from None
    except ValueError:
        raise BadAddress(BAD_PORT) from None
    if "@" in (found.host or ""):
        raise BadAddress(TWO_ATS)
    if found.port is not None and not 0 < found.port <= LARGEST_PORT:
        raise BadAddress(BAD_PORT)
    return found


def shown(url: str) -> str:
    """The address as a person may read it. Raises BadAddress."""
    found = parsed(url)
    hidden = [name for name in found.query if name not in SHOWN]
    return found.difference_update_query(hidden).render_as_string(hide_password=True)
