-- What pages become. Columns follow the record classes (tests compare them); no keys, no ENUM: uniqueness is a check, see docs/decisions.
CREATE SCHEMA core;

CREATE TABLE core.outlet (
    outlet_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    home VARCHAR NOT NULL,
    country VARCHAR,
    language VARCHAR,
    timezone VARCHAR NOT NULL,
    is_agency BOOLEAN NOT NULL
);

CREATE TABLE core.capture (
    capture_id UUID NOT NULL,
    batch_key VARCHAR NOT NULL,
    outlet_id VARCHAR NOT NULL,
    url VARCHAR NOT NULL,
    final_url VARCHAR NOT NULL,
    captured_at TIMESTAMP NOT NULL,
    first_seen_at TIMESTAMP NOT NULL,
    outcome VARCHAR NOT NULL,
    status BIGINT,
    content_type VARCHAR,
    sha256 VARCHAR,
    warc_file VARCHAR,
    warc_offset BIGINT,
    reason VARCHAR,
    detail VARCHAR,
    hint STRUCT(source VARCHAR, title VARCHAR, published_at TIMESTAMP, section VARCHAR) NOT NULL,
    version_id UUID
);

CREATE TABLE core.article (
    article_id UUID NOT NULL,
    outlet_id VARCHAR NOT NULL,
    canonical_url VARCHAR NOT NULL,
    first_seen_at TIMESTAMP NOT NULL
);

CREATE TABLE core.article_version (
    version_id UUID NOT NULL,
    article_id UUID NOT NULL,
    capture_id UUID NOT NULL,
    batch_key VARCHAR NOT NULL,
    content_sha256 VARCHAR NOT NULL,
    headline VARCHAR NOT NULL,
    standfirst VARCHAR,
    body VARCHAR USING COMPRESSION zstd NOT NULL,
    section VARCHAR,
    tags VARCHAR[] NOT NULL,
    authors VARCHAR[] NOT NULL,
    agency VARCHAR,
    dateline VARCHAR,
    captions STRUCT(text VARCHAR, credit VARCHAR)[] NOT NULL,
    language VARCHAR,
    word_count BIGINT NOT NULL,
    published_at TIMESTAMP,
    published_is_day BOOLEAN NOT NULL,
    published_evidence VARCHAR,
    published_raw VARCHAR,
    modified_at TIMESTAMP,
    first_seen_at TIMESTAMP NOT NULL,
    captured_at TIMESTAMP NOT NULL,
    is_truncated BOOLEAN NOT NULL,
    is_live BOOLEAN NOT NULL,
    notes VARCHAR[] NOT NULL,
    extractor VARCHAR NOT NULL,
    code_version VARCHAR NOT NULL,
    last_captured_at TIMESTAMP NOT NULL,
    record_sha256 VARCHAR NOT NULL
);

CREATE TABLE core.claim_mention (
    mention_id UUID NOT NULL,
    version_id UUID NOT NULL,
    article_id UUID NOT NULL,
    quote_type VARCHAR NOT NULL,
    content STRUCT("start" BIGINT, "end" BIGINT, extra BIGINT[][]) NOT NULL,
    source STRUCT("start" BIGINT, "end" BIGINT, extra BIGINT[][]),
    cue STRUCT("start" BIGINT, "end" BIGINT, extra BIGINT[][]),
    text VARCHAR NOT NULL,
    sentence VARCHAR NOT NULL,
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
