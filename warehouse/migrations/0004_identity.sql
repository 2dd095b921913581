-- Articles that moved, and articles that were taken away.
CREATE TABLE core.article_alias (
    url VARCHAR NOT NULL,
    url_id UUID NOT NULL,
    article_id UUID NOT NULL,
    reason VARCHAR NOT NULL,
    first_seen_at TIMESTAMP NOT NULL,
    is_merged BOOLEAN NOT NULL
);

ALTER TABLE core.article ADD COLUMN removed_at TIMESTAMP;
