"""Whether a process that was started earlier is still there, and how it is stopped."""

import os
import signal
from pathlib import Path


def is_process_of(pid: int, environment: Path) -> bool:
    """Whether a process is alive and runs from an environment: numbers of processes are used again, so both are asked."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
        try:
            os.kill(pid, 0)
        except OSError:
            return False
        return True
    except OSError:
        return False
    return str(environment).encode() in command


def signal_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and all that it started; nothing happens where it has ended already."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return
