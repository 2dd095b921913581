-- What happened to every capture of every batch. ops.schema_history is made by the migration runner itself.
CREATE TABLE ops.rejection (
    capture_id UUID,
    batch_key VARCHAR NOT NULL,
    outlet_id VARCHAR,
    url VARCHAR,
    disposition VARCHAR NOT NULL,
    stage VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    detail VARCHAR NOT NULL,
    code_version VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);

CREATE TABLE ops.batch (
    batch_key VARCHAR NOT NULL,
    landing_sha256 VARCHAR NOT NULL,
    captures BIGINT NOT NULL,
    loaded BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    filtered BIGINT NOT NULL,
    quarantined BIGINT NOT NULL,
    loaded_at TIMESTAMP NOT NULL,
    code_version VARCHAR NOT NULL
);

CREATE TABLE ops.disposition (
    batch_key VARCHAR NOT NULL,
    capture_id UUID NOT NULL,
    disposition VARCHAR NOT NULL,
    version_id UUID
);

CREATE TABLE ops.stale_article (
    article_id UUID NOT NULL,
    dated_at TIMESTAMP NOT NULL
);

CREATE TABLE ops.check_result (
    check_name VARCHAR NOT NULL,
    checked_at TIMESTAMP NOT NULL,
    violations BIGINT NOT NULL,
    sample VARCHAR
);

CREATE TABLE ops.snapshot (
    number BIGINT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    fingerprint VARCHAR NOT NULL,
    articles BIGINT NOT NULL,
    versions BIGINT NOT NULL,
    mentions BIGINT NOT NULL,
    stories BIGINT NOT NULL
);
