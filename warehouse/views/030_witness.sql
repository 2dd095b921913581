-- Who speaks through an article: a text that several outlets share is one witness, however many print it; otherwise the outlet is,
-- however many articles of its own it has.
CREATE VIEW core.witness AS
SELECT g.article_id,
       CASE WHEN min(a.outlet_id) OVER one_text = max(a.outlet_id) OVER one_text THEN a.outlet_id
            ELSE g.copy_group_id::VARCHAR END AS witness_id
FROM core.copy_group g
JOIN core.article a USING (article_id)
WINDOW one_text AS (PARTITION BY g.copy_group_id);
