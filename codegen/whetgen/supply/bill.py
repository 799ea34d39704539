"""Bills of materials in CycloneDX: of a generated folder, and of the wheel. The same content gives the same bytes.

A bill has no date, and its serial number is made of its content.
"""

from __future__ import annotations

import base64
import json
import uuid
import zipfile
from collections.abc import Iterable, Mapping
from email.parser import Parser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whetgen.errors import BadInput, CouldNotRun
from whetgen.targets.output.folder import read_manifest

if TYPE_CHECKING:
    from cyclonedx.model.component import Component

_NAMESPACE = uuid.UUID("6a1f8f0e-6f5e-5f0b-9d7c-3b1d7a0c2e11")  # of our serial numbers


def bill_of(source: Path) -> str:
    """JSON of CycloneDX 1.6, of a generated folder or of a wheel.

    Raises:
        BadInput: it is neither, or a package that the wheel needs is not installed.
        CouldNotRun: the library for CycloneDX is not installed.
    """
    _need_library()
    return _of_wheel(source) if source.suffix == ".whl" else _of_folder(source)


def _need_library() -> None:
    try:
        import cyclonedx.model.bom  # noqa: F401
        import packaging.requirements  # noqa: F401
    except ImportError:
        raise CouldNotRun("cyclonedx-python-lib is not installed; pip install 'whetgen[sbom]'") from None


def _of_folder(folder: Path) -> str:
    from cyclonedx.model.component import ComponentType

    manifest = read_manifest(folder)
    options = {f"option:{key}": value for key, value in manifest["options"].items() if value not in (None, False)}
    facts = {"target": manifest["target"], "graph_sha256": manifest["graph_sha256"], **options}
    subject = _component(manifest["name"], ComponentType.LIBRARY, facts=facts)
    tool = _package("whetgen", manifest["version"])
    return _json(subject, [_file(path, sha256) for path, sha256 in manifest["files"].items()], tool)


def _of_wheel(wheel: Path) -> str:
    from cyclonedx.model.component import ComponentType

    try:
        with zipfile.ZipFile(wheel) as archive:
            (record,) = (name for name in archive.namelist() if name.endswith(".dist-info/RECORD"))
            lines = archive.read(record).decode().splitlines()
            about = Parser().parsestr(archive.read(record.replace("RECORD", "METADATA")).decode())
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise BadInput(f"{wheel}: no wheel ({error}); give one that hatchling or pip built") from error
    facts = {"license": about["License-Expression"], "requires_python": about["Requires-Python"]}
    subject = _component(about["Name"], ComponentType.LIBRARY, about["Version"], facts)
    files = [_file(path, _hex(digest)) for path, digest, _ in (line.rsplit(",", 2) for line in lines) if digest]
    needed = _needed(about.get_all("Requires-Dist") or [])
    return _json(subject, [*(_package(name, number) for name, number in needed.items()), *files], None)


def _needed(requirements: Iterable[str]) -> dict[str, str]:
    """The packages that these need, and those that they need in turn, with the versions that are installed."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    found: dict[str, str] = {}
    waiting = [Requirement(text) for text in requirements]
    while waiting:
        asked = waiting.pop()
        name = canonicalize_name(asked.name)
        if name in found or (asked.marker and not asked.marker.evaluate({"extra": ""})):
            continue
        try:
            package = distribution(asked.name)
        except PackageNotFoundError:
            raise BadInput(f"{asked.name} is not installed, so its version is not known; pip install it") from None
        found[name] = package.version
        waiting += [Requirement(text) for text in package.requires or ()]
    return dict(sorted(found.items()))


def _package(name: str, number: str) -> Component:
    from cyclonedx.model.component import ComponentType
    from packageurl import PackageURL

    made = _component(name, ComponentType.LIBRARY, number)
    made.purl = PackageURL("pypi", None, name, number)
    return made


def _file(path: str, sha256: str) -> Component:
    from cyclonedx.model import HashAlgorithm, HashType
    from cyclonedx.model.component import ComponentType

    made = _component(path, ComponentType.FILE)
    made.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=sha256))
    return made


def _component(name: str, kind: Any, number: str | None = None, facts: Mapping[str, Any] | None = None) -> Component:
    from cyclonedx.model import Property
    from cyclonedx.model.component import Component

    properties = [Property(name=f"whetgen:{key}", value=_text(value)) for key, value in (facts or {}).items()]
    return Component(name=name, type=kind, version=number, bom_ref=f"{kind.value}:{name}", properties=properties)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def _hex(digest: str) -> str:
    """``sha256=...`` of a RECORD, whose base64 lacks its padding."""
    return base64.urlsafe_b64decode(digest.removeprefix("sha256=") + "=").hex()


def _json(subject: Component, parts: list[Component], tool: Component | None) -> str:
    from cyclonedx.model.bom import Bom
    from cyclonedx.output import make_outputter
    from cyclonedx.schema import OutputFormat, SchemaVersion

    bom = Bom(components=parts)
    bom.metadata.component = subject
    if tool:
        bom.metadata.tools.components.add(tool)
    bom.register_dependency(subject, parts)
    bill = json.loads(make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string())
    del bill["metadata"]["timestamp"], bill["serialNumber"]
    serial = uuid.uuid5(_NAMESPACE, json.dumps(bill, sort_keys=True))
    return json.dumps({**bill, "serialNumber": f"urn:uuid:{serial}"}, indent=2, sort_keys=True) + "\n"
