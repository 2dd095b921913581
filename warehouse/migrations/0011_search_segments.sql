-- The inverted index in segments: a batch brings its postings ready-made, one row a stem, and older segments are never rewritten by a load.
-- The tables begin empty; the next load or publication fills them from the texts, see warehouse/indexing.py.
DROP TABLE core.search_posting;
DROP TABLE core.search_document;
DROP TABLE core.search_word;

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
    outlet_id VARCHAR NOT NULL,
    dated_at TIMESTAMP NOT NULL,
    headline_length INTEGER NOT NULL,
    body_length INTEGER NOT NULL
);

CREATE TABLE core.search_segment (
    first_document INTEGER NOT NULL,
    documents INTEGER NOT NULL,
    words BIGINT NOT NULL
);

CREATE TABLE core.search_posting (
    first_document INTEGER NOT NULL,
    stem_id INTEGER NOT NULL,
    field VARCHAR NOT NULL,
    places USMALLINT[] NOT NULL,
    frequencies USMALLINT[] NOT NULL,
    positions USMALLINT[] NOT NULL
);
