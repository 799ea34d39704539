"""Settings for all tests: the same environment whoever starts them, a quiet TensorFlow, the real data where it is at hand."""

import os
from pathlib import Path

from hypothesis import settings

for name in [name for name in os.environ if name.startswith(("MAKE", "MFLAGS"))]:
    del os.environ[name]  # under make the makefiles of generated folders would take its settings

COMPILERS = Path("/usr/lib/ccache")  # Debian's: every installed compiler by its name, behind ccache
if COMPILERS.is_dir():
    os.environ["PATH"] = f"{COMPILERS}{os.pathsep}{os.environ['PATH']}"
    # Files count by their content: each test compiles in a folder of its own.
    os.environ.update({"CCACHE_BASEDIR": "/", "CCACHE_NOHASHDIR": "1"})
os.environ["VM_PARALLEL_BUILDS"] = "0"  # a simulator's C++ in one file, which reads the headers once

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

SHARED_DATA = Path(__file__).parents[1] / "shared" / "data"
if SHARED_DATA.is_dir():
    os.environ.setdefault("WHETGEN_DATA", str(SHARED_DATA))
