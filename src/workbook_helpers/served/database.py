"""Where the service keeps its rows: SQLite beside the class, or PostgreSQL. Who reads waits for nobody; writes are made together.

All that comes within a fiftieth of a second, or while the disk is busy, is committed at once: one wait for the disk serves a whole class.
"""

import asyncio
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from queue import SimpleQueue
from typing import Any, Literal, TypeAlias, TypeVar

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Float,
    Integer,
    MetaData,
    Table,
    Text,
    and_,
    bindparam,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.schema import CreateTable

from workbook_helpers.errors import WorkbookError

T = TypeVar("T")
_Job: TypeAlias = tuple[Callable[[Connection], Any], str, asyncio.Future[Any]]
"""What to change, its order (`Database.write`), and who waits."""
READERS = 4
"""Threads that read; each has a connection of its own."""
BUSY_S = 10
"""How long SQLite waits for another program that writes."""
MOST_WAITING = 5000
"""Writes in the queue; who comes after them is told to try again."""
MOST_TOGETHER = 500
APART_S = 0.02
"""From when one transaction begins until the next may: those of a class, each for itself, take a third more of the processor's time."""
_SERVER = {"connect_timeout": 3, "tcp_user_timeout": 5000, "options": "-c statement_timeout=10000 -c lock_timeout=8000"}
"""So that a server that was cut off is found out soon, and nobody hangs with it."""
FULL = ("disk is full", "no space left", "disk i/o error", "could not extend file")

_LIST = 0x776B6273
"""Of the lock of a class's list, among all locks of the server's database."""
_WHOLE = 0x776B6274
"""Of the lock of whoever makes the tables whole; it has one number and that of a list two, which the server keeps apart."""

metadata = MetaData()


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _text(name: str, default: str = "") -> Column[str]:
    return Column(name, Text, nullable=False, default=default)


def _number(name: str, default: int = 0) -> Column[int]:
    return Column(name, Integer, nullable=False, default=default)


def _time(name: str) -> Column[float]:
    return Column(name, Float, nullable=False, default=0.0)


PEOPLE = Table("served_people", metadata, _key("class_id"), _key("learner"), _text("pin"))
"""Who has picked a PIN, and its hash."""
SESSIONS = Table("served_sessions", metadata, _key("token"), _text("class_id"), _text("learner"), _text("known_by"), _time("ends_at"))
"""The hash of each cookie's token."""
TRIES = Table("served_tries", metadata, _key("class_id"), _key("who"), _number("failures"), _time("at"), _time("until"))
COPIES = Table(
    "served_copies",
    metadata,
    *(_key(name) for name in ("class_id", "learner", "assignment")),
    *(_text("copy"), _number("revision"), _text("section"), _time("moved_at"), _time("seen_at"), _time("left_at"), _text("merge")),
)
"""`merge`: the last one that has brought answers here (`merging.py`)."""
ANSWERS = Table(
    "served_answers",
    metadata,
    *(_key(name) for name in ("class_id", "learner", "assignment", "name")),
    *(_text("record"), _text("key"), Column("done", Boolean, nullable=False), _number("tried"), _number("wrong_first")),
)
"""A record is as in an answers file. What the tutor may see while a class works stands beside it, so that nobody reads it for that."""
RECEIPTS = Table(
    "served_receipts",
    metadata,
    *(_key("class_id"), _key("file"), _text("learner"), _text("assignment")),
    *(_text("receipt"), _number("attempt"), _number("revision"), _time("at"), _text("about"), Column("there", Boolean, nullable=False)),
)
"""`about`: what is to stand beside the zip; `there`: whether it does."""
BROUGHT = Table("served_brought", metadata, *(_key(name) for name in ("class_id", "learner", "assignment", "file")), _text("merge"))
"""Which receipts of another id a learner sees, since a merge (`merging.py`)."""

BIRTH = Table("served_birth", metadata, _key("birth"))
"""One row, made once with the tables: browsers tell by it the answers that are kept here from those of another class of the same name."""


class GoneError(WorkbookError):
    """The database does not answer; it is asked again with the next request."""


class FullError(WorkbookError):
    """There is no room to write to."""


class Refused(Exception):  # noqa: N818  an answer, not a fault
    """What keeps a request from being done; raised by a write before it has written anything."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status, self.error = status, error


def prepare(url: str) -> None:
    """Make all tables whole (`make_whole`); GoneError if the database cannot be used."""
    try:
        if make_url(url).get_backend_name() not in ("sqlite", "postgresql"):
            raise NoSuchModuleError(url)
        engine = _engine(url)
    except SQLAlchemyError as error:
        msg = "The answers' database must be given as sqlite:///FILE or postgresql://… See that --database is one of these."
        raise GoneError(msg) from error
    try:
        with _transaction(engine) as connection:
            make_whole(connection)
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        shown = make_url(url).render_as_string(hide_password=True)
        msg = f"The answers' database {shown} cannot be opened ({_said(error)}). See that it is there and may be written to."
        raise GoneError(msg) from error
    finally:
        engine.dispose()


def make_whole(connection: Connection) -> None:
    """Make the tables that are not there, and the columns that an earlier version had not; in a transaction: another waits for its end."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_WHOLE)))
    for table in metadata.sorted_tables:
        connection.execute(CreateTable(table, if_not_exists=True))
        there = {column["name"] for column in inspect(connection).get_columns(table.name)}
        for column in (one for one in table.columns if one.name not in there):
            kind, begins = column.type.compile(connection.dialect), repr(getattr(column.default, "arg", None))
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind} NOT NULL DEFAULT {begins}")
    if connection.scalar(select(BIRTH.c.birth)) is None:
        add(connection, BIRTH, birth=secrets.token_hex(8))


class Database:
    """The rows of one database, for a process that runs an event loop."""

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._readers = ThreadPoolExecutor(READERS, "reads")
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._writer = threading.Thread(target=self._write_all, name="writes", daemon=True)
        self._writer.start()

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """Ask, beside whatever is written."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._ask, ask)

    async def write(self, change: Callable[[Connection], T], order: str = "") -> T:
        """Change something, wholly or not at all; when this returns, it is on disk.

        Parameters
        ----------
        change
            May be called again where the first try failed, and then begins anew.
        order
            Whose rows it locks: two processes that lock the same ones take them in this order.
        """
        if self._jobs.qsize() > MOST_WAITING:
            raise Refused(503, "gone")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put((change, order, future))
        return await future

    def close(self) -> None:
        """Write what waits, then let go."""
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()
        self._engine.dispose()

    def _ask(self, ask: Callable[[Connection], T]) -> T:
        try:
            return self._asked(ask)
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise _fault(error) from error
        try:
            return self._asked(ask)  # a connection of before the server was started again
        except DBAPIError as error:
            raise _fault(error) from error

    def _asked(self, ask: Callable[[Connection], T]) -> T:
        with self._engine.connect() as connection:
            return ask(connection)

    def _write_all(self) -> None:
        due = 0.0
        while (first := self._jobs.get()) is not None:
            time.sleep(max(0.0, due - time.monotonic()))
            due = time.monotonic() + APART_S
            jobs, last = [first], False
            while not self._jobs.empty() and len(jobs) < MOST_TOGETHER and not last:
                if (job := self._jobs.get()) is None:
                    last = True
                else:
                    jobs.append(job)
            jobs.sort(key=lambda job: job[1])
            outcomes = self._outcomes([change for change, _, _ in jobs])
            told = [(future, outcome) for (_, _, future), outcome in zip(jobs, outcomes, strict=True)]
            with suppress(RuntimeError):  # the loop has ended, and nobody waits any more
                first[2].get_loop().call_soon_threadsafe(_tell, told)
            if last:
                return

    def _outcomes(self, changes: Sequence[Callable[[Connection], Any]]) -> list[Any]:
        """Do all in one transaction; where that fails, each in its own, so that none suffers for another."""
        try:
            return self._together(changes)
        except Exception:
            outcomes: list[Any] = []
        for change in changes:
            gone = next((outcome for outcome in outcomes if isinstance(outcome, GoneError)), None)
            outcomes.append(gone or self._alone(change))
        return outcomes

    def _alone(self, change: Callable[[Connection], Any]) -> Any:
        try:
            return self._together([change])[0]
        except DBAPIError as error:
            return _fault(error)
        except Exception as error:
            return error

    def _together(self, changes: Sequence[Callable[[Connection], Any]]) -> list[Any]:
        with _transaction(self._engine) as connection:
            return [_outcome(change, connection) for change in changes]


def of(table: Table, *names: str) -> ColumnElement[bool]:
    """Give what finds rows by these columns; their values come with the call, each with `of_` before its name.

    A statement that is made once is asked three times as fast as one that is made for each request.
    """
    return and_(*(table.c[name] == bindparam(f"of_{name}") for name in names))


def put(connection: Connection, table: Table, **values: object) -> None:
    """Write a row, in place of what is there under its key."""
    connection.execute(_writing(table, connection.dialect.name, "replace"), values)


def add(connection: Connection, table: Table, **values: object) -> bool:
    """Write a row where there is none under its key; say whether it was written."""
    return connection.execute(_writing(table, connection.dialect.name, "keep"), values).first() is not None


def hold_list(connection: Connection, class_id: str, *, alone: bool = False) -> None:
    """Have nobody of a class be forgotten until this write ends; `alone`: wait for all that do so, and have others wait. First in a write.

    Who is to be forgotten is off the list by then, so whoever looks there after this call writes for nobody who has been. In a file one
    writes at a time anyway.
    """
    if connection.dialect.name == "postgresql":
        lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
        connection.execute(select(lock(_LIST, func.hashtext(class_id))))


@cache
def _writing(table: Table, dialect: str, there: Literal["replace", "keep"]) -> Any:
    made: Any = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table)
    if there == "keep":
        return made.on_conflict_do_nothing().returning(*table.primary_key)
    keys = [column.name for column in table.primary_key]
    return made.on_conflict_do_update(
        index_elements=keys, set_={column.name: made.excluded[column.name] for column in table.columns if column.name not in keys}
    )


def _tell(told: Sequence[tuple[asyncio.Future[Any], Any]]) -> None:
    """Give each who waits what became of it; in the event loop."""
    for future, outcome in told:
        if future.done():  # nobody waits any more
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


def _outcome(change: Callable[[Connection], Any], connection: Connection) -> Any:
    try:
        return change(connection)
    except Refused as refused:
        return refused


def _engine(url: str) -> Engine:
    lite = make_url(url).get_backend_name() == "sqlite"
    settings: dict[str, Any] = {"connect_args": {"timeout": BUSY_S} if lite else _SERVER}
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=READERS + 1, max_overflow=0, pool_timeout=BUSY_S, **settings)
    if lite:
        event.listen(engine, "connect", _durable)
    return engine


@contextmanager
def _transaction(engine: Engine) -> Iterator[Connection]:
    """Give a connection whose writes are made wholly or not at all; in a file, one after the other."""
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else "BEGIN")
        try:
            yield connection
            connection.exec_driver_sql("COMMIT")
        except BaseException:
            with suppress(SQLAlchemyError):  # the connection is gone, or SQLite has done it itself
                connection.exec_driver_sql("ROLLBACK")
            raise


def _durable(connection: Any, _record: object) -> None:
    """Have SQLite wait for the disk at each commit, and readers not wait for the writer."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _fault(error: DBAPIError) -> WorkbookError:
    said = _said(error)
    if any(sign in said.lower() for sign in FULL):
        return FullError(f"There is no room for answers ({said}). Make room on the disk of the service.")
    return GoneError(f"The answers' database does not answer ({said}). It is asked again with the next request.")


def _said(error: Exception) -> str:
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
