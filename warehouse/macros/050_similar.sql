-- Articles nearest in meaning to an article, or to those that state a claim or tell a story: cosine of the stored vectors, exact, against
-- the mean of theirs, best first and without themselves. `id` is one of an article, a claim or a story. SIMILAR is a word of SQL, hence
-- there is no short form without the schema.
CREATE MACRO marts.similar(id) AS TABLE
WITH asked AS MATERIALIZED (
    SELECT article_id FROM core.article WHERE article_id = id::UUID
    UNION SELECT m.article_id FROM core.claim_link k JOIN core.claim_mention m USING (mention_id) WHERE k.claim_id = id::UUID
    UNION SELECT article_id FROM core.story_article WHERE story_id = id::UUID
),
meant AS MATERIALIZED (
    SELECT v.article_id, v.outlet_id, v.headline, v.canonical_url, v.dated_at, x.method, x.vector, v.article_id IN (FROM asked) AS is_asked
    FROM core.current_version v
    JOIN core.article_vector x USING (version_id)
),
middle AS MATERIALIZED (
    SELECT method, list(number ORDER BY place)::FLOAT[] AS vector
    FROM (
        SELECT method, place, avg(number) AS number
        FROM (SELECT method, unnest(vector::FLOAT[]) AS number, generate_subscripts(vector::FLOAT[], 1) AS place FROM meant WHERE is_asked)
        GROUP BY ALL
    )
    GROUP BY method
)
SELECT t.article_id, t.outlet_id, t.headline, t.canonical_url AS url, t.dated_at AS published_at,
       round(list_cosine_similarity(t.vector::FLOAT[], m.vector)::DOUBLE, 3) AS similarity
FROM meant t
JOIN middle m USING (method)
WHERE NOT t.is_asked
ORDER BY similarity DESC, published_at, t.article_id;
