"""A clock for the hub's own timers that nobody sets."""

import time

from tornado.ioloop import IOLoop


def keep_time(loop: IOLoop) -> None:
    """Have a loop's timers go by the time since the machine began, not by the time of day.

    JupyterHub looks after its proxy and its services by tornado's PeriodicCallback, which after the clock was set back waits until that
    time of day comes again: https://github.com/tornadoweb/tornado/issues/2333.
    """
    loop.time = time.monotonic  # type: ignore[method-assign]  # whoever asks a loop for its time asks it for both ends of a span
