-- Passages that copies share, what tells the event of a text, which articles are near each other, and what became of stories.
CREATE TABLE core.copy_span (
    a UUID NOT NULL,
    b UUID NOT NULL,
    a_start BIGINT NOT NULL,
    a_end BIGINT NOT NULL,
    b_start BIGINT NOT NULL,
    b_end BIGINT NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE core.article_vector (
    version_id UUID NOT NULL,
    vector FLOAT[384] NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE core.article_link (
    a UUID NOT NULL,
    b UUID NOT NULL,
    likeness DOUBLE NOT NULL,
    method VARCHAR NOT NULL
);

CREATE TABLE ops.story_change (
    from_story_id UUID NOT NULL,
    into_story_id UUID NOT NULL,
    kind VARCHAR NOT NULL,
    articles BIGINT NOT NULL,
    recorded_at TIMESTAMP NOT NULL
);

-- everything that was compared by older code is compared anew
INSERT INTO ops.stale_article
SELECT DISTINCT article_id, coalesce(published_at, first_seen_at) FROM core.article_version
WHERE article_id IN (SELECT article_id FROM core.story_article);
