"""From the log to the read models, in batches, each committed with its checkpoint."""

from infrastructure.projecting.batch import Unprojectable
from infrastructure.projecting.projector import NewerProjection, Projector

__all__ = ["NewerProjection", "Projector", "Unprojectable"]
