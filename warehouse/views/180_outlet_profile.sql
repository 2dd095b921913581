CREATE VIEW marts.outlet_profile AS
WITH texts AS (
    SELECT v.outlet_id, count(*) AS articles, min(v.dated_at) AS first_article_at, max(v.dated_at) AS last_article_at,
           count(*) FILTER (g.role = 'reprint') AS reprints, count(*) FILTER (g.role = 'origin') AS reprinted_by_others,
           count(DISTINCT s.story_id) AS stories
    FROM core.current_version v
    LEFT JOIN core.copy_group g USING (article_id)
    LEFT JOIN core.story_article s USING (article_id)
    GROUP BY v.outlet_id
),
revisions AS (
    SELECT outlet_id, count(*) AS revisions, count(DISTINCT article_id) AS revised_articles FROM marts.version_changes GROUP BY outlet_id
),
cells AS (
    SELECT k.outlet_id, count(*) FILTER (status NOT IN ('silent', 'unknown')) AS claims_carried,
           count(*) FILTER (status NOT IN ('silent', 'unknown') AND c.outlets = 1) AS claims_alone,
           count(*) FILTER (c.first_outlet_id = k.outlet_id AND c.outlets > 1) AS claims_first,
           count(*) FILTER (status IN ('number', 'date', 'actor', 'certainty', 'contradicts')) AS claims_differing,
           count(*) FILTER (status = 'silent') AS claims_silent, count(*) FILTER (status = 'unknown') AS claims_unknown
    FROM marts.claim_comparison k
    JOIN marts.corroboration c USING (claim_id)
    GROUP BY k.outlet_id
)
SELECT outlet_id, o.name, o.country, o.language, o.is_agency, coalesce(articles, 0) AS articles, coalesce(stories, 0) AS stories,
       coalesce(reprints, 0) AS reprints, coalesce(reprinted_by_others, 0) AS reprinted_by_others,
       round(reprints / nullif(articles, 0), 3) AS share_reprints, coalesce(revisions, 0) AS revisions,
       coalesce(revised_articles, 0) AS revised_articles, coalesce(claims_carried, 0) AS claims_carried, coalesce(claims_alone, 0) AS claims_alone,
       coalesce(claims_first, 0) AS claims_first, coalesce(claims_differing, 0) AS claims_differing, coalesce(claims_silent, 0) AS claims_silent,
       coalesce(claims_unknown, 0) AS claims_unknown, first_article_at, last_article_at
FROM core.outlet o
LEFT JOIN texts USING (outlet_id)
LEFT JOIN revisions USING (outlet_id)
LEFT JOIN cells USING (outlet_id)
ORDER BY outlet_id;
