"""Following the log: from any position to the head, and on as events are recorded."""

import threading
from typing import TYPE_CHECKING

from eventsourcing.dcb.api import DCBQuery
from eventsourcing.dcb.persistence import DCBListenNotifySubscription

if TYPE_CHECKING:
    from infrastructure.event_store.recorder import SqlRecorder


class SqlSubscription(DCBListenNotifySubscription["SqlRecorder"]):
    """Woken by this recorder's appends at once, and by other processes' at the next poll.

    The library's thread pulls from the moment the object is made, before anyone can listen:
    an append in between would be waited for until the next one. So it is woken once after
    it began to listen.
    """

    def __init__(
        self, recorder: "SqlRecorder", query: DCBQuery | None = None, after: int | None = None
    ) -> None:
        self._poll_seconds = recorder.poll_seconds
        super().__init__(recorder=recorder, query=query, after=after)
        recorder.listen(self._has_been_notified)
        self._has_been_notified.set()

    def stop(self) -> None:
        """End the iteration here and now; harmless when repeated."""
        self._recorder.unlisten(self._has_been_notified)
        super().stop()

    def close(self) -> None:
        """Stop, and wait until the pulling thread has ended."""
        self.stop()
        if threading.current_thread() is not self._pull_thread:
            self._pull_thread.join()

    def _loop_on_pull(self) -> None:
        try:
            while not self._has_been_stopped:
                self._pull()
                self._has_been_notified.wait(self._poll_seconds)
        except BaseException as error:  # noqa: BLE001 - handed to the thread that iterates
            self._thread_error = error
            self.stop()
