"""The address of a store, read and shown without any part of a secret."""

from sqlalchemy import URL, make_url
from sqlalchemy.exc import SQLAlchemyError

from models.store.errors import Trouble

# What of an address' options says nothing secret; the others, such as sslpassword, are never shown.
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
SHOWN = frozenset({"host", "port", "dbname", "user", "sslmode", "application_name", "connect_timeout", "options"})
LARGEST_PORT = 65_535
OTHER_NAMES = {"postgres": "postgresql"}  # as libpq and many hosts write it

UNREADABLE = "unreadable address"
TWO_ATS = "two ats"
BAD_PORT = "bad port"
NO_OPTIONS = "no options"


class BadAddress(Trouble, ValueError):
    """The address makes no sense; nothing of what was typed is told."""


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
    if found.get_backend_name() == "sqlite":
        _check_file(found)
    return found


def _check_file(found: URL) -> None:
    """SQLAlchemy ignores most options of a file with a warning, and takes others that the store must set itself; a
    `timeout` in seconds, which many write there, does no harm. Raises BadAddress."""
    if found.host or found.username or found.password or found.port:
        raise BadAddress(UNREADABLE)
    is_harmless = all(name == "timeout" and str(value).isdecimal() for name, value in found.query.items())
    if not is_harmless and not (found.database or "").startswith("file:"):  # of which the store says that it is no file
        raise BadAddress(NO_OPTIONS)


def shown(url: str) -> str:
    """The address as a person may read it. Raises BadAddress."""
    found = parsed(url)
    hidden = [name for name in found.query if name not in SHOWN]
    return found.difference_update_query(hidden).render_as_string(hide_password=True)
