-- Claims that several outlets carry and one text is behind.
CREATE VIEW marts.single_source AS
WITH carriers AS (
    SELECT claim_id, list_sort(list(DISTINCT outlet_id)) AS outlet_ids
    FROM marts.claim_sentence
    GROUP BY claim_id
),
origins AS (
    SELECT k.claim_id, arg_min(k.outlet_id, (g.role <> 'origin', k.published_at, k.outlet_id)) AS origin_outlet_id,
           arg_min(k.url, (g.role <> 'origin', k.published_at, k.outlet_id)) AS origin_url
    FROM marts.claim_sentence k
    JOIN core.copy_group g USING (article_id)
    GROUP BY k.claim_id
)
SELECT c.story_id, c.claim_id, c.claim, c.speaker, c.outlets, c.articles, o.origin_outlet_id, o.origin_url, k.outlet_ids, c.first_seen_at
FROM marts.corroboration c
JOIN carriers k USING (claim_id)
JOIN origins o USING (claim_id)
WHERE c.outlets > 1 AND c.carrying_witnesses = 1
ORDER BY c.outlets DESC, c.first_seen_at DESC, c.claim_id;
