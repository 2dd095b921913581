-- Articles whose comparison is made anew. Variables: window_first, window_last, stale_first, stale_last.
-- A story or copy group that reaches into the window comes whole, also its members outside.
CREATE OR REPLACE TEMP TABLE window_article AS
WITH RECURSIVE kin AS (
    SELECT article_id, story_id AS bond FROM core.story_article
    UNION ALL
    SELECT article_id, copy_group_id FROM core.copy_group
),
reach AS (
    (
        SELECT article_id FROM core.current_version WHERE dated_at BETWEEN getvariable('window_first') AND getvariable('window_last')
        UNION
        SELECT article_id FROM ops.stale_article WHERE dated_at BETWEEN getvariable('stale_first') AND getvariable('stale_last')
    )
    UNION
    SELECT other.article_id FROM reach JOIN kin own USING (article_id) JOIN kin other ON other.bond = own.bond
)
SELECT article_id FROM reach;
