"""The tables of the book against the layouts of their sources, and against derived figures."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import pytest

from hutan.rules.parameters import rulebook
from hutan.rules.refusals import CellNotEntered

# Fuel, unit of the activity data, then NCV, CC, OX and the emission factor that the source gives
# with them: first of set FS1 (style of the 24 industry guides), then of FS2 (GB/T 32151).
FUELS = """
anthracite | t | 24.515 0.02749 0.94 2.32277 | 22.867 0.02749 - -
bituminous | t | 23.204 0.02618 0.93 2.07151 | 23.076 0.02308 - -
lignite | t | 14.449 0.02800 0.96 1.42409 | 14.759 0.02797 - -
washed_coal | t | 26.344 0.02540 0.93 2.28176 | - - - -
other_washed_coal | t | 15.373 0.02540 0.90 1.28856 | - - - -
briquette | t | 17.460 0.03360 0.90 1.93596 | - - - -
coke | t | 28.446 0.02940 0.93 2.85183 | 28.435 0.02942 - -
crude_oil | t | 42.620 0.02010 0.98 3.07827 | 41.816 0.02008 0.98 3.01720
fuel_oil | t | 40.190 0.02110 0.98 3.04718 | 41.816 0.02110 0.98 3.17046
gasoline | t | 44.800 0.01890 0.98 3.04255 | 43.070 0.01890 0.98 2.92506
diesel | t | 43.330 0.02020 0.98 3.14512 | 42.652 0.02020 0.98 3.09591
kerosene | t | 44.750 0.01960 0.98 3.15171 | 43.070 0.01960 0.98 3.03339
aviation_kerosene | t | 44.750 0.01960 0.98 3.15171 | 44.100 0.01950 1.00 3.15315
petroleum_coke | t | 31.000 0.02750 0.98 3.06332 | 32.500 0.02750 - -
lpg | t | 47.310 0.01720 0.99 2.95385 | 50.179 0.01720 0.98 3.10133
lng | t | 41.868 0.01530 0.99 2.32531 | 51.498 0.01720 0.98 3.18285
refinery_gas | t | 46.050 0.01820 0.99 3.04234 | 45.998 0.01820 0.98 3.00821
coal_tar | t | 33.453 0.02200 0.98 2.64457 | 33.453 0.02200 0.98 2.64457
natural_gas | 10^4 Nm3 | 389.31 0.01530 0.99 21.62189 | 389.31 0.01532 0.99 21.65015
coke_oven_gas | 10^4 Nm3 | 173.854 0.01360 0.99 8.58282 | 173.854 0.01210 0.99 7.63619
blast_furnace_gas | 10^4 Nm3 | 37.69 0.07080 0.99 9.68648 | 33.00 0.07080 0.99 8.48113
converter_gas | 10^4 Nm3 | 79.54 0.04960 0.99 14.32102 | 84.00 0.04960 0.99 15.12403
"""


def fuels(set_number: int) -> dict[str, tuple[str, list[str]]]:
    found = {}
    for line in FUELS.strip().splitlines():
        name, per, *sets = [part.strip() for part in line.split("|")]
        cells = sets[set_number - 1].split()
        if cells != ["-"] * 4:
            found[name] = (per, cells)
    return found


@pytest.mark.parametrize(("key", "number"), [("mrv.fuels_fs1", 1), ("mrv.fuels_fs2", 2)])
def test_fuel_tables(key: str, number: int) -> None:
    for year in range(2023, 2029):
        table = rulebook().by_year(key, year).table
        written = {
            row.key: (
                row.cells["per"],
                [str(row.cells.get(name, "-")) for name in ("ncv", "cc", "ox")],
            )
            for row in table
        }
        assert written == {name: (per, cells[:3]) for name, (per, cells) in fuels(number).items()}


@pytest.mark.parametrize(("key", "number"), [("mrv.fuels_fs1", 1), ("mrv.fuels_fs2", 2)])
def test_fuel_properties_give_the_emission_factors_of_the_source(key: str, number: int) -> None:
    book = rulebook()
    parameter = book.by_year(key, 2024)
    carbon = (
        Decimal(book.by_year("mrv.co2_mass", 2024).whole)
        / book.by_year("mrv.carbon_mass", 2024).whole
    )
    for name, (_, cells) in fuels(number).items():
        if cells[3] == "-":
            continue
        factor = carbon
        for column in ("ncv", "cc", "ox"):
            factor *= parameter.cell(name, column).decimal
        assert factor.quantize(Decimal("0.00001"), ROUND_HALF_UP) == Decimal(cells[3]), name


def test_a_cell_is_a_cited_parameter_of_its_own() -> None:
    cell = rulebook().by_year("mrv.fuels_fs1", 2024).cell("natural_gas", "ncv")
    assert cell.use().key == "mrv.fuels_fs1/natural_gas/ncv"
    assert (cell.text, cell.use().unit) == ("389.31", "GJ per t or 10^4 Nm3")
    assert cell.use().basis == "2024"
    assert "data-centre" in cell.note
    assert (
        "neither set is proven" in rulebook().by_year("mrv.fuels_fs1", 2024).cell("coke", "cc").note
    )


def test_what_the_source_leaves_open_is_refused() -> None:
    table = rulebook().by_year("mrv.fuels_fs2", 2024)
    for row, column in (("anthracite", "ox"), ("washed_coal", "ncv"), ("coke", "nothing")):
        with pytest.raises(CellNotEntered) as refused:
            table.cell(row, column)
        assert refused.value.facts["row"] == row
        assert "fuels.toml" in refused.value.cure("en")


# Energy, unit, value, lowest, highest: tce per unit (GB/T 2589-2020, annex A, remembered).
COAL_EQUIVALENT = """
raw_coal t 0.7143 - -
washed_coal t 0.9000 - -
coke t 0.9714 - -
crude_oil t 1.4286 - -
fuel_oil t 1.4286 - -
gasoline t 1.4714 - -
kerosene t 1.4714 - -
diesel t 1.4571 - -
lpg t 1.7143 - -
refinery_gas t 1.5714 - -
natural_gas 10^3_m3 1.2143 1.1000 1.3300
coke_oven_gas 10^3_m3 - 0.5714 0.6143
heat GJ 0.03412 - -
electricity MWh 0.1229 - -
"""

# Class, a from, a below, share of improving units, of others (plan of 2019, tables 3 and 4).
DIRECT_SHARE = """
industry 0.75 - 0.94 0.93
industry 0.50 0.75 0.96 0.95
industry 0.25 0.50 0.975 0.97
industry 0 0.25 0.995 0.99
power_heat 0.50 - 0.97 0.96
power_heat 0 0.50 0.995 0.99
non_industry 0 - 0.995 0.99
"""

# Benchmarks of the plan of 2019, tCO2 per 10^4 kWh.
POWER = """
gas F - 3.863
gas E - 4.699
oil E - 8.103
coal ultra_supercritical 100 7.838
coal ultra_supercritical 60 7.918
coal supercritical 60 8.254
coal subcritical 60 8.478
coal subcritical 30 8.647
coal medium_pressure 1.2 11.843
"""

METHODS = """
power benchmark -
grid benchmark -
heat benchmark -
data_centre benchmark -
industry historical_intensity historical_emissions
tap_water historical_intensity -
aviation historical_intensity -
ports historical_intensity -
water_transport historical_intensity -
buildings historical_emissions -
airports historical_emissions -
"""


def lines(table: str) -> list[list[str]]:
    return [line.replace("10^3_m3", "10^3 m3").split() for line in table.strip().splitlines()]


def test_coal_equivalents() -> None:
    for year in range(2023, 2029):
        parameter = rulebook().by_year("coverage.coal_equivalent", year)
        assert parameter.status == "assumed"
        found = [
            f"{row.key} {row.cells['per']} "
            + " ".join(str(row.cells.get(name, "-")) for name in ("value", "low", "high"))
            for row in parameter.table
        ]
        assert found == [" ".join(line) for line in lines(COAL_EQUIVALENT)]


@pytest.mark.parametrize(
    ("key", "columns", "written"),
    [
        ("allocation.direct_share", "class a_from a_below improving other", DIRECT_SHARE),
        ("allocation.power_benchmark", "fuel technology capacity benchmark", POWER),
    ],
)
def test_tables_of_the_plan_of_2019_serve_later_years_as_assumed(
    key: str, columns: str, written: str
) -> None:
    for year in range(2019, 2029):
        parameter = rulebook().by_year(key, year)
        assert parameter.status == ("official" if year == 2019 else "assumed")
        found = [
            [str(row.cells.get(name, "-")) for name in columns.split()] for row in parameter.table
        ]
        assert found == lines(written)


def test_classes_of_the_direct_share_meet_without_gap_or_overlap() -> None:
    rows = list(rulebook().by_year("allocation.direct_share", 2024).table)
    for kind in ("industry", "power_heat", "non_industry"):
        edges = sorted(
            (row.cells["a_from"], row.cells.get("a_below", Decimal(2)))
            for row in rows
            if row.cells["class"] == kind
        )
        assert edges[0][0] == 0
        assert [low for low, _ in edges[1:]] == [high for _, high in edges[:-1]]


def test_methods_by_class() -> None:
    for year in range(2023, 2029):
        found = [
            [row.key, str(row.cells["method"]), str(row.cells.get("otherwise", "-"))]
            for row in rulebook().by_year("allocation.method", year).table
        ]
        assert found == lines(METHODS)


@pytest.mark.parametrize(
    ("key", "year", "status", "written"),
    [
        ("allocation.heat_conversion", 2019, "official", {"coal_oil": "73.5", "gas": "65.0"}),
        ("allocation.heat_conversion", 2028, "assumed", {"coal_oil": "73.5", "gas": "65.0"}),
        (
            "allocation.cooling_factor",
            2019,
            "official",
            {"coal_closed": "1.01", "coal_open": "1.00", "gas_oil": "1.00"},
        ),
        (
            "allocation.heat_benchmark",
            2024,
            "secondary",
            {"gas_boiler": "0.06233", "gas_chp": "0.06885"},
        ),
        ("mrv.gwp_ar2", 2023, "secondary", {"CH4": "21", "N2O": "310", "SF6": "23900"}),
        ("mrv.gwp_ar5", 2028, "secondary", {"CH4": "28", "N2O": "265", "SF6": "23500"}),
        ("mrv.gwp_ar6", 2024, "assumed", {"CH4": "27.9", "N2O": "273"}),
    ],
)
def test_tables_of_one_column(key: str, year: int, status: str, written: dict[str, str]) -> None:
    parameter = rulebook().by_year(key, year)
    found = {row.key: str(next(iter(row.cells.values()))) for row in parameter.table}
    assert (found, parameter.status) == (written, status)


def test_both_regimes_of_factors_stand_side_by_side() -> None:
    book = rulebook()
    before = book.on_day("mrv.factor_sets", date(2022, 2, 10))
    after = book.on_day("mrv.factor_sets", date(2022, 2, 11))
    assert list(before.table.rows) == ["set_2013"]
    assert list(after.table.rows) == ["set_2013", "set_2022"]
    for year in range(2013, 2029):
        chosen = book.by_year("mrv.factor_set", year).word
        for name in ("electricity", "heat"):
            assert (
                after.cell(chosen, name).decimal == book.by_year(f"mrv.{name}_factor", year).decimal
            )
    assert before.cell("set_2013", "electricity").text == "7.88"
    assert after.cell("set_2022", "heat").text == "0.06"


def test_method_numbers() -> None:
    numbers = [row.cells["number"] for row in rulebook().by_year("mrv.methods", 2024).table]
    assert numbers == [f"SH/MRV-{number:03}-2012" for number in range(1, 11)]
