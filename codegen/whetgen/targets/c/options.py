"""What a user may choose about the C."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from whetgen.assets import microcontrollers
from whetgen.errors import BadInput
from whetgen.option import option
from whetgen.targets.c.class_names import check_names, read_names
from whetgen.targets.hardening import HardenedOptions


@dataclass(frozen=True, kw_only=True)
class COptions(HardenedOptions):
    """Options of the target; without ``max_flash``, the kernels may take the flash of the board of ``mcu``. ``classes``: their names."""

    mcu: str | None = option(f"{', '.join(microcontrollers())}.", words=microcontrollers)
    max_flash: int | None = option(
        "bytes of tables and code that the kernels may take (default: the flash of --mcu's board in firmware/boards)."
    )
    max_ram: int | None = option("bytes of the arena.")
    single_header: bool = option("write everything as one header as well.", default=False)
    constant_time: bool = option("the same instructions whatever the input.", default=False)
    classes: tuple[str, ...] | None = option(
        "file with the names of the classes, one a line, for NAME_class_name.", written=str, read=read_names
    )

    hardenings: ClassVar[tuple[str, ...]] = ("crc",)

    def __post_init__(self) -> None:
        if isinstance(self.classes, list):  # of whetgen.json
            object.__setattr__(self, "classes", tuple(self.classes))
        super().__post_init__()

    def check(self) -> None:
        super().check()
        for flag, given in (("--max-flash", self.max_flash), ("--max-ram", self.max_ram)):
            if given is not None and given < 1:
                raise BadInput(f"{flag} {given}: must be 1 or more")
        check_names(self.classes or ())
