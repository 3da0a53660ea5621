"""Of programs whose clock a test sets by libfaketime: it refuses each `time.sleep` once it leaves the monotonic clock alone."""

import select
import time
from typing import Any


def _sleep(seconds: Any) -> None:
    select.select((), (), (), seconds)


time.sleep = _sleep
