-- The present texts of the articles in a table: core.current_version for a few of many. The view finds the newest version of every article
-- before it looks which are wanted, which a load of a large warehouse would do four times.
CREATE MACRO marts.current_of(articles) AS TABLE
SELECT a.article_id, v.version_id, v.language, a.outlet_id, coalesce(v.published_at, a.first_seen_at) AS dated_at
FROM (
    SELECT article_id, version_id, language, published_at
    FROM core.article_version
    WHERE article_id IN (SELECT article_id FROM query_table(articles))
    QUALIFY row_number() OVER (PARTITION BY article_id ORDER BY last_captured_at DESC, captured_at DESC, version_id DESC) = 1
) v
JOIN core.article a USING (article_id);
