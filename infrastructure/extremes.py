"""The least and the greatest of several values, none of which is null, on every database."""

from typing import Any, ClassVar

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from infrastructure.schema.metadata import KEY, LONG


class _Extreme(FunctionElement[Any]):
    inherit_cache = True
    on_sqlite: ClassVar[str]


class least(_Extreme):  # noqa: N801 - reads as SQL where it is used
    """The least of some texts."""

    type = KEY
    name = "least"
    on_sqlite = "min"


class greatest(_Extreme):  # noqa: N801 - reads as SQL where it is used
    """The greatest of some numbers."""

    type = LONG
    name = "greatest"
    on_sqlite = "max"


@compiles(_Extreme)
def _of_several(element: _Extreme, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{element.name}({compiler.process(element.clauses, **kw)})"


@compiles(_Extreme, "sqlite")
def _of_several_on_sqlite(element: _Extreme, compiler: SQLCompiler, **kw: Any) -> str:
    return f"{element.on_sqlite}({compiler.process(element.clauses, **kw)})"
