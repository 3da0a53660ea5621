"""A gradebook's database, SQLite or PostgreSQL, through SQLAlchemy Core."""

import sqlite3
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, inspect, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from autograde.errors import ClassError
from autograde.gradebook.address import sqlite_file, without_password
from autograde.gradebook.disk import on_network

BUSY_S = 60
"""How long a writer waits for another one before it gives up."""
CONNECT_S = 20
"""How long a server may take to answer at all."""
WAIT_S = 20
"""How long one who only looks waits for a program that writes at this moment, or for a server."""
KEPT = 4
"""Gradebooks of which is kept what was made to reach them."""
_UNPOOLED: dict[str, Any] = {"isolation_level": "AUTOCOMMIT", "poolclass": NullPool}
"""What is closed is closed; and to ask takes no lock, since `Database.transaction` begins its own."""
_LOOKING = {"connect_timeout": WAIT_S, "tcp_user_timeout": WAIT_S * 1000}
"""The same, as PostgreSQL's driver is told: a connection that is kept may have lost its server."""
FAULTS = (SQLAlchemyError, ModuleNotFoundError)
"""What a database that fails raises, or one whose driver is not installed."""


class Database:
    """One connection; each statement stands for itself, except in a `transaction`.

    Attributes
    ----------
    shown
        Its address without a password.
    dialect
        "sqlite" or "postgresql".

    Raises
    ------
    ClassError
        If it cannot be opened.
    """

    def __init__(self, url: str) -> None:
        self.shown = without_password(url)
        try:
            engine = _engine(url)
            self.dialect = engine.dialect.name
            self._connection = engine.connect()
            self._errors: type[Exception] = engine.dialect.loaded_dbapi.Error
        except FAULTS as error:
            msg = f"The gradebook {self.shown} cannot be opened ({reason(error)}). {step(error)}."
            raise ClassError(msg) from error

    @property
    def connection(self) -> Connection:
        """The connection itself, for a library that wants one."""
        return self._connection

    def rows(self, statement: Executable, **values: object) -> Sequence[Any]:
        """Ask."""
        return self._connection.execute(statement, values).all()

    def has(self, table: str) -> bool:
        """Whether there is a table of this name."""
        return inspect(self._connection).has_table(table)

    def run(self, statement: Executable, **values: object) -> None:
        """Do."""
        self._connection.execute(statement, values)

    def run_each(self, statement: Executable, each: Sequence[Mapping[str, object]]) -> None:
        """Do, once for each."""
        if each:
            self._connection.execute(statement, each)

    def plain(self, statement: str, *values: object) -> Sequence[Any]:
        """Ask in SQL, "?" for each value, by the driver itself: for what is asked so often that SQLAlchemy's part of it counts."""
        with self._plainly(statement) as cursor:
            cursor.execute(self._marked(statement), values)
            return list(cursor.fetchall())

    def plain_each(self, statement: str, each: Sequence[tuple[object, ...]]) -> None:
        """Do in SQL by the driver itself, once for each; the values are of types that the driver takes as they are."""
        with self._plainly(statement) as cursor:
            cursor.executemany(self._marked(statement), each)

    @contextmanager
    def _plainly(self, statement: str) -> Iterator[Any]:
        cursor = self._connection.connection.cursor()
        try:
            yield cursor
        except self._errors as error:
            raise DBAPIError.instance(statement, None, error, self._errors, dialect=self._connection.dialect) from error
        finally:
            cursor.close()

    def _marked(self, statement: str) -> str:
        return statement if self.dialect == "sqlite" else statement.replace("?", "%s")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; SQLite lets one writer in at a time, and to ask for that later than at once is to be refused."""
        begin = "BEGIN IMMEDIATE" if self.dialect == "sqlite" else "BEGIN"
        self._connection.exec_driver_sql(begin)
        try:
            yield
            self._connection.exec_driver_sql("COMMIT")
        except BaseException:
            with suppress(SQLAlchemyError):  # the connection is gone, and so is what was not committed
                self._connection.exec_driver_sql("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """Give a connection to look at a gradebook that is there; SQLAlchemyError if it cannot be read."""
    with _reader(url).connect() as connection:
        yield connection


@lru_cache(KEPT)
def _reader(url: str) -> Engine:
    path = sqlite_file(url)
    settings: dict[str, Any] = {"creator": lambda: connect(path)} if path else {"connect_args": _LOOKING}
    return create_engine(_with_driver(url), **_UNPOOLED, **settings)


@contextmanager
def one_moment(connection: Connection) -> Iterator[Connection]:
    """Give a connection beside this one, all of whose answers are of the same moment, whatever others write meanwhile."""
    begin = "BEGIN" if connection.dialect.name == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    with connection.engine.connect() as beside:
        looking = beside.execution_options(isolation_level="AUTOCOMMIT")
        looking.exec_driver_sql(begin)
        try:
            yield looking
        finally:
            looking.exec_driver_sql("ROLLBACK")


def kept_engine(url: str) -> Engine:
    """Give what keeps a connection to look at a gradebook again and again; to a server one takes longer to make than to ask."""
    with _KEEPING:
        waits = {"timeout": WAIT_S} if sqlite_file(url) else _LOOKING
        engine = _kept.pop(url, None) or create_engine(_with_driver(url), connect_args=waits, pool_pre_ping=True, pool_size=2)
        _kept[url] = engine
        for old in list(_kept)[:-KEPT]:
            _kept.pop(old).dispose()
    return engine


_kept: dict[str, Engine] = {}
_KEEPING = threading.Lock()


def let_go(url: str) -> None:
    """Close the connections that are kept, so that a file can be exchanged."""
    with _KEEPING:
        if engine := _kept.pop(url, None):
            engine.dispose()


@contextmanager
def writing(url: str) -> Iterator[Database]:
    """Give a gradebook to write to, all or nothing; one of `FAULTS` if that cannot be done, ClassError if it cannot be opened."""
    database = Database(url)
    try:
        with database.transaction():
            yield database
    finally:
        database.close()


def connect(path: Path, *, wait_s: float = WAIT_S) -> sqlite3.Connection:
    """Open a file that is there, by SQLite's own driver; SQLite would make a missing one."""
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=rw", uri=True, timeout=wait_s, isolation_level=None)


def reason(error: Exception) -> str:
    """Give what the database's own driver says, in one line."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def step(error: Exception) -> str:
    """Say what to do about it, as a sentence that has no end yet."""
    said = reason(error).lower()
    return next((text for signs, text in _STEPS if any(sign in said for sign in signs)), "Close other programs that use it")


_STEPS = (
    (("readonly", "read-only", "permission denied"), "See that you may write there"),
    (("disk is full", "no space left"), "See that its disk has room"),
)
"""What a database's driver says → what to do then."""


def unwritten(error: Exception, shown: str = "") -> str:
    """Say that the gradebook, with the address `shown`, cannot be written, why, and what to do."""
    return f"The gradebook {f'{shown} ' if shown else ''}cannot be written ({reason(error)}). {step(error)}, then try again."


def rewrite(path: Path, do: str) -> None:
    """Write a file of SQLite anew: what was deleted or changed stays in it as bytes until then.

    With a write-ahead log the new one is in the file only when a checkpoint has brought it there, which another program can keep off:
    then SQLite tells so by the first number, and raises nothing (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint, 2026-11).

    Raises
    ------
    ClassError
        If that cannot be done; it says what to `do`.
    """
    try:
        with closing(connect(path)) as connection:
            connection.execute("VACUUM")
            [(busy, *_)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if busy:
            msg = "another program is using it"
            raise sqlite3.OperationalError(msg)
    except sqlite3.Error as error:
        msg = f"{path} cannot be written anew ({error}). {do}, then run any command in this class."
        raise ClassError(msg) from error


@contextmanager
def explaining(what: str) -> Iterator[None]:
    """Turn what a database raises into a ClassError: the gradebook cannot be read or written (`what`), why, and what to do."""
    try:
        yield
    except FAULTS as error:
        msg = f"The gradebook cannot be {what} ({reason(error)}). {step(error)}, then try again."
        raise ClassError(msg) from error


def _engine(url: str) -> Engine:
    path = sqlite_file(url)
    return _made(url, path and path.absolute())


@lru_cache(KEPT)
def _made(url: str, path: Path | None) -> Engine:
    if path is not None:
        engine = create_engine(make_url(url).set(database=str(path)), connect_args={"timeout": BUSY_S}, **_UNPOOLED)
        event.listen(engine, "connect", lambda connection, _: _set_up(connection, path))
        return engine
    # Without these a server that went away, or a lock that nobody lets go, would be waited for without an end.
    ends = {"connect_timeout": CONNECT_S, "tcp_user_timeout": BUSY_S * 1000, "options": f"-c lock_timeout={BUSY_S}s"}
    return create_engine(_with_driver(url), connect_args=ends, **_UNPOOLED)


def _with_driver(url: str) -> URL:
    """Give an address with the driver that is used here, whichever nbgrader takes."""
    found = make_url(url)
    return found.set(drivername="postgresql+psycopg") if found.get_backend_name() == "postgresql" else found


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    """Set write-ahead logging, which the file keeps, so formgrader has it, too; not on a network drive, where it spoils the file.

    SQLite itself does not wait here: of two that ask in the same moment, one is told at once that the database is busy.
    """
    mode = "DELETE" if on_network(path) else "WAL"
    until = time.monotonic() + BUSY_S
    while True:
        try:
            connection.execute(f"PRAGMA journal_mode={mode}")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            break
    connection.execute("PRAGMA synchronous=NORMAL")
