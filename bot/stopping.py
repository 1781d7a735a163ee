"""Being told to stop, by SIGTERM or by SIGINT (Ctrl+C).

A handler runs within whatever the main thread does just then. One that set the event would wait for ever where the main
thread was about to wait for that event, and held its lock. So a signal only wakes a thread, and that sets it.
https://docs.python.org/3/library/signal.html#signal.set_wakeup_fd
"""

import signal
import socket
import threading

SIGNALS = (signal.SIGTERM, signal.SIGINT)


def told_by_signals() -> threading.Event:
    """What is set once this process is told to stop. For the main thread, once for a process."""
    told_to_stop, (hears, wakes) = threading.Event(), socket.socketpair()
    wakes.setblocking(False)
    signal.set_wakeup_fd(wakes.fileno())
    for number in SIGNALS:
        signal.signal(number, lambda *_: None)
    threading.Thread(target=_listen, args=(hears, wakes, told_to_stop), name="signals", daemon=True).start()
    return told_to_stop


def _listen(hears: socket.socket, wakes: socket.socket, told_to_stop: threading.Event) -> None:
    """To the end of the process: a signal that comes again must find the other end open."""
    with hears, wakes:
        while hears.recv(1):
            told_to_stop.set()
