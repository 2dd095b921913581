-- The words of mentions in ZSTD, which DuckDB takes by itself for long texts only: sentences stood there all but uncompressed, and were
-- two thirds of the table.
ALTER TABLE core.claim_mention RENAME TO claim_mention_loose;

CREATE TABLE core.claim_mention (
    mention_id UUID NOT NULL,
    version_id UUID NOT NULL,
    article_id UUID NOT NULL,
    quote_type VARCHAR NOT NULL,
    content STRUCT("start" BIGINT, "end" BIGINT, extra BIGINT[][]) NOT NULL,
    source STRUCT("start" BIGINT, "end" BIGINT, extra BIGINT[][]),
    cue STRUCT("start" BIGINT, "end" BIGINT, extra BIGINT[][]),
    text VARCHAR NOT NULL USING COMPRESSION zstd,
    sentence VARCHAR NOT NULL USING COMPRESSION zstd,
    speaker VARCHAR,
    speaker_entity_id UUID,
    speaker_kind VARCHAR,
    speaker_confidence DOUBLE,
    chain VARCHAR[] NOT NULL,
    parent_id UUID,
    polarity VARCHAR NOT NULL,
    certainty VARCHAR NOT NULL,
    is_negated BOOLEAN NOT NULL,
    numbers STRUCT(value DOUBLE, upper DOUBLE, unit VARCHAR, bound VARCHAR, what VARCHAR, "start" BIGINT, "end" BIGINT)[] NOT NULL,
    dates STRUCT(iso VARCHAR, "start" BIGINT, "end" BIGINT)[] NOT NULL,
    said_on DATE,
    confidence DOUBLE NOT NULL,
    method VARCHAR NOT NULL
);
INSERT INTO core.claim_mention BY NAME FROM core.claim_mention_loose;
DROP TABLE core.claim_mention_loose;
