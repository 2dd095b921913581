-- One row a claim and outlet of its story. An outlet without the sentence is silent, or unknown where nothing follows from its text.
CREATE VIEW marts.claim_comparison AS
WITH present AS (
    SELECT DISTINCT s.story_id, a.outlet_id FROM core.story_article s JOIN core.article a USING (article_id)
),
spoken AS (
    FROM marts.claim_sentence
    -- an outlet that states the claim twice is shown by the sentence that differs most, then by the one that matches best
    QUALIFY row_number() OVER (
        PARTITION BY claim_id, outlet_id
        ORDER BY list_position(['contradicts', 'number', 'date', 'actor', 'certainty', 'says', 'reprints'], status),
                 score DESC, published_at, mention_id) = 1
),
unspoken AS (
    SELECT s.claim_id, v.outlet_id, s.silence, v.article_id, v.canonical_url AS url, v.headline, v.dated_at AS published_at
    FROM core.silence s
    JOIN core.current_version v USING (article_id)
    -- one article of an outlet whose text is cut is enough to conclude nothing
    QUALIFY row_number() OVER (PARTITION BY s.claim_id, v.outlet_id ORDER BY s.silence DESC, v.article_id) = 1
)
SELECT c.story_id, c.claim_id, c.text AS claim, c.speaker, c.kind, p.outlet_id, coalesce(o.name, p.outlet_id) AS outlet,
       coalesce(k.status, u.silence, 'unknown') AS status, k.reason, k.sentence, k.words, k.start_at, k.end_at,
       coalesce(k.url, u.url) AS url, coalesce(k.headline, u.headline) AS headline, coalesce(k.published_at, u.published_at) AS published_at,
       coalesce(k.article_id, u.article_id) AS article_id, k.version_id, k.mention_id, k.reference_mention_id, k.confidence, k.witness_id,
       a.removed_at
FROM core.claim c
JOIN present p USING (story_id)
LEFT JOIN core.outlet o USING (outlet_id)
LEFT JOIN spoken k ON k.claim_id = c.claim_id AND k.outlet_id = p.outlet_id
LEFT JOIN unspoken u ON u.claim_id = c.claim_id AND u.outlet_id = p.outlet_id
LEFT JOIN core.article a ON a.article_id = coalesce(k.article_id, u.article_id);
