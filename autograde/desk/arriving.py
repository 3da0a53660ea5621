"""Files that arrive at the desk one by one, written to the disk as they come: a class's download may be larger than the memory."""

import json
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from tornado import web

from autograde.desk.handler import DeskHandler
from autograde.errors import ClassError
from autograde.inbox.arrived import find_batch, new_batch, place_for
from autograde.inbox.files.archive import BULK
from autograde.text import printable

MOST = BULK.unpacked
"""Bytes of one file."""
PART = ".part-"


@web.stream_request_body
class Arriving(DeskHandler):
    """One file of a batch."""

    _path: Path | None = None
    _part: Path | None = None
    _file: BinaryIO | None = None
    _fault = ""
    _refused: web.HTTPError | None = None

    async def prepare(self) -> None:  # type: ignore[override]
        """Make its place, before anything of it has come.

        What is refused is let come all the same: an answer amid it ends the connection, and the browser may never read why.
        """
        try:
            await super().prepare()
            if self._finished or not self.current_user:
                return
            self.request.connection.set_max_body_size(2 * MOST)  # type: ignore[union-attr]
            self._open()
        except web.HTTPError as error:
            self._refused = error
        except ClassError as error:
            self._fault = str(error)
        except OSError as error:
            self._fault = _not_kept(error)

    def _open(self) -> None:
        self.page("take-in")  # where it is not shown, nobody takes anything in
        course, name = self.desk.course, self.get_query_argument("name", "file")
        size = int(self.request.headers.get("Content-Length", "0") or 0)
        if course is None:
            raise web.HTTPError(404)
        course.check_there()
        if size > MOST:
            msg = f"{printable(name, 100)} has {size / 1e9:,.1f} GB; at most {MOST // 10**9} GB can be taken in at once. Drop it in parts."
            raise ClassError(msg)
        batch = self.get_query_argument("batch", "")
        folder = find_batch(course, batch) if batch else new_batch(course)
        self._path = place_for(folder, name, size)
        self._part = folder / f"{PART}{self._path.name}"
        self._file = self._part.open("wb")

    def data_received(self, chunk: bytes) -> None:
        """Keep a piece of it."""
        if self._file and not self._fault:
            try:
                self._file.write(chunk)
            except OSError as error:
                self._fault = _not_kept(error)

    @web.authenticated
    def put(self) -> None:
        """Say to which batch it belongs, now that all of it is here."""
        if self._refused:
            raise self._refused
        try:
            if self._file:
                self._file.close()  # which writes what is left of it
            if self._part and self._path and not self._fault:
                self._part.rename(self._path)
        except OSError as error:
            self._fault = _not_kept(error)
        self.set_header("Content-Type", "application/json")
        if self._fault or not self._path:
            self._drop()
            self.set_status(422)
            self.finish(json.dumps({"fault": self._fault or "The file did not arrive."}))
            return
        self.finish(json.dumps({"batch": self._path.parent.name}))

    def on_connection_close(self) -> None:
        """Forget what came of it where the browser has gone."""
        super().on_connection_close()
        with suppress(OSError):
            if self._file:
                self._file.close()
        self._drop()

    def _drop(self) -> None:
        if self._part:
            with suppress(OSError):
                self._part.unlink(missing_ok=True)
                self._part.parent.rmdir()  # where nothing else of the batch has come


def _not_kept(error: OSError) -> str:
    return f"The file cannot be kept ({error.strerror}). See that the disk has room, then try again."
