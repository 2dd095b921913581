-- Postings without positions, which phrases alone asked for (they read the texts), and with document and frequency in one number: half of the
-- bytes, and of the time that a load spends on them. The tables begin empty; the next load or publication fills them from the texts.
DROP TABLE core.search_posting;
DELETE FROM core.search_document;
DELETE FROM core.search_word;
DELETE FROM core.search_segment;

CREATE TABLE core.search_posting (
    first_document INTEGER NOT NULL,
    stem_id INTEGER NOT NULL,
    in_headline BOOLEAN NOT NULL,
    entries USMALLINT[] NOT NULL USING COMPRESSION bitpacking
);
