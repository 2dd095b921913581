"""Outlets: the publishers we read, one YAML file each."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

import soupsieve
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from common import urls
from common.errors import FetchRefused, Misconfigured
from ingest import yaml_lines
from ingest.discover import archive_address
from ingest.records import OutletProfile, OutletRules

# Longest Levenshtein-like distance at which a key counts as a typing mistake: difflib's own default finds `feed` for `feeds`.
TYPO_SIMILARITY = 0.6
# A longer delay is a mistake: at one page a day an outlet is never complete.
MAX_DELAY_S = 86_400.0


def _web_address(value: str) -> str:
    try:
        return str(urls.parse(value).href)
    except FetchRefused as error:
        raise ValueError(f"{error}; give an absolute http(s) address") from error


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return value


def _zone(value: str) -> str:
    if value not in available_timezones():
        near = difflib.get_close_matches(value, available_timezones(), 1)
        raise ValueError(f"no IANA time zone{f'; did you mean {near[0]!r}?' if near else ', e.g. Europe/Berlin'}")
    return value


def _selector(value: str) -> str:
    try:
        soupsieve.compile(value)
    except soupsieve.SelectorSyntaxError as error:
        raise ValueError(f"not a CSS selector: {str(error).splitlines()[0]}") from error
    return value


def _template(value: str) -> str:
    try:
        return archive_address.checked(value)
    except FetchRefused as error:
        raise ValueError(f"{error}; give an absolute http(s) address") from error


def _with_url(value: object) -> object:
    """An address alone stands for a mapping with `url`."""
    return {"url": value} if isinstance(value, str) else value


Selector = Annotated[str, AfterValidator(_selector)]
Template = Annotated[str, AfterValidator(_template)]
WebAddress = Annotated[str, AfterValidator(_web_address)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class Section(BaseModel):
    """A page of links to articles: the front page, a section."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: WebAddress = Field(description="Address of the page.")
    links: Selector | None = Field(
        None, description="CSS selector of the links, or of what is around them; unset: what looks like an article."
    )
    include: list[Pattern] = Field([], description="Only links whose URL one of these regular expressions finds; empty: all.")
    exclude: list[Pattern] = Field([], description="No link whose URL one of these regular expressions finds.")


class ArchivePage(BaseModel):
    """A page that lists the articles of a past day or month, at an address made from the date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Template = Field(description="Address with {year}, {month:02}, {day:02}, {mon} (sep), {month_name} (september).")
    links: Selector | None = Field(None, description="CSS selector of the links, as for sections.")
    include: list[Pattern] = Field([], description="Only links whose URL one of these regular expressions finds; empty: all.")
    exclude: list[Pattern] = Field([], description="No link whose URL one of these regular expressions finds.")
    next: Selector | None = Field(None, description="CSS selector of the link to the next page of the same day.")


class Outlet(BaseModel):
    """One outlet file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$", description="Short name, lower case, stable for ever; also the file name.")
    name: str = Field(min_length=1, description="Name as readers know it.")
    home: WebAddress = Field(description="Home page.")
    enabled: bool = Field(True, description="False: kept in the folder but not read by scheduled runs.")
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2 code.")
    language: str | None = Field(None, pattern=r"^[a-z]{2}$", description="ISO 639-1 code of its main language.")
    timezone: Annotated[str, AfterValidator(_zone)] = Field("UTC", description="IANA zone for dates without an offset.")
    is_agency: bool = Field(False, description="A wire service: others reprint its texts.")
    feeds: list[WebAddress] = Field([], description="RSS, Atom, RDF or JSON feeds.")
    sitemaps: list[WebAddress] = Field([], description="Sitemaps, sitemap indexes, news sitemaps.")
    sections: list[Annotated[Section, BeforeValidator(_with_url)]] = Field([], description="Pages of links, asked by live runs.")
    archive_pages: list[Annotated[ArchivePage, BeforeValidator(_with_url)]] = Field(
        [], description="Pages that list the articles of a past day, asked by backfills."
    )
    wayback: bool = Field(False, description="True: backfills also ask the Internet Archive which pages of the outlet it has of that day.")
    wayback_urls: list[WebAddress] = Field(
        [], description="Only pages below these addresses are asked for there; empty: the home page's host."
    )
    delay_s: float | None = Field(None, ge=0, le=MAX_DELAY_S, description="Seconds between two requests; unset: the setting host_delay_s.")
    include: list[Pattern] = Field([], description="Only URLs that one of these regular expressions finds; empty: all.")
    exclude: list[Pattern] = Field([], description="No URL that one of these regular expressions finds.")
    export: Literal["full", "excerpt", "none"] = Field(
        "excerpt", description="What of its texts leaves the warehouse by `consilience export`: whole, cut to an excerpt, or links alone."
    )
    rules: list[OutletRules] = Field([], description="CSS rules for extraction, dated.")

    @model_validator(mode="after")
    def _has_a_source(self) -> Outlet:
        if not any((self.feeds, self.sitemaps, self.sections, self.archive_pages, self.wayback)):
            raise ValueError("give at least one address under feeds or sitemaps (or sections, archive_pages; or wayback: true)")
        return self

    def profile(self) -> OutletProfile:
        """What the transforms need to know of it."""
        return OutletProfile(outlet_id=self.id, **self.model_dump(include=set(OutletProfile.model_fields) - {"rules"}), rules=self.rules)

    def wants(self, url: str) -> bool:
        """Whether include and exclude let the URL through."""
        if any(re.search(pattern, url) for pattern in self.exclude):
            return False
        return not self.include or any(re.search(pattern, url) for pattern in self.include)


# Models of the entries below these keys.
_NESTED: dict[str, type[BaseModel]] = {"rules": OutletRules, "sections": Section, "archive_pages": ArchivePage}


def _remedy(error: Any, place: yaml_lines.Place) -> str:
    if error["type"] == "string_type" and isinstance(error["input"], bool):
        return "YAML reads NO, on, off as true or false; put the word in quotes"
    if error["type"] != "extra_forbidden":
        return str(error["msg"]).removeprefix("Value error, ")
    known = list(_NESTED.get(str(place[0]) if len(place) > 1 else "", Outlet).model_fields)
    near = difflib.get_close_matches(str(place[-1]), known, 1, TYPO_SIMILARITY)
    return "unknown key; " + (f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}")


def load_outlet(path: Path) -> Outlet:
    """Read one outlet file.

    Raises:
        Misconfigured: names file, line, field and remedy of every fault.
    """
    content, lines = yaml_lines.read(path)
    if not isinstance(content, dict):
        raise Misconfigured(f"{path}:1: an outlet file is a mapping of keys, see docs/how-to/add-an-outlet.md")
    try:
        outlet = Outlet.model_validate(content)
    except ValidationError as error:
        faults = [(fault, tuple(fault["loc"])) for fault in error.errors()]
        told = [f"{path}:{yaml_lines.nearest_line(lines, at)}: {'.'.join(map(str, at)) or 'outlet'}: {_remedy(f, at)}" for f, at in faults]
        raise Misconfigured("\n".join(told), path=str(path)) from error
    if outlet.id != path.stem:
        line = yaml_lines.nearest_line(lines, ("id",))
        raise Misconfigured(f"{path}:{line}: id: is {outlet.id!r}, but the file is named {path.name}; make both the same", path=str(path))
    return outlet


def load_outlets(folder: Path) -> list[Outlet]:
    """All outlets of a folder, sorted by id; file names equal ids, so ids are unique.

    Raises:
        Misconfigured: the folder is missing, or files have faults (all of them are named).
    """
    if not folder.is_dir():
        raise Misconfigured(f"{folder}: no such folder of outlet files; set CONSILIENCE_OUTLETS_DIR or create it", path=str(folder))
    found, faults = [], []
    for path in sorted(path for path in folder.iterdir() if path.suffix in {".yaml", ".yml"}):
        try:
            found.append(load_outlet(path))
        except Misconfigured as error:
            faults.append(str(error))
    if faults:
        raise Misconfigured("\n".join(faults), path=str(folder))
    return sorted(found, key=lambda outlet: outlet.id)


def chosen(outlets: list[Outlet], ids: list[str] | None) -> list[Outlet]:
    """The enabled outlets, or exactly those named.

    Raises:
        Misconfigured: a named outlet has no file.
    """
    if ids is None:
        return [outlet for outlet in outlets if outlet.enabled]
    by_id = {outlet.id: outlet for outlet in outlets}
    for name in ids:
        if name not in by_id:
            near = difflib.get_close_matches(name, by_id, 1)
            raise Misconfigured(f"no outlet {name!r}" + (f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(by_id)}"))
    return [by_id[name] for name in dict.fromkeys(ids)]
