from __future__ import annotations

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Misconfigured
from ingest.outlets import ArchivePage, Outlet, Section, chosen, load_outlet, load_outlets
from ingest.records import OutletRules

GOOD = """\
id: paper
name: The Paper
home: https://www.paper.example
country: GB
language: en
timezone: Europe/London
feeds:
  - https://www.paper.example/feed.xml
sitemaps: [https://www.paper.example/sitemap.xml]
delay_s: 2
include: ["/20\\\\d\\\\d/"]
exclude: ["/video/"]
rules:
  - valid_until: 2020-06-01T00:00:00Z
    body: div.story
    remove: [div.related]
"""


def written(folder: Path, text: str, name="paper.yaml") -> Path:
    (folder / name).write_text(text)
    return folder / name


def fault(folder: Path, text: str, name="paper.yaml") -> str:
    with pytest.raises(Misconfigured) as caught:
        load_outlet(written(folder, text, name))
    return str(caught.value)


def test_a_whole_file_is_read(tmp_path):
    outlet = load_outlet(written(tmp_path, GOOD))
    assert (outlet.id, outlet.home, outlet.delay_s, outlet.enabled) == ("paper", "https://www.paper.example/", 2.0, True)
    profile = outlet.profile()
    assert (profile.outlet_id, profile.timezone, profile.language) == ("paper", "Europe/London", "en")
    assert profile.rules[0].valid_until == datetime(2020, 6, 1, tzinfo=UTC)
    assert profile.rules[0].remove == ["div.related"]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("feeds:", "feed:", 7, "feed: unknown key; did you mean 'feeds'?"),
        ("delay_s: 2", "zebra: 2", 10, "zebra: unknown key; known keys: id, name"),
        ("    body: div.story", "    bdy: div.story", 15, "rules.0.bdy: unknown key; did you mean 'body'?"),
        ("delay_s: 2", "delay_s: fast", 10, "delay_s"),
        ("delay_s: 2", "delay_s: -1", 10, "greater than or equal to 0"),
        ("country: GB", "country: Britain", 4, "country"),
        ("country: GB", "country: NO", 4, "put the word in quotes"),
        ("language: en", "language: English", 5, "language"),
        ("Europe/London", "Europe/Londn", 6, "did you mean 'Europe/London'"),
        ("Europe/London", "Qx", 6, "no IANA time zone"),
        ("  - https://www.paper.example/feed.xml", "  - /feed.xml", 8, "feeds.0: not a URL"),
        ("sitemaps: [https:", "sitemaps: [ftp:", 9, "give an absolute http(s) address"),
        ('exclude: ["/video/"]', 'exclude: ["("]', 12, "exclude.0: not a regular expression"),
        ("id: paper", "id: Paper!", 1, "id"),
        ("id: paper", "id: other", 1, "make both the same"),
        ("name: The Paper\n", "", 1, "name: Field required"),
        ("valid_until: 2020-06-01T00:00:00Z", "valid_until: soon", 14, "rules.0.valid_until"),
    ],
)
def test_a_fault_is_told_with_file_line_field_and_remedy(tmp_path, old, new, line, words):
    message = fault(tmp_path, GOOD.replace(old, new))
    assert f"paper.yaml:{line}: " in message
    assert words in message


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    message = fault(tmp_path, GOOD.replace("delay_s: 2", "delay_s: -1").replace("name: The Paper", "nam: x"))
    assert "delay_s" in message
    assert "nam: unknown key; did you mean 'name'?" in message


def test_an_outlet_needs_a_source(tmp_path):
    assert "at least one address under feeds or sitemaps" in fault(tmp_path, "id: paper\nname: P\nhome: https://p.example/\n")


@pytest.mark.parametrize(
    ("text", "line"), [("id: [x\nname: y", 2), ("id: a\n\tname: b", 2), ("- a\n- b", 1), ("", 1), ("just words", 1), ("a: b: c", 1)]
)
def test_what_is_no_mapping_is_told_with_its_line(tmp_path, text, line):
    assert f"paper.yaml:{line}: " in fault(tmp_path, text)


def test_bytes_that_are_no_text(tmp_path):
    (tmp_path / "paper.yaml").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(Misconfigured, match=r"paper.yaml:1: "):
        load_outlet(tmp_path / "paper.yaml")


def test_yaml_can_not_make_objects(tmp_path):
    assert "paper.yaml:1" in fault(tmp_path, "id: !!python/object/apply:os.getcwd []")


def test_a_folder_is_read_sorted_and_other_files_are_left_alone(tmp_path):
    for name in ("zebra", "alpha", "mid"):
        written(tmp_path, GOOD.replace("id: paper", f"id: {name}"), f"{name}.yaml")
    written(tmp_path, "not an outlet", "example.yaml.txt")
    assert [one.id for one in load_outlets(tmp_path)] == ["alpha", "mid", "zebra"]


def test_faults_of_several_files_are_told_together(tmp_path):
    written(tmp_path, GOOD.replace("feeds:", "feed:"), "paper.yaml")
    written(tmp_path, "id: b\n", "b.yaml")
    with pytest.raises(Misconfigured) as caught:
        load_outlets(tmp_path)
    assert "paper.yaml:7" in str(caught.value)
    assert "b.yaml:1" in str(caught.value)


def test_a_missing_folder_is_told(tmp_path):
    with pytest.raises(Misconfigured, match="CONSILIENCE_OUTLETS_DIR"):
        load_outlets(tmp_path / "nowhere")


def outlet(name="a", **more):
    return Outlet(**({"id": name, "name": "A", "home": "https://a.example/", "feeds": ["https://a.example/f"]} | more))


def test_disabled_outlets_are_read_only_when_named():
    outlets = [outlet("a"), outlet("b", enabled=False)]
    assert [one.id for one in chosen(outlets, None)] == ["a"]
    assert [one.id for one in chosen(outlets, ["b", "a", "b"])] == ["b", "a"]


def test_a_name_that_is_nearly_right_gets_a_hint():
    with pytest.raises(Misconfigured, match="did you mean 'harbour'"):
        chosen([outlet("harbour")], ["habour"])
    with pytest.raises(Misconfigured, match="there are: harbour"):
        chosen([outlet("harbour")], ["xyz"])


@pytest.mark.parametrize(
    ("include", "exclude", "url", "expected"),
    [
        ([], [], "https://a.example/x", True),
        (["/news/"], [], "https://a.example/news/1", True),
        (["/news/"], [], "https://a.example/video/1", False),
        ([], ["/video/"], "https://a.example/video/1", False),
        (["/news/"], ["/live"], "https://a.example/news/live-1", False),
    ],
)
def test_patterns_choose_pages(include, exclude, url, expected):
    assert outlet(include=include, exclude=exclude).wants(url) is expected


@given(st.text(max_size=80))
def test_any_text_is_an_outlet_or_a_fault_with_its_line(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "paper.yaml"
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        with pytest.raises(Misconfigured) as caught:
            load_outlet(path)
    assert re.match(rf"{re.escape(str(path))}:\d+: ", str(caught.value))


def test_the_examples_in_the_repository_are_right():
    folder = Path(__file__).parents[2] / "outlets"
    found = load_outlets(folder)
    assert len(found) >= 2
    assert not any(one.enabled for one in found)
    text = (folder / "example.yaml.txt").read_text()
    example = Outlet.model_validate(yaml.safe_load(text))
    assert example.id == "my-paper"


@pytest.mark.parametrize(
    "source",
    [
        "sections: [https://a.example/world]",
        "sections: [{url: https://a.example/world, links: 'h3 > a', include: ['/20']}]",
        "archive_pages: ['https://a.example/{year}/{month:02}/{day:02}']",
        "archive_pages: [{url: 'https://a.example/{year}/{mon}', next: 'a.next', exclude: [/tag/]}]",
        "wayback: true",
    ],
)
def test_every_kind_of_source_is_enough(tmp_path, source):
    (tmp_path / "a.yaml").write_text(f"id: a\nname: A\nhome: https://a.example/\n{source}\n")
    assert load_outlet(tmp_path / "a.yaml").id == "a"


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("sections: [world]", "sections.0.url"),
        ("sections: [{url: https://a.example/, links: 'a['}]", "not a CSS selector"),
        ("sections: [{url: https://a.example/, link: a}]", "did you mean 'links'"),
        ("sections: [{url: https://a.example/, include: ['(']}]", "not a regular expression"),
        ("sections: [{links: a}]", "sections.0.url"),
        ("archive_pages: ['https://a.example/{week}']", "unknown field {week}"),
        ("archive_pages: ['https://a.example/']", "needs {year}"),
        ("archive_pages: ['/{year}']", "absolute http(s) address"),
        ("wayback: maybe", "wayback"),
        ("wayback_urls: [https://a.example/]", "at least one address"),
    ],
)
def test_faults_of_the_new_kinds_are_told(tmp_path, source, told):
    (tmp_path / "a.yaml").write_text(f"id: a\nname: A\nhome: https://a.example/\n{source}\n")
    with pytest.raises(Misconfigured, match=re.escape(told)):
        load_outlet(tmp_path / "a.yaml")


@pytest.mark.parametrize("model", [Outlet, Section, ArchivePage, OutletRules])
def test_every_key_is_in_the_documents_with_its_meaning(model):
    page = (Path(__file__).parents[2] / "docs" / "reference" / "outlets.md").read_text("utf-8")
    missing = [name for name, field in model.model_fields.items() if f"| `{name}` | " not in page or f"| {field.description} |" not in page]
    assert missing == []


def test_the_examples_in_the_documents_can_be_read(tmp_path):
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "add-an-outlet.md").read_text("utf-8")
    first, *more = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    for number, text in enumerate([first, *(f"id: my-paper\nname: My Paper\nhome: https://www.my-paper.example/\n{one}" for one in more)]):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "my-paper.yaml").write_text(text)
        load_outlet(folder / "my-paper.yaml")


def test_the_example_file_can_be_read_with_all_its_lines(tmp_path):
    text = (Path(__file__).parents[2] / "outlets" / "example.yaml.txt").read_text("utf-8")
    (tmp_path / "my-paper.yaml").write_text(re.sub(r"^# (?=[a-z_]+:|  )", "", text, flags=re.MULTILINE))
    found = load_outlet(tmp_path / "my-paper.yaml")
    assert (found.wayback, len(found.sections), len(found.archive_pages)) == (True, 1, 1)
