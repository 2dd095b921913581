-- What comparing articles yields; rewritten window by window.
CREATE TABLE core.copy_pair (
    a UUID NOT NULL,
    b UUID NOT NULL,
    label VARCHAR NOT NULL,
    containment DOUBLE NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE core.copy_group (
    article_id UUID NOT NULL,
    copy_group_id UUID NOT NULL,
    role VARCHAR NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE core.story (
    story_id UUID NOT NULL,
    title VARCHAR NOT NULL,
    first_published_at TIMESTAMP NOT NULL,
    last_published_at TIMESTAMP NOT NULL,
    terms VARCHAR[] NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE core.story_article (
    article_id UUID NOT NULL,
    story_id UUID NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE core.claim (
    claim_id UUID NOT NULL,
    story_id UUID NOT NULL,
    text VARCHAR NOT NULL,
    speaker VARCHAR,
    kind VARCHAR NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE core.claim_link (
    claim_id UUID NOT NULL,
    mention_id UUID NOT NULL,
    score DOUBLE NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE core.agreement (
    claim_id UUID NOT NULL,
    mention_a UUID NOT NULL,
    mention_b UUID NOT NULL,
    label VARCHAR NOT NULL,
    span_a STRUCT("start" BIGINT, "end" BIGINT, extra BIGINT[][]) NOT NULL,
    span_b STRUCT("start" BIGINT, "end" BIGINT, extra BIGINT[][]) NOT NULL,
    reason VARCHAR NOT NULL,
    confidence DOUBLE NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE core.silence (
    claim_id UUID NOT NULL,
    article_id UUID NOT NULL,
    silence VARCHAR NOT NULL,
    method VARCHAR NOT NULL
);
