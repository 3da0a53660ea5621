"""Who does the work: this process, one process for each core, or a cluster; all behind one call."""

import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

from autograde.errors import ClassError

Task = TypeVar("Task")
Result = TypeVar("Result")

WORTH_IT = 200
"""Fewer tasks are done sooner here: other processes take half a second to start, and one task takes some 20 ms."""
WRITERS = 4
AHEAD = 8
"""Tasks in hand: enough that no worker waits, and few enough that memory does not grow with the class."""

WAIT_S = 600
"""The longest that a task is waited for; nearly all take less than a second."""


@contextmanager
def crew(tasks: int, *, scheduler: str = "", workers: int | None = None) -> Iterator[Executor | None]:
    """Give an executor for so many tasks; None where it is quicker to do them here.

    Parameters
    ----------
    tasks
        How many there are.
    scheduler
        The address of a dask.distributed scheduler, e.g. "tcp://10.0.0.5:8786"; "" for this machine.
    workers
        How many processes, 1 for none but this; None for one a core where that is quicker.

    Raises
    ------
    ClassError
        If dask is not installed, or the scheduler does not answer.
    """
    cores = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    if scheduler:
        with _cluster(scheduler) as executor:
            yield executor
    elif (workers or cores) < 2 or (workers is None and tasks < WORTH_IT):
        yield None
    else:
        from concurrent.futures import ProcessPoolExecutor  # only here: a small class does without
        from multiprocessing import get_context

        pool = ProcessPoolExecutor(workers or cores, mp_context=get_context("spawn"), initializer=_end_with_parent)
        try:
            yield pool
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def writers(tasks: int) -> AbstractContextManager[Executor | None]:
    """Give threads that write files; None for few, which are written sooner here.

    A slow disk, as one in a network, takes as long for a new folder as the marking takes, and threads wait for it meanwhile.
    """
    if tasks < WORTH_IT:
        return nullcontext()
    from concurrent.futures import ThreadPoolExecutor  # only here: a small class does without

    return ThreadPoolExecutor(WRITERS)


def in_order(executor: Executor | None, do: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
    """Do each task, giving the results in order; never more than AHEAD tasks are in hand.

    (`Executor.map` would take all tasks at once, and hold all of a large class in memory.)

    Raises
    ------
    ClassError
        If those who do the work are gone, or nothing comes from them any more.
    """
    if executor is None:
        yield from map(do, tasks)
        return
    waiting: deque[Future[Result]] = deque()
    try:
        for task in tasks:
            waiting.append(executor.submit(do, task))
            if len(waiting) >= AHEAD:
                yield _result(waiting.popleft())
        while waiting:
            yield _result(waiting.popleft())
    finally:
        for future in waiting:
            future.cancel()


def _result(future: "Future[Result]") -> Result:
    try:
        return future.result(timeout=WAIT_S)
    except Exception as error:
        lost = isinstance(error, BrokenExecutor | CancelledError | TimeoutError) or type(error).__module__.startswith("distributed")
        if not lost or (isinstance(error, TimeoutError) and future.done()):
            raise
        msg = (
            f"The processes that share the work gave nothing back ({type(error).__name__}); one may have been ended, or memory was short. "
            "What was done is kept: run the command again, on this process alone with --workers 1."
        )
        raise ClassError(msg) from error


@contextmanager
def _cluster(address: str) -> Iterator[Executor]:
    try:
        from distributed import Client
    except ImportError as error:
        msg = "--scheduler needs dask.distributed. Install it with: pip install distributed"
        raise ClassError(msg) from error
    try:
        client = Client(address, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, TimeoutError, ValueError) as error:
        msg = f"No scheduler answers at {address} ({type(error).__name__}). Check the address, or leave --scheduler out."
        raise ClassError(msg) from error
    with client:
        yield client.get_executor(pure=False, retries=2)  # type: ignore[no-untyped-call]


def _end_with_parent() -> None:
    """Let a worker end when its parent is gone: one that was killed cannot tell its workers."""
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (connection.wait([parent.sentinel]), os._exit(1)), daemon=True).start()
