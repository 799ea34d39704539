"""How the site is made of docs/, the pages that stand elsewhere in the repository, and those that the build writes.

MkDocs calls the functions ``on_...`` (https://www.mkdocs.org/user-guide/configuration/#hooks).
"""

from __future__ import annotations

import re
from pathlib import Path
from posixpath import dirname, normpath, relpath
from typing import Any

from command_line import command_line_page
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]

ELSEWHERE = {
    "README.md": "index.md",
    "CHANGELOG.md": "project/changelog.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "firmware/README.md": "firmware/index.md",
    "firmware/ports/README.md": "firmware/ports.md",
}
"""Pages of the repository outside docs/, and where the site has them."""

_LINK = re.compile(r"(!?)\[((?:[^][]|\[[^][]*\])*)\]\(([^)\s]+)\)")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    config.nav = _spread(config.nav, Path(config.docs_dir))
    return config


def _spread(nav: Any, docs: Path) -> Any:
    """The navigation with the pages of a folder where a folder stands, by their titles, and without pages that do not exist."""
    if isinstance(nav, dict):
        return {title: _spread(entry, docs) for title, entry in nav.items()}
    if isinstance(nav, list):
        return [_spread(entry, docs) for entry in nav]
    if nav.endswith("/"):
        return [page.relative_to(docs).as_posix() for page in sorted((docs / nav).glob("*.md"), key=_title)]
    return nav


def _title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].lower()


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for source, uri in ELSEWHERE.items():
        if (ROOT / source).is_file():
            files.append(File.generated(config, uri, content=(ROOT / source).read_text(encoding="utf-8")))
    files.append(File.generated(config, "reference/command-line.md", content=command_line_page()))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    return with_site_links(markdown, page.file.src_uri)


def with_site_links(markdown: str, uri: str) -> str:
    """Links of a page's place in the repository as links of its place in the site; to what the site has not, the text alone."""
    places = {uri: source for source, uri in ELSEWHERE.items()}
    base = dirname(places.get(uri, f"docs/{uri}"))

    def moved(link: re.Match[str]) -> str:
        mark, text, target = link.groups()
        path, hash_mark, anchor = target.partition("#")
        if not path or "://" in path or path.startswith("mailto:"):
            return link[0]
        source = normpath(f"{base}/{path}" if base else path)
        there = ELSEWHERE.get(source, source.removeprefix("docs/"))
        if there == source:
            return text
        return f"{mark}[{text}]({relpath(there, dirname(uri) or '.')}{hash_mark}{anchor})"

    return _LINK.sub(moved, markdown)
