CREATE VIEW marts.story AS
WITH members AS (
    SELECT s.story_id, count(DISTINCT a.outlet_id) AS outlets, count(*) AS articles,
           count(DISTINCT coalesce(w.witness_id, a.outlet_id)) AS witnesses, list_sort(list(DISTINCT a.outlet_id)) AS outlet_ids
    FROM core.story_article s
    JOIN core.article a USING (article_id)
    LEFT JOIN core.witness w USING (article_id)
    GROUP BY s.story_id
),
claims AS (
    SELECT story_id, count(*) AS claims, count(*) FILTER (witness_count > 1) AS corroborated_claims,
           count(*) FILTER (differing_outlets > 0) AS disputed_claims
    FROM marts.corroboration
    GROUP BY story_id
)
SELECT s.story_id, s.title, s.first_published_at, s.last_published_at, m.outlets, m.articles, m.witnesses,
       coalesce(c.claims, 0) AS claims, coalesce(c.corroborated_claims, 0) AS corroborated_claims,
       coalesce(c.disputed_claims, 0) AS disputed_claims, s.terms, m.outlet_ids
FROM core.story s
JOIN members m USING (story_id)
LEFT JOIN claims c USING (story_id)
ORDER BY s.last_published_at DESC, s.story_id;
