"""The output folder as a library of CMake, Arduino, PlatformIO and Zephyr, and as a single header."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from tests.targets.c.test_c_files import tiny
from tests.targets.c.test_c_nodes import CASES

from whetgen import Options, generate
from whetgen.reference import predict
from whetgen.targets.c.target import COptions, plan, render

USE = '#include "{name}.h"\n#include <stdio.h>\nint main(void) {{ {name}_input_t x[16] = {{0}}; printf("%d", {name}_predict(x)); return 0; }}\n'


@pytest.fixture(scope="module", name="folder")
def one_folder(tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("package") / "tiny"
    generate(tiny(), "c", out, Options("tiny", single_header=True))
    return out


@pytest.fixture(scope="module", name="class_of_blank")
def class_of_a_blank_frame() -> str:
    return str(predict(tiny(), np.zeros((1, 4, 4, 1), dtype=np.int64))[0])


@pytest.mark.slow
def test_cmake_takes_it_as_a_subdirectory(folder, tmp_path, class_of_blank):
    (tmp_path / "CMakeLists.txt").write_text(
        "cmake_minimum_required(VERSION 3.13)\nproject(app C)\n"
        f"add_subdirectory({folder} net)\nadd_executable(app main.c)\ntarget_link_libraries(app tiny)\n"
    )
    (tmp_path / "main.c").write_text(USE.format(name="tiny"))
    for command in (["cmake", "-S", ".", "-B", "build"], ["cmake", "--build", "build"]):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (
        subprocess.run([tmp_path / "build" / "app"], capture_output=True, text=True, check=True).stdout
        == class_of_blank
    )


@pytest.mark.slow
def test_cmake_builds_the_folder_alone(folder, tmp_path):
    for command in (["cmake", "-S", str(folder), "-B", "build"], ["cmake", "--build", "build"]):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "build" / "libtiny.a").is_file()


ARDUINO = """
#include <stddef.h>
struct Port { void begin(long); void setTimeout(long); size_t readBytes(char *, size_t); void print(const char *); void print(long);
              void print(int); void print(char); void print(unsigned long); void println(const char *); };
extern Port Serial;
unsigned long micros();
"""


@pytest.mark.slow
def test_an_arduino_builder_compiles_it(tmp_path):
    """As arduino-cli does: src is the only include path, C as gnu11, the sketch as C++ behind Arduino.h."""
    generate(tiny(), "c", tmp_path / "tiny", Options("tiny", mcu="avr"))
    facts = dict(line.split("=", 1) for line in (tmp_path / "tiny" / "library.properties").read_text().splitlines())
    assert {"name", "version", "author", "maintainer", "sentence", "category", "architectures", "includes"} <= set(
        facts
    )
    (tmp_path / "Arduino.h").write_text(ARDUINO)
    source = tmp_path / "tiny" / "src"
    flags = ["-mmcu=atmega328p", "-Os", "-Wall", "-Wextra", "-Werror", f"-I{source}"]
    subprocess.run(["avr-gcc", *flags, "-std=gnu11", "-c", *map(str, source.glob("*.c"))], cwd=tmp_path, check=True)
    sketch = tmp_path / "tiny" / "examples" / "tiny" / "tiny.ino"
    assert "const int class_number = tiny_predict(input);" in sketch.read_text()  # not every class is a digit
    command = [
        "avr-g++",
        *flags,
        "-std=gnu++11",
        "-include",
        "Arduino.h",
        "-x",
        "c++",
        "-c",
        str(sketch),
        "-o",
        "sketch.o",
    ]
    subprocess.run(command, cwd=tmp_path, check=True)


def test_platformio_and_zephyr_find_their_files(folder):
    facts = json.loads((folder / "library.json").read_text())
    assert (facts["name"], facts["build"]) == ("tiny", {"includeDir": "include", "srcDir": "src"})
    assert "cmake: zephyr\n" in (folder / "zephyr" / "module.yml").read_text()
    named = {
        line.strip().removeprefix("../") for line in (folder / "zephyr" / "CMakeLists.txt").read_text().splitlines()
    }
    assert {f"src/{path.name}" for path in (folder / "src").glob("*.c")} <= named


def test_the_single_header_is_the_whole_network(folder, tmp_path, class_of_blank):
    (tmp_path / "main.c").write_text("#define tiny_IMPLEMENTATION\n" + USE.format(name="tiny"))
    (tmp_path / "other.c").write_text(
        '#include "tiny.h"\nint other(const tiny_input_t *x) { return tiny_predict(x); }\n'
    )
    flags = ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
    command = ["cc", *flags, f"-I{folder / 'single_header'}", "main.c", "other.c", "-o", "app"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert subprocess.run([tmp_path / "app"], capture_output=True, text=True, check=True).stdout == class_of_blank


def test_an_arduino_sketch_holds_the_single_header(folder, tmp_path, class_of_blank):
    """A sketch is C++11 behind Arduino.h; it may implement the network itself."""
    sketch = """
        #define tiny_IMPLEMENTATION
        #include "tiny.h"
        static tiny_input_t input[tiny_INPUT_BYTES / sizeof(tiny_input_t)];
        void setup() {}
        void loop() { Serial.print(tiny_predict(input)); }
    """
    (tmp_path / "net.ino").write_text(sketch)
    (tmp_path / "Arduino.h").write_text(ARDUINO)
    board = 'void Port::print(int number) { printf("%d", number); }\nPort Serial;\nint main() { setup(); loop(); }\n'
    (tmp_path / "board.cpp").write_text(f"#include <stdio.h>\nvoid setup();\nvoid loop();\n{board}")
    flags = ["-std=c++11", "-Wall", f"-I{folder / 'single_header'}", "-include", "Arduino.h", "-x", "c++"]
    subprocess.run(["g++", *flags, "net.ino", "board.cpp", "-o", "app"], cwd=tmp_path, check=True)
    assert subprocess.run([tmp_path / "app"], capture_output=True, text=True, check=True).stdout == class_of_blank


@pytest.mark.slow
def test_an_avr_sketch_is_told_to_keep_the_network_in_a_c_file(tmp_path):
    files = render(plan(tiny(), "tiny", COptions(single_header=True, mcu="avr")))
    (tmp_path / "tiny.h").write_text(files["single_header/tiny.h"])
    lines = '#define tiny_IMPLEMENTATION\n#include "tiny.h"\n'
    for name in ("sketch.cpp", "net.c"):
        (tmp_path / name).write_text(lines)
    command = ["avr-gcc", "-mmcu=atmega328p", "-c"]
    done = subprocess.run([*command, "sketch.cpp"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (
        done.returncode and "put the two lines of tiny_IMPLEMENTATION into a .c file beside the sketch" in done.stderr
    )
    subprocess.run([*command, "-std=gnu11", "net.c"], cwd=tmp_path, check=True)


@pytest.mark.long
def test_any_network_compiles_as_a_single_header_in_cpp(tmp_path, general_kernels):
    for k, graph in enumerate(CASES.values()):
        files = render(plan(graph, f"net{k}", COptions(single_header=True)))
        (tmp_path / f"net{k}.h").write_text(files[f"single_header/net{k}.h"])
        (tmp_path / f"net{k}.cpp").write_text(f'#define net{k}_IMPLEMENTATION\n#include "net{k}.h"\n')
    sources = sorted(path.name for path in tmp_path.glob("*.cpp"))
    subprocess.run(["g++", "-std=c++11", "-Wall", "-Werror", "-fsyntax-only", *sources], cwd=tmp_path, check=True)


def test_any_network_compiles_as_a_single_header(tmp_path, general_kernels):
    """Files with static functions and macros of the same names stand side by side."""
    for k, graph in enumerate(CASES.values()):
        files = render(plan(graph, f"net{k}", COptions(single_header=True)))
        (tmp_path / f"net{k}.h").write_text(files[f"single_header/net{k}.h"])
        (tmp_path / f"net{k}.c").write_text(f'#define net{k}_IMPLEMENTATION\n#include "net{k}.h"\n')
    sources = sorted(path.name for path in tmp_path.glob("*.c"))
    command = ["cc", "-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-c", *sources]
    subprocess.run(command, cwd=tmp_path, check=True)


def test_without_the_option_there_is_no_single_header():
    assert not [path for path in render(plan(tiny(), "tiny")) if path.startswith("single_header")]
