"""Record classes and the tables that hold them: one place for names, keys and Arrow types."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import accumulate, count
from operator import itemgetter
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

import pyarrow as pa
from pydantic import BaseModel

from ingest.records import Capture, OutletProfile
from transforms import records as r

SCALARS: dict[type, pa.DataType] = {
    UUID: pa.uuid(),
    str: pa.string(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    datetime: pa.timestamp("us"),
    date: pa.date32(),
}


@dataclass(frozen=True)
class RecordTable:
    """A table whose columns are the fields of a record class."""

    name: str  # schema-qualified
    model: type[BaseModel]
    key: tuple[str, ...]  # unique together
    left_out: frozenset[str] = frozenset()
    besides: tuple[str, ...] = ()  # text columns that the landing file has beyond the record

    @property
    def stem(self) -> str:
        """File name of its landing file, without the ending."""
        return self.name.split(".")[1]

    @property
    def fields(self) -> dict[str, Any]:
        """Column name -> annotation, in the order of the record."""
        return {name: field.annotation for name, field in self.model.model_fields.items() if name not in self.left_out}

    @cached_property
    def row(self) -> Callable[[BaseModel], tuple[Any, ...]]:
        """Function that gives the values of a record in the order of the columns."""
        values = itemgetter(*self.fields)
        return lambda record: values(vars(record))

    @property
    def schema(self) -> pa.Schema:
        """Arrow schema of the record."""
        return pa.schema([(name, arrow_type(kind)) for name, kind in self.fields.items()])

    @property
    def landing_schema(self) -> pa.Schema:
        """Arrow schema of the landing file: the record and what is told besides."""
        return pa.schema([*self.schema, *((name, pa.string()) for name in self.besides)])


OUTLET = RecordTable("core.outlet", OutletProfile, ("outlet_id",), frozenset({"rules"}))
CAPTURE = RecordTable("core.capture", Capture, ("capture_id",))
ARTICLE = RecordTable("core.article", r.Article, ("article_id",))
VERSION = RecordTable("core.article_version", r.ArticleVersion, ("version_id",), besides=("record_sha256",))
MENTION = RecordTable("core.claim_mention", r.ClaimMention, ("mention_id",))
REJECTION = RecordTable("ops.rejection", r.Rejection, ("batch_key", "capture_id"))
LANDED = (OUTLET, CAPTURE, ARTICLE, VERSION, MENTION, REJECTION)

# Field of `Comparison` -> table; all carry a column `method` besides.
COMPARED: dict[str, RecordTable] = {
    "copies": RecordTable("core.copy_pair", r.CopyPair, ("a", "b")),
    "spans": RecordTable("core.copy_span", r.CopySpan, ("a", "b", "a_start")),
    "groups": RecordTable("core.copy_group", r.CopyGroup, ("article_id",)),
    "stories": RecordTable("core.story", r.Story, ("story_id",)),
    "members": RecordTable("core.story_article", r.StoryMember, ("article_id",)),
    "claims": RecordTable("core.claim", r.Claim, ("claim_id",)),
    "links": RecordTable("core.claim_link", r.ClaimLink, ("claim_id", "mention_id")),
    "agreements": RecordTable("core.agreement", r.Agreement, ("claim_id", "mention_a", "mention_b", "label")),
    "silences": RecordTable("core.silence", r.ClaimSilence, ("claim_id", "article_id")),
}
LINK = RecordTable("core.article_link", r.ArticleLink, ("a", "b"))
RECORD_TABLES = (*LANDED, *COMPARED.values(), LINK)


def _bare(annotation: Any) -> Any:
    """The annotation without `| None`."""
    if get_origin(annotation) in {Union, types.UnionType}:
        (annotation,) = [part for part in get_args(annotation) if part is not type(None)]
    return annotation


def arrow_type(annotation: Any) -> pa.DataType:
    """Arrow type of a field annotation; pairs become lists, dicts maps, records structs, times are naive UTC."""
    kind = _bare(annotation)
    if get_origin(kind) is Literal:
        return pa.string()
    if get_origin(kind) in {list, tuple}:
        return pa.list_(arrow_type(get_args(kind)[0]))
    if get_origin(kind) is dict:
        return pa.map_(*map(arrow_type, get_args(kind)))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return pa.struct([(name, arrow_type(field.annotation)) for name, field in kind.model_fields.items()])
    return SCALARS[kind]


def _records(values: Sequence[BaseModel | None], kind: pa.StructType) -> pa.Array:
    """Records as one array a field: several times as fast as a dict for each record."""
    held = [vars(one) for one in values if one is not None]
    if not held:
        return pa.nulls(len(values), kind)
    columns = zip(*map(itemgetter(*kind.names), held), strict=True)
    records = pa.StructArray.from_arrays([_array(of, field.type) for of, field in zip(columns, kind, strict=True)], fields=list(kind))
    if len(held) == len(values):
        return records
    places = count()
    return records.take(pa.array([None if one is None else next(places) for one in values], pa.int64()))


def _lists(values: Sequence[Sequence[BaseModel | None] | None], kind: pa.ListType) -> pa.Array:
    """Lists of records as the records of all in a row, and where each list begins."""
    ends = list(accumulate((len(one or ()) for one in values), initial=0))
    records = _records([record for one in values if one for record in one], kind.value_type)
    return pa.ListArray.from_arrays(
        pa.array(ends, pa.int32()), records, type=kind, mask=pa.array([one is None for one in values], pa.bool_())
    )


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Values of one field of many records."""
    if kind == pa.uuid():
        return pa.ExtensionArray.from_storage(kind, pa.array([one and one.bytes for one in values], kind.storage_type))
    if pa.types.is_struct(kind):
        return _records(values, kind)
    if pa.types.is_list(kind) and pa.types.is_struct(kind.value_type):
        return _lists(values, kind)
    return pa.array(values, kind)


def table(rows: Sequence[Sequence[Any]], schema: pa.Schema) -> pa.Table:
    """Rows as an Arrow table; times are turned to UTC."""
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pa.Table.from_arrays([_array(values, field.type) for values, field in zip(columns, schema, strict=True)], schema=schema)


def to_arrow(records: Iterable[BaseModel], schema: pa.Schema, **constant: str) -> pa.Table:
    """Records as an Arrow table with constant columns besides; fields outside the schema are left out."""
    full = pa.schema([*schema, *((name, pa.string()) for name in constant)])
    values = itemgetter(*full.names)
    return table([values(vars(record) | constant) for record in records], full)
