-- Articles whose comparison is made anew: the seeds and whatever a chain of links, a story or a copy group joins with them.
CREATE OR REPLACE TEMP TABLE window_article AS
WITH RECURSIVE bond AS (
    SELECT a, b FROM core.article_link WHERE a NOT IN (FROM window_stale) AND b NOT IN (FROM window_stale)
    UNION ALL
    SELECT a, b FROM window_link
),
both_ways AS (SELECT a, b FROM bond UNION ALL SELECT b, a FROM bond),
kin AS (
    SELECT article_id, story_id AS bond FROM core.story_article
    UNION ALL
    SELECT article_id, copy_group_id FROM core.copy_group
),
reach AS (
    SELECT article_id FROM window_seed
    UNION
    (
        SELECT other.article_id FROM reach JOIN kin own USING (article_id) JOIN kin other ON other.bond = own.bond
        UNION ALL
        SELECT both_ways.b FROM reach JOIN both_ways ON both_ways.a = reach.article_id
    )
)
SELECT article_id FROM reach;
