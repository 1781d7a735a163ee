"""PostgreSQL's connections, which wait for an answer no longer than a request can.

The server's own limits and those of TCP do not help where it is there and does nothing, as in a machine that is frozen:
its kernel still takes what is sent. Imported only where it is used, since psycopg is an extra of the install.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen
from sqlalchemy import Engine, event

# Seconds: for the first sign of life after it lay idle, beyond the server's own limit of a statement, and for a commit,
# which waits for no lock: who asked is to hear in time that it is in doubt.
PING, BEYOND, COMMIT = 0.25, 0.5, 1.5

SILENT = "silent"

T = TypeVar("T")


class Impatient(psycopg.Connection[Any]):
    """A connection that is closed when an answer takes longer than `most` seconds (None: as long as it takes)."""

    most: float | None = None

    def wait(self, gen: PQGen[T], *args: Any, **options: Any) -> T:
        """Wait for an answer. Raises psycopg.OperationalError."""
        return super().wait(gen if self.most is None else self._limited(gen, self.most), *args, **options)

    def _limited(self, gen: PQGen[T], most: float) -> PQGen[T]:
        """The same exchange with the server, asked now and then whether it takes too long. What has arrived is read
        however late it is: this process may be the slow one."""
        until = time.monotonic() + most
        try:
            waits = next(gen)
            while True:
                ready = yield waits
                if not ready and time.monotonic() > until:
                    self.pgconn.finish()  # what it was asked may be under way still
                    raise psycopg.OperationalError(SILENT)
                waits = gen.send(ready)
        except StopIteration as done:
            return done.value  # type: ignore[no-any-return]

    def commit(self) -> None:
        """Commit, or give up."""
        with nullcontext() if self.most is None else self.at_most(min(self.most, COMMIT)):
            super().commit()

    @contextmanager
    def at_most(self, seconds: float) -> Iterator[None]:
        """Wait no longer than so many seconds for each answer in the block."""
        usual, self.most = self.most, seconds
        try:
            yield
        finally:
            self.most = usual


def limit(engine: Engine, statement: float) -> None:
    """Let the connections of `engine` (with `pool_pre_ping`) not wait for a server that is silent; its own limit of a
    statement is `statement` seconds."""
    dialect = engine.dialect
    usual_ping = dialect.do_ping

    def connect(_dialect: Any, _record: Any, args: Any, options: Any) -> Impatient:
        connection = Impatient.connect(*args, **options)
        connection.most = statement + BEYOND
        return connection

    def quick_ping(connection: Any) -> bool:
        with connection.at_most(PING):
            return usual_ping(connection)

    event.listen(engine, "do_connect", connect)
    dialect.do_ping = quick_ping  # type: ignore[assignment]
