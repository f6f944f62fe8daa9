"""What the second and the third release of ForcesDeployed add to the modules of the first.

Each text is put at the end of the module it is for, as its release would have changed it.

Version 2 splits the role: it named what the forces do, and "peacekeeping" also on which ground
they are there. `mission` keeps the one, `basis` is new and says the other. Version 3 says
instead of `basis` who agreed to it, `consent`, in words that do not take a side.
"""

ENTRY = '''

@dataclass(frozen=True, slots=True, kw_only=True)
class ForcesDeployed(EventData):
    """A sender's forces are deployed on a host's territory or side."""

    TYPE: ClassVar[str] = "ForcesDeployed"
    SCHEMA_VERSION: ClassVar[int] = {version}
    APART: ClassVar[tuple[tuple[str, ...], ...]] = (("sender", "host"), ("sender", "against"))

    sender: ActorId
    host: ActorId
    mission: DeploymentRole = "unspecified"
    {ground}
    against: Actors = ()
'''

GROUNDS = {
    2: 'basis: Literal["invitation", "mandate", "occupation", "unspecified"] = "unspecified"',
    3: 'consent: Literal["asked", "mandated", "none", "unspecified"] = "unspecified"',
}

VOCABULARY = {
    version: ENTRY.format(version=version, ground=GROUNDS[version]) for version in GROUNDS
}

POLICY = ('When("role"', 'When("mission"')
"""The same rules, of the field that has another name now."""

FIRST_SHAPE = '''

from dataclasses import dataclass
from typing import ClassVar, Literal

from domain.fields import ActorId, Actors


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcesDeployed1(EventData):
    """As it was until `role` was split into `mission` and `basis`."""

    TYPE: ClassVar[str] = "ForcesDeployed"

    sender: ActorId
    host: ActorId
    role: Literal["combat", "training", "peacekeeping", "support", "unspecified"] = "unspecified"
    against: Actors = ()


def split_role(fields: Fields) -> Fields:
    """`role` becomes `mission`; that peacekeepers had a mandate was all it said of the ground."""
    data = dict(fields["data"])
    role = data.pop("role")
    basis = "mandate" if role == "peacekeeping" else "unspecified"
    return fields | {"data": data | {"mission": role, "basis": basis}}


SHAPES["ForcesDeployed", 1] = ForcesDeployed1
STEPS["ForcesDeployed", 1] = split_role
'''

SECOND_SHAPE = '''

@dataclass(frozen=True, slots=True, kw_only=True)
class ForcesDeployed2(EventData):
    """As it was until `basis` became `consent`."""

    TYPE: ClassVar[str] = "ForcesDeployed"
    SCHEMA_VERSION: ClassVar[int] = 2

    sender: ActorId
    host: ActorId
    mission: Literal["combat", "training", "peacekeeping", "support", "unspecified"] = "unspecified"
    basis: Literal["invitation", "mandate", "occupation", "unspecified"] = "unspecified"
    against: Actors = ()


CONSENTS = {"invitation": "asked", "mandate": "mandated", "occupation": "none"}


def name_consent(fields: Fields) -> Fields:
    """`basis` becomes `consent`, word by word."""
    data = dict(fields["data"])
    return fields | {"data": data | {"consent": CONSENTS.get(data.pop("basis"), "unspecified")}}


SHAPES["ForcesDeployed", 2] = ForcesDeployed2
STEPS["ForcesDeployed", 2] = name_consent
'''

UPCASTERS = {2: FIRST_SHAPE, 3: FIRST_SHAPE + SECOND_SHAPE}
