"""Who does the work: this process, several of this machine, or a cluster, all behind one call; and threads that write files."""

import gc
import os
import sys
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import TypeVar

from autograde.errors import ClassError

Task = TypeVar("Task")
Result = TypeVar("Result")
Begun = tuple[Executor, dict[int, Future[Result]]]

WORTH_IT = 200
"""Files from which on threads write them: fewer are written sooner here."""
SLOW_S = 0.001
"""Seconds for a new folder from which a disk is slow."""
WRITERS = 4
AHEAD = 8
"""Files in hand: enough that no thread waits, and few enough that memory does not grow with the class."""
TRIES = 3
"""How often a task is given out whose process was lost."""
SELDOM = 50_000, 20, 20
"""How seldom cycles are looked for: nearly all that is made lives to the end, and a twentieth of a run went into looking."""
WAIT_S = 3600
"""The longest that a task on a cluster is waited for."""


def cores() -> int:
    """Give how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def copies() -> bool:
    """Whether processes that begin now are copies of this one, and need not read all modules again.

    On Linux, as long as it has no other thread, whose locks would be copied as they stand.
    """
    return sys.platform == "linux" and threading.active_count() == 1


def share(do: Callable[[Task], Result], tasks: Sequence[Task], *, scheduler: str = "", workers: int = 1) -> Iterator[Result]:
    """Do each task, giving the results in order. One whose process is lost is done again, so it must do no harm twice.

    Processes begin at once, before the first result is asked for: called before a bar is shown, whose thread would stand in the way
    of copying this process, they need not start from nothing.

    Parameters
    ----------
    scheduler
        The address of a dask.distributed scheduler, e.g. "tcp://10.0.0.5:8786", whose workers do them; "" for this machine.
    workers
        How many processes of this machine; 1 for none but this.

    Raises
    ------
    ClassError
        If dask is not installed, the scheduler does not answer, or those who do the work are lost again and again.
    """
    if scheduler:
        return _by_cluster(do, tasks, scheduler)
    if workers > 1 and len(tasks) > 1:
        size = min(workers, len(tasks))
        return _by_processes(do, tasks, size, _begun(do, dict(enumerate(tasks)), size))
    return map(do, tasks)


def _by_cluster(do: Callable[[Task], Result], tasks: Sequence[Task], scheduler: str) -> Iterator[Result]:
    with _cluster(scheduler) as executor:
        futures = [executor.submit(_do_there, do, task) for task in tasks]
        yield from map(_result, futures)


def _do_there(do: Callable[[Task], Result], task: Task) -> Result:
    """Do a task in a cluster's worker, which is left as it was: it looks for cycles in all of Dask, again and again, else."""
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        return do(task)
    finally:
        gc.set_threshold(*before)


def _by_processes(do: Callable[[Task], Result], tasks: Sequence[Task], size: int, begun: Begun[Result]) -> Iterator[Result]:
    """Give what processes have made of the tasks: where one is lost, all of them go, and what is not done is given to new ones."""
    done: dict[int, Result] = {}
    given = 0
    for tries in range(1, TRIES + 1):
        pool, futures = begun
        try:
            while given < len(tasks):
                yield done.pop(given) if given in done else futures.pop(given).result()
                given += 1
        except BrokenExecutor as error:
            lost = error
            done |= {number: one.result() for number, one in futures.items() if one.done() and not one.cancelled() and not one.exception()}
        else:
            return
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        if tries < TRIES:
            begun = _begun(do, {number: tasks[number] for number in range(given, len(tasks)) if number not in done}, size)
    raise _lost(lost)


def _begun(do: Callable[[Task], Result], tasks: Mapping[int, Task], size: int) -> Begun[Result]:
    """Give processes that have begun with the tasks, and what will come of each; where they are no copies, each starts by itself."""
    from concurrent.futures import ProcessPoolExecutor  # only here: one class does without
    from multiprocessing import get_context

    how = "fork" if copies() else "spawn"
    pool = ProcessPoolExecutor(size, mp_context=get_context(how), initializer=_begin)
    return pool, {number: _submitted(pool, do, task) for number, task in tasks.items()}


def _submitted(pool: Executor, do: Callable[[Task], Result], task: Task) -> Future[Result]:
    try:
        return pool.submit(do, task)
    except BrokenExecutor as error:  # one of them is lost already, which is told where the result is asked for
        lost = Future[Result]()
        lost.set_exception(error)
        return lost


def writers(files: int, folder: Path) -> AbstractContextManager[Executor | None]:
    """Give threads that write so many files below a folder; None where they are few or its disk is quick: then it is done sooner here.

    A slow disk, as one in a network, takes as long for a new folder as the marking takes, and threads wait for it meanwhile. On a
    quick one they take a fifth more of the processor's time, and give nothing for it.
    """
    if files < WORTH_IT or not _is_slow(folder):
        return nullcontext()
    from concurrent.futures import ThreadPoolExecutor  # only here: a small class does without

    return ThreadPoolExecutor(WRITERS)


def _is_slow(folder: Path) -> bool:
    """Whether even the quickest of three new folders takes long; one that cannot be made is told by whoever writes there."""
    took = list[float]()
    with suppress(OSError):
        for _ in range(3):
            start = time.perf_counter()
            with tempfile.TemporaryDirectory(prefix=".", dir=folder):
                took.append(time.perf_counter() - start)
    return min(took, default=0) > SLOW_S


def in_order(executor: Executor | None, do: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
    """Do each task, giving the results in order; never more than AHEAD tasks are in hand.

    (`Executor.map` would take all tasks at once, and hold all of a large class in memory.)
    """
    if executor is None:
        yield from map(do, tasks)
        return
    waiting: deque[Future[Result]] = deque()
    try:
        for task in tasks:
            waiting.append(executor.submit(do, task))
            if len(waiting) >= AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for future in waiting:
            future.cancel()


def _result(future: "Future[Result]") -> Result:
    try:
        return future.result(timeout=WAIT_S)
    except Exception as error:
        lost = isinstance(error, CancelledError | TimeoutError) or type(error).__module__.startswith("distributed")
        if not lost or (isinstance(error, TimeoutError) and future.done()):
            raise
        raise _lost(error) from error


def _lost(error: Exception) -> ClassError:
    why = f"({type(error).__name__}); one may have been ended, or memory was short"
    return ClassError(
        f"The processes that share the work gave nothing back {why}. "
        "What was done is kept: close other large programs and run the command again; autograde mark can do it in one process, --workers 1."
    )


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


def _begin() -> None:
    """Let a worker look for cycles as seldom as the command does, and end when its parent is gone: a killed one cannot tell it."""
    from multiprocessing import connection, parent_process

    gc.set_threshold(*SELDOM)
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (connection.wait([parent.sentinel]), os._exit(1)), daemon=True).start()
