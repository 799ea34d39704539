"""Names in generated files are legal in every target, unique and recognisable."""

import pytest

from whetgen.errors import BadInput
from whetgen.targets.output.identifiers import (
    KEYWORDS,
    MAX_LENGTH,
    Identifiers,
    check_name,
    comment_text,
    name_from,
)


@pytest.mark.parametrize("name", ["net", "mnist_mlp", "A1", "x_"])
def test_a_legal_name_stays(name):
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "--name '' is not an identifier; use letters, digits and _, a letter first"),
        ("../net", "--name '../net' is not an identifier; use letters, digits and _, a letter first"),
        ("1net", "--name '1net' is not an identifier; use letters, digits and _, a letter first"),
        ("_net", "--name '_net' is not an identifier; use letters, digits and _, a letter first"),
        ("net\n", "--name 'net\\n' is not an identifier; use letters, digits and _, a letter first"),
        ("né", "--name 'né' is not an identifier; use letters, digits and _, a letter first"),
        ("while", "--name 'while' is a keyword of C, C++ or Verilog; choose another"),
        ("endmodule", "--name 'endmodule' is a keyword of C, C++ or Verilog; choose another"),
        ("logic", "--name 'logic' is a keyword of C, C++ or Verilog; choose another"),
        ("namespace", "--name 'namespace' is a keyword of C, C++ or Verilog; choose another"),
        ("clk", "--name 'clk' is a word that the generated files use themselves; choose another"),
        ("s_axis_tdata", "--name 's_axis_tdata' is a word that the generated files use themselves; choose another"),
        ("frame_valid", "--name 'frame_valid' is a word that the generated files use themselves; choose another"),
        (
            "stdint",
            "--name 'stdint' is a system header, which include/stdint.h would hide; choose another",
        ),
        (
            "Features",
            "--name 'Features' is a system header, which include/Features.h would hide; choose another",
        ),
        ("wg_dense", "--name 'wg_dense' starts like the names of the runtime and library; choose another"),
        ("n" * 49, f"--name '{'n' * 49}' is 49 characters long, at most 48 are allowed"),
    ],
)
def test_a_bad_name_is_refused(name, message):
    with pytest.raises(BadInput) as error:
        check_name(name)
    assert str(error.value) == message


@pytest.mark.parametrize(
    ("stem", "name"),
    [
        ("mnist-mlp", "mnist_mlp"),
        ("7segments", "net_7segments"),
        ("table", "table_net"),
        ("stdint", "stdint_net"),
        ("advance", "advance_net"),
        ("Ünï", "Uni"),
        ("", "net"),
        ("a" * 90, "a" * 48),
    ],
)
def test_the_default_name_is_always_allowed(stem, name):
    assert name_from(stem) == name == check_name(name)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("conv2d_1/bn", "conv2d_1_bn"),
        ("dense", "dense"),
        ("3x3", "layer_3x3"),
        ("Größe", "Gr_e"),
        ("", "layer"),
        ("///", "layer"),
        ("register", "register_2"),
        ("Input", "Input_2"),
        ("a//b", "a_b"),
        ("wg_bits", "layer_wg_bits_2"),
    ],
)
def test_a_layer_name_becomes_a_recognisable_word(text, word):
    assert Identifiers().unique(text) == word


def test_colliding_layer_names_get_numbers():
    names = Identifiers("net")
    assert [names.unique(t) for t in ("a/b", "a.b", "a_b", "A_B", "a_b_2", "net")] == [
        "a_b", "a_b_2", "a_b_3", "A_B_4", "a_b_2_2", "net_2",
    ]  # fmt: skip


def test_long_names_stay_unique_and_short():
    names = Identifiers()
    words = [names.unique("x" * 100) for _ in range(12)]
    assert len(set(words)) == 12
    assert max(map(len, words)) == MAX_LENGTH


@pytest.mark.parametrize("word", sorted(KEYWORDS)[::7])
def test_a_keyword_is_never_handed_out(word):
    assert Identifiers().unique(word) not in KEYWORDS


@pytest.mark.parametrize(
    ("text", "safe"), [("a*/b", "a* /b"), ("/*", "/ *"), ("a\nb", "a b"), ("end\\", "end/"), ("*/*", "* / *")]
)
def test_a_layer_name_cannot_end_a_comment(text, safe):
    assert comment_text(text) == safe
