"""A balance of masses: by worked example with its source, and for any volumes."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.choices import Anaesthetic
from sessions.choices import Substance
from sessions.mixtures import BICARBONATE, Composition, Draw, Holding, becomes, is_of, mix, shown

D = Decimal

# domain.md §4, the catalogue of solutions, by what each holds.
BUF = Composition("D5W_BUF", D(5), is_buffered=True)
PLAIN = Composition("D5W_PLAIN", D(5))
LA = Composition("D5W_LA", D(5), None, (Holding("lidocaine", is_optional=True), Holding("procaine", is_optional=True)))
DEX125 = Composition("DEX125_LA", D("12.5"), None, (Holding("lidocaine", D("0.1"), D("0.5")),))
DEX25 = Composition("DEX25_LA", D(25), None, (Holding("lidocaine", D("0.1"), D("0.5")),))
DEX20 = Composition(
    "DEX20_MIX",
    D(20),
    None,
    (Holding("lidocaine", D("0.1"), D("0.1")), Holding("ropivacaine", D("0.1"), D("0.1"))),
)
PROC1 = Composition("PROC1", None, None, (Holding("procaine", D(1), D(1)),))
MANN5 = Composition("MANN5_INJ", None, D(5))
ALL = (BUF, PLAIN, LA, DEX125, DEX25, DEX20, PROC1, MANN5, Composition("NS09"))


def of(ml: str, code: str = "", **strengths: str | None) -> Draw:
    held = {name: None if percent is None else D(percent) for name, percent in strengths.items()}
    return Draw(D(ml), held, code, is_buffered=code == "D5W_BUF")


D5W, D50 = {"dextrose": "5"}, {"dextrose": "50"}
# What goes in; how many mL that are, what they become, and what they hold, by calculation. Compositions: domain.md §4.
WORKED: list[tuple[str, list[Draw], str, str, str]] = [
    ("D5W alone [S50]", [of("20", "D5W_PLAIN", **D5W)], "20", "D5W_PLAIN", "dextrose 5"),
    ("D5W, bicarbonate [S13]", [of("20", **D5W), of("0.2", bicarbonate="8.4")], "20.2", "D5W_BUF", "dextrose 4.9505"),
    ("D5W, lidocaine [S122]", [of("9", **D5W), of("1", lidocaine="1")], "10", "D5W_LA", "dextrose 4.5, lidocaine 0.1"),
    ("D5W, procaine [S122]", [of("19", **D5W), of("1", procaine="2")], "20", "D5W_LA", "dextrose 4.75, procaine 0.1"),
    (
        "Yelland [S39]",
        [of("4", **D50), of("1", lidocaine="1"), of("1", ropivacaine="1"), of("4")],
        "10",
        "DEX20_MIX",
        "dextrose 20, lidocaine 0.1, ropivacaine 0.1",
    ),
    (
        "12.5 % [S121]",
        [of("2.5", **D50), of("2.5", lidocaine="1"), of("5")],
        "10",
        "DEX125_LA",
        "dextrose 12.5, lidocaine 0.25",
    ),
    ("25 % [S121]", [of("5", **D50), of("5", lidocaine="1")], "10", "DEX25_LA", "dextrose 25, lidocaine 0.5"),
    ("Dextrose 50 % and water", [of("1", **D50), of("9")], "10", "D5W_PLAIN", "dextrose 5"),
    ("Procaine 1 % [S123]", [of("10", "PROC1", procaine="1")], "10", "PROC1", "procaine 1"),
    ("Procaine 2 % and water", [of("5", procaine="2"), of("5")], "10", "PROC1", "procaine 1"),
    (
        "Bought, strength unknown",
        [of("10", "D5W_LA", dextrose="5", lidocaine=None)],
        "10",
        "D5W_LA",
        "dextrose 5, lidocaine None",
    ),
    # What has no name of the catalogue.
    ("Half procaine", [of("5", procaine="1"), of("5", **D5W)], "10", "", "dextrose 2.5, procaine 0.5"),
    ("D5W thinned by half", [of("5", **D5W), of("5")], "10", "", "dextrose 2.5"),
    ("Past its range", [of("2.5", **D50), of("7.5", lidocaine="1")], "10", "", "dextrose 12.5, lidocaine 0.75"),
    ("Water", [of("10")], "10", "", ""),
]


def test_mixtures_by_worked_example() -> None:
    for name, draws, ml, code, holds in WORKED:
        made = mix(draws)
        held = [f"{key} {percent and shown(percent)}" for key, percent in made.strengths.items() if key != BICARBONATE]
        assert (made.volume_ml, becomes(made, ALL), ", ".join(held)) == (D(ml), code, holds), name


def test_ten_millilitres_of_procaine_are_no_dextrose_and_five_of_one_percent_are_50_mg() -> None:
    made = mix([of("10", "PROC1", procaine="1")])
    assert [row.code for row in ALL if is_of(made, row)] == ["PROC1"]
    # domain.md §4: 5 mL of 1 % are 50 mg; 20 mL of 5 % are 1.0 g.
    assert mix([of("5", procaine="1")]).mass_mg("procaine") == 50
    assert mix([of("20", **D5W)]).mass_mg("dextrose") == 1000


NAMES = ("dextrose", "mannitol", "lidocaine", "procaine")
percents = st.decimals("0.01", "50", places=2)
draws_of_any_kind = st.lists(
    st.builds(
        Draw,
        st.decimals("0.01", "500", places=2),
        st.dictionaries(st.sampled_from(NAMES), st.none() | percents, max_size=2),
    ),
    min_size=1,
    max_size=5,
)


@given(draws_of_any_kind)
def test_volumes_and_masses_add_up_and_nothing_comes_of_nothing(draws: list[Draw]) -> None:
    made = mix(draws)
    assert made.volume_ml == sum(draw.volume_ml for draw in draws)
    for name in NAMES:
        parts = [draw.strengths.get(name, D(0)) for draw in draws]
        if None in parts:
            assert made.mass_mg(name) is None, "unknown in one part is unknown in the whole"
            continue
        known = [percent for percent in parts if percent is not None]
        brought = sum((draw.volume_ml * percent * 10 for draw, percent in zip(draws, known, strict=True)), D(0))
        mass = made.mass_mg(name)
        assert mass is not None
        assert abs(mass - brought) < D("1e-15")
        assert (made.strengths.get(name) or D(0)) <= max(known) + D("1e-15")
        assert (name in made.strengths) == any(name in draw.strengths for draw in draws)


def test_a_mixture_of_nothing_is_refused() -> None:
    for draws in ([], [Draw(D(0))], [Draw(D(-1))], [Draw(D(1), {"dextrose": D(-1)})]):
        with pytest.raises(ValueError, match=r"drawn|negative"):
            mix(draws)


def test_the_substances_are_those_of_the_catalogue() -> None:
    assert set(Anaesthetic.values) == set(Substance.values) - {"diluent", "bicarbonate", "dextrose", "mannitol"}
    assert {value: str(Anaesthetic(value).label) for value in Anaesthetic.values}.items() <= dict(
        Substance.choices
    ).items()
