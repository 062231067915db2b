import pytest

from onelayer import latex


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50 % of $x_1$", r"50 \% of \$x\_1\$"),
        (r"\write18{rm}", r"\textbackslash{}write18\{rm\}"),
        ("a^b~c#d&e", r"a\textasciicircum{}b\textasciitilde{}c\#d\&e"),
        ("--", r"{-}{-}"),
        ("Alpaydın é ß", "Alpaydın é ß"),
        ("ħ", r"\texttt{U+0127}"),
        ("λ\u200b", r"$\lambda$\texttt{U+200B}"),
        ("a\nb\n\nc", "a b  c"),
    ],
)
def test_free_text_is_printed_as_it_is_typed(text, expected):
    assert latex.escape(text) == expected


@pytest.mark.parametrize(
    ("got", "expected"),
    [
        (latex.integer("1234567"), "1{,}234{,}567"),
        (latex.integer("7800.0"), "7{,}800"),
        (latex.fixed("0.07088705", 4), "0.0709"),
        (latex.fixed(123456.0, 4), r"$1.23\times 10^{5}$"),
        (latex.percent("0.97578"), r"97.6\,\%"),
        (latex.points("0.0123"), "1.23"),
        (latex.significant("0.149361", 4), "$0.1494$"),
        (latex.significant("-2.7755e-17", 2), r"$-2.8\times 10^{-17}$"),
        (latex.significant("117", 3), "$117$"),
        (latex.breakable("a_b"), r"\texttt{a\allowbreak{}\_\allowbreak{}b}"),
        (latex.counted(1, "evaluation"), "1 evaluation"),
        (latex.counted(1200, "step"), "1{,}200 steps"),
        (latex.listed(["a_b"]), r"a\_b"),
        (latex.listed(["a", "b", "c"]), "a, b and c"),
    ],
)
def test_numbers_and_lists(got, expected):
    assert got == expected and isinstance(got, latex.Latex)
