"""The JSON bodies of answers, built once for HTTP and for the command line.

Both edges give a snapshot of the read models and a resolved viewpoint, so that `foedus ask --json`
and `GET /v1/alignments` cannot drift apart. A page's body stands without its cursor, which the
HTTP edge writes into `next`. Errors are those of the questions.
"""

from typing import Any

Body = dict[str, Any]
"""Its members are JSON values, or answers whose fields bear the names that they have on the wire:
those become JSON as they are. `infrastructure.answering.plain` makes JSON values of all."""
