"""Countries as datasets name them, as ISO 3166-1 alpha-2 codes."""

from __future__ import annotations

from functools import cache

import pycountry

_OTHERWISE = {
    "Bosnia-Herzegovina": "BA",
    "Cambodia (Kampuchea)": "KH",
    "DR Congo (Zaire)": "CD",
    "Democratic Republic of Congo": "CD",
    "Democratic Republic of the Congo": "CD",
    "Ivory Coast": "CI",
    "Kingdom of eSwatini (Swaziland)": "SZ",
    "Macedonia, FYR": "MK",
    "Myanmar (Burma)": "MM",
    "Russia": "RU",
    "Russia (Soviet Union)": "RU",
    "Serbia (Yugoslavia)": "RS",
    "Swaziland": "SZ",
    "Turkey": "TR",
    "Vietnam (North Vietnam)": "VN",
    "Yemen (North Yemen)": "YE",
    "Zimbabwe (Rhodesia)": "ZW",
}
"""Names of UCDP, Powell & Thyne and ACLED that the standard does not have. States of the past have no code."""


@cache
def country_code(name: str) -> str | None:
    """The code of a country's name or of its numeric code; None where there is none for certain."""
    if name in _OTHERWISE:
        return _OTHERWISE[name]
    try:
        code: str = pycountry.countries.lookup(name.strip()).alpha_2
    except LookupError:
        return None
    return code
