"""What workers do in tests of the local engine: score, and go wrong where the text of an article says so."""

import os
import signal
import time
from pathlib import Path

from framing.engines.rows import score_each


def troubled(items, settings, told):
    """Like `score_each`; an article named "dies ..." kills its process, "sleeps ..." takes too long.

    One named "once" kills its process if the file named in its text is not there yet, and makes the file.
    """
    for item in items:
        if item.id.startswith("dies"):
            os.kill(os.getpid(), signal.SIGKILL)
        if item.id.startswith("sleeps"):
            time.sleep(600)
        if item.id == "once":
            marker = Path(item.text.split()[0])
            if not marker.exists():
                marker.touch()
                os.kill(os.getpid(), signal.SIGKILL)
    return score_each(items, settings, told)


def slow(items, settings, told):
    """Like `score_each`, but slow enough to be stopped in the middle."""
    time.sleep(0.2 * len(items))
    return score_each(items, settings, told)


def sleepless(items, settings, told):
    """Never comes to an end, and says so to whoever wants to know."""
    Path(items[0].text.split()[0]).write_text(str(os.getpid()), encoding="ascii")
    time.sleep(600)
    return score_each(items, settings, told)
