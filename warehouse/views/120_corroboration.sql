-- How many independent witnesses a claim has, of those that its story has. Who gives another number or denies it is no witness for it.
CREATE VIEW marts.corroboration AS
WITH story_witnesses AS (
    SELECT s.story_id, count(DISTINCT coalesce(w.witness_id, a.outlet_id)) AS witnesses_in_story
    FROM core.story_article s
    JOIN core.article a USING (article_id)
    LEFT JOIN core.witness w USING (article_id)
    GROUP BY s.story_id
),
spoken AS (
    SELECT claim_id, count(DISTINCT witness_id) FILTER (status IN ('says', 'reprints')) AS witness_count,
           -- one official whom three outlets quote is one voice and three witnesses; what an outlet states itself is its own voice
           count(DISTINCT coalesce(speaker_entity_id::VARCHAR, speaker, witness_id)) FILTER (status IN ('says', 'reprints')) AS voices,
           count(DISTINCT witness_id) AS carrying_witnesses, count(DISTINCT outlet_id) AS outlets, count(DISTINCT article_id) AS articles,
           min(published_at) AS first_seen_at, arg_min(outlet_id, (published_at, outlet_id)) AS first_outlet_id
    FROM marts.claim_sentence
    GROUP BY claim_id
),
cells AS (
    SELECT claim_id, count(*) FILTER (status = 'silent') AS silent_outlets, count(*) FILTER (status = 'unknown') AS unknown_outlets,
           count(*) FILTER (status NOT IN ('says', 'reprints', 'silent', 'unknown')) AS differing_outlets,
           bool_or(status = 'contradicts') AS is_contradicted
    FROM marts.claim_comparison
    GROUP BY claim_id
)
SELECT c.story_id, c.claim_id, c.text AS claim, c.speaker, c.kind,
       k.witness_count || ' of ' || w.witnesses_in_story AS witnesses, k.witness_count, w.witnesses_in_story, k.voices, k.carrying_witnesses,
       k.outlets, k.articles, k.first_seen_at, k.first_outlet_id, cells.differing_outlets, cells.silent_outlets, cells.unknown_outlets,
       cells.is_contradicted
FROM core.claim c
JOIN spoken k USING (claim_id)
JOIN cells USING (claim_id)
JOIN story_witnesses w USING (story_id);
