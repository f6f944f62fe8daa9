"""The event store, and the factory through which the eventsourcing library finds it.

Any ``DCBApplication`` runs on it with ``PERSISTENCE_MODULE=infrastructure.event_store`` and
``FOEDUS_DATABASE_URL``. ``CREATE_TABLE`` (default: yes) runs the migrations; without it the
tables must be there.
"""

from eventsourcing import persistence as library
from eventsourcing.dcb import persistence as library_dcb
from eventsourcing.utils import Environment, EnvType, strtobool

from infrastructure.database import Database
from infrastructure.event_store.recorder import SqlRecorder
from infrastructure.event_store.tracking import SqlTrackingRecorder
from infrastructure.migrating import check_schema, upgrade


class SqlFactory(library_dcb.DCBInfrastructureFactory[SqlTrackingRecorder]):
    """Makes the recorders of one application over one database."""

    DATABASE_URL = "FOEDUS_DATABASE_URL"
    CREATE_TABLE = "CREATE_TABLE"

    def __init__(self, env: Environment | EnvType | None) -> None:
        super().__init__(env)
        url = self.env.get(self.DATABASE_URL)
        if not url:
            raise library.InfrastructureFactoryError(f"{self.DATABASE_URL} is not set")
        self.database = Database(url)
        self._recorder = SqlRecorder(self.database)
        try:
            if strtobool(self.env.get(self.CREATE_TABLE, "yes")):
                upgrade(self.database)
            else:
                check_schema(self.database)
        except BaseException:
            self.database.dispose()
            raise

    def dcb_recorder(self) -> SqlRecorder:
        """Return the application's one recorder: all its appends wake its subscriptions."""
        return self._recorder

    def tracking_recorder(
        self, tracking_recorder_class: type[SqlTrackingRecorder] | None = None
    ) -> SqlTrackingRecorder:
        """Return a recorder of how far this application has followed others."""
        return (tracking_recorder_class or SqlTrackingRecorder)(self.database, self.env.name)

    def close(self) -> None:
        self._recorder.close()
        self.database.dispose()


__all__ = ["SqlFactory", "SqlRecorder", "SqlTrackingRecorder"]
