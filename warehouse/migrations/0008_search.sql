-- The inverted index of the present texts; the loader keeps it, see warehouse/indexing.py.
CREATE TABLE core.search_word (
    word VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    stem VARCHAR NOT NULL,
    stem_id INTEGER NOT NULL
);

CREATE TABLE core.search_document (
    document INTEGER NOT NULL,
    article_id UUID NOT NULL,
    version_id UUID NOT NULL,
    language VARCHAR NOT NULL,
    headline_length INTEGER NOT NULL,
    body_length INTEGER NOT NULL
);

CREATE TABLE core.search_posting (
    stem_id INTEGER NOT NULL,
    document INTEGER NOT NULL,
    field VARCHAR NOT NULL,
    frequency INTEGER NOT NULL,
    positions INTEGER[] NOT NULL
);
