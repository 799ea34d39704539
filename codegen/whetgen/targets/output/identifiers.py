"""Names in generated files: one owner for C, C++ and Verilog.

A Keras layer name may be any text ("conv2d_1/bn"). ``Identifiers`` turns each into a word that is
legal in every target, is no keyword there, and occurs once; the user's words stay recognisable.
"""

from __future__ import annotations

import re
import unicodedata

from whetgen.errors import BadInput

MAX_LENGTH = 48
_LEGAL = re.compile(r"[A-Za-z][A-Za-z0-9_]*", re.ASCII)

_C = """
auto break case char const continue default do double else enum extern float for goto if inline int long
register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while
_Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert _Thread_local main
"""
_CPP = """
alignas alignof and and_eq asm atomic_cancel atomic_commit atomic_noexcept bitand bitor bool catch char8_t
char16_t char32_t class compl concept consteval constexpr constinit const_cast co_await co_return co_yield
decltype delete dynamic_cast explicit export false final friend module import mutable namespace new noexcept not
not_eq nullptr operator or or_eq override private protected public reflexpr reinterpret_cast requires
static_assert static_cast std synchronized template this thread_local throw true try typeid typename using
virtual wchar_t xor xor_eq
"""
_VERILOG = """
always and assign automatic begin buf bufif0 bufif1 case casex casez cell cmos config deassign default defparam
design disable edge else end endcase endconfig endfunction endgenerate endmodule endprimitive endspecify
endtable endtask event for force forever fork function generate genvar highz0 highz1 if ifnone incdir include
initial inout input instance integer join large liblist library localparam macromodule medium module nand
negedge nmos nor noshowcancelled not notif0 notif1 or output parameter pmos posedge primitive pull0 pull1
pulldown pullup pulsestyle_onevent pulsestyle_ondetect rcmos real realtime reg release repeat rnmos rpmos rtran
rtranif0 rtranif1 scalared showcancelled signed small specify specparam strong0 strong1 supply0 supply1 table
task time tran tranif0 tranif1 tri tri0 tri1 triand trior trireg unsigned use uwire vectored wait wand weak0
weak1 while wire wor xnor xor
"""
_SYSTEMVERILOG = """
accept_on alias always_comb always_ff always_latch assert assume before bind bins binsof bit break byte chandle
checker class clocking const constraint context continue cover covergroup coverpoint cross dist do endchecker
endclass endclocking endgroup endinterface endpackage endprogram endproperty endsequence enum eventually expect
export extends extern final first_match foreach forkjoin global iff ignore_bins illegal_bins implements implies
import inside int interconnect interface intersect join_any join_none let local logic longint matches modport
nettype new nexttime null package packed priority program property protected pure rand randc randcase
randsequence ref reject_on restrict return s_always s_eventually s_nexttime s_until s_until_with sequence
shortint shortreal soft solve static string strong struct super sync_accept_on sync_reject_on tagged this
throughout timeprecision timeunit type typedef union unique unique0 until until_with untyped var virtual void
wait_order weak wildcard with within
"""
_USED_BY_TARGETS = """
clk rst aclk aresetn rst_n err_frames s_axis m_axis ap_int ap_uint input output arena sums null errno frame_valid frame_ready
result_valid result_ready advance unused_advance s_axis_tdata s_axis_tvalid s_axis_tready s_axis_tlast
m_axis_tdata m_axis_tvalid m_axis_tready m_axis_tlast err_fault err_corrected
"""
_SYSTEM_HEADERS = """
alloca ap_fixed assert byteswap complex ctype dirent elf endian errno error fcntl features fenv float getopt
glob hls_math hls_stream iconv inttypes iso646 langinfo libgen libintl limits link locale malloc math memory
netdb poll pthread pwd regex resolv sched search semaphore setjmp signal spawn stab stdalign stdarg stdatomic
stdbool stdckdint stddef stdint stdio stdlib stdnoreturn string strings syscall syslog tar termios tgmath
threads time uchar unistd utime values wchar wctype
"""

KEYWORDS = frozenset(" ".join((_C, _CPP, _VERILOG, _SYSTEMVERILOG)).split())
RESERVED = KEYWORDS | frozenset(_USED_BY_TARGETS.split())
HEADERS = frozenset(_SYSTEM_HEADERS.split())


def check_name(name: str, what: str = "--name") -> str:
    """``name`` itself if it may stand in every target; messages begin with ``what`` it is.

    Raises:
        BadInput: it is no identifier, a keyword of a target, or too long.
    """
    if not _LEGAL.fullmatch(name):
        raise BadInput(f"{what} {name!r} is not an identifier; use letters, digits and _, a letter first")
    if name in KEYWORDS:
        raise BadInput(f"{what} {name!r} is a keyword of C, C++ or Verilog; choose another")
    if name.lower() in RESERVED:
        raise BadInput(f"{what} {name!r} is a word that the generated files use themselves; choose another")
    if name.lower() in HEADERS:
        raise BadInput(f"{what} {name!r} is a system header, which include/{name}.h would hide; choose another")
    if name.lower().startswith(("wg_", "whetgen")):
        raise BadInput(f"{what} {name!r} starts like the names of the runtime and library; choose another")
    if len(name) > MAX_LENGTH:
        raise BadInput(f"{what} {name!r} is {len(name)} characters long, at most {MAX_LENGTH} are allowed")
    return name


def name_from(stem: str) -> str:
    """The default for ``--name``: a file's stem made legal ("mnist-mlp" becomes mnist_mlp, "Größe" Gro_e)."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", stem) if not unicodedata.combining(c))
    word = _sanitised(plain, "net")
    taken = word.lower() in RESERVED | HEADERS or word.lower().startswith(("wg_", "whetgen"))
    return f"{word[: MAX_LENGTH - 4]}_net" if taken else word


def comment_text(text: str) -> str:
    """``text`` as it may stand in a one-line comment of C or Verilog."""
    line = "".join(c if c.isprintable() else " " for c in text)
    return line.replace("*/", "* /").replace("/*", "/ *").replace("\\", "/").replace("??", "? ?")


class Identifiers:
    """Hands out identifiers, each once; two that differ in case only count as the same.

    ``taken``: further words that may not occur, such as the network's own name.
    """

    def __init__(self, *taken: str):
        self._taken = set(RESERVED) | {word.lower() for word in taken}

    def unique(self, text: str) -> str:
        """The identifier for ``text``: its letters and digits, ``_`` for the rest, a number where it collides."""
        word = _sanitised(text, "layer")
        candidate, number = word, 2
        while candidate.lower() in self._taken or candidate.lower().startswith("wg_"):
            suffix = f"_{number}"
            candidate, number = _prefixed(word)[: MAX_LENGTH - len(suffix)] + suffix, number + 1
        self._taken.add(candidate.lower())
        return candidate


def _sanitised(text: str, start: str) -> str:
    """``text`` as one legal word; ``start`` goes in front where the first character is no letter."""
    word = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9_]", "_", text, flags=re.ASCII)).strip("_")
    word = word if word[:1].isalpha() else f"{start}_{word}".rstrip("_")
    return word[:MAX_LENGTH].rstrip("_")


def _prefixed(word: str) -> str:
    """Outside the runtime's own prefix."""
    return f"layer_{word}" if word.lower().startswith("wg_") else word
