"""--classes: names for NAME_class_name, one for each class."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.targets.c.test_c_files import tiny
from tests.targets.verilog.networks import fired

import whetgen
from whetgen import BadInput, Options
from whetgen.targets.c.class_names import c_text

NAMES = ("zwölf ??/", 'a "b" \\ 7', "line 3")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("names") / "tiny"
    whetgen.generate(tiny(), "c", out, Options("tiny", classes=NAMES, single_header=True))
    return out


def test_the_names_are_there_and_any_other_number_is_empty(folder, tmp_path):
    (tmp_path / "main.c").write_text(
        '#include "tiny.h"\n#include <stdio.h>\nint main(void) { for (int n = -1; n <= tiny_CLASSES; n++) puts(tiny_class_name(n)); }\n'
    )
    command = ["cc", "-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", f"-I{folder}/include", "main.c"]
    subprocess.run([*command, *(folder / "src").glob("*.c"), "-o", "app"], cwd=tmp_path, check=True)
    told = subprocess.run([tmp_path / "app"], capture_output=True, text=True, check=True).stdout
    assert told == "\n".join(["", *NAMES, "", ""])


def test_the_names_are_kept_among_the_options_and_the_example_prints_them(folder):
    assert whetgen.verify(folder, count=2).passed
    assert "Serial.print(tiny_class_name(class_number));" in (folder / "examples" / "tiny" / "tiny.ino").read_text()


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_any_text_is_a_c_string_of_plain_ascii(text):
    written = c_text(text)
    assert written.isascii() and written.isprintable() and "??" not in written
    assert written[1:-1].encode().decode("unicode_escape").encode("latin-1").decode() == text


@pytest.mark.parametrize(
    ("network", "names", "message"),
    [
        (tiny, ("a", "b"), "--classes: there are 2 names, the network has 3 classes; give one each"),
        (tiny, ("a", "b", "a"), "--classes: name 3, 'a', stands there twice; give each class its own"),
        (tiny, ("a", "", "c"), "--classes: name 2 is ''; give a line of printable text for each class"),
        (fired, ("a",), "--classes: this network tells no class; leave it out"),
    ],
)
def test_names_that_do_not_fit_are_refused(network, names, message, tmp_path):
    with pytest.raises(BadInput) as refused:
        whetgen.generate(network(), "c", tmp_path / "out", Options("net", classes=names))
    assert str(refused.value) == message
