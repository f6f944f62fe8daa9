"""From the log to the read models, in batches, each committed with its checkpoint."""

from infrastructure.projecting.advancing import CheckpointLost, NewerProjection
from infrastructure.projecting.batch import Unprojectable
from infrastructure.projecting.projector import Projector
from infrastructure.projecting.rebuilding import RebuildUnderWay

__all__ = ["CheckpointLost", "NewerProjection", "Projector", "RebuildUnderWay", "Unprojectable"]
