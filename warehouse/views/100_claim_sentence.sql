CREATE SCHEMA marts;

-- Every sentence of the present texts that states a claim, with the words of it that do, and how it relates to the claim's reference sentence.
CREATE VIEW marts.claim_sentence AS
WITH difference AS (
    SELECT claim_id, mention_b AS mention_id, label, reason, confidence, mention_a AS reference_mention_id
    FROM core.agreement
    WHERE label <> 'same'
    -- several labels on one sentence: the gravest is shown, all of them stand in marts.all_disagreements
    QUALIFY row_number() OVER (
        PARTITION BY claim_id, mention_b
        ORDER BY list_position(['contradicts', 'number', 'date', 'actor', 'certainty'], label), confidence DESC, mention_a) = 1
),
carried AS (
    SELECT c.story_id, c.claim_id, l.score, m.mention_id, v.article_id, v.version_id, v.outlet_id, v.canonical_url AS url, v.headline,
           v.dated_at AS published_at, CASE WHEN coalesce(l.is_told, true) THEN m.speaker END AS speaker,
           CASE WHEN coalesce(l.is_told, true) THEN m.speaker_entity_id END AS speaker_entity_id,
           CASE WHEN coalesce(l.is_told, true) THEN m.quote_type ELSE 'statement' END AS quote_type, m.polarity, m.certainty, m.sentence,
           coalesce(substr(m.sentence, l.clause_start + 1, l.clause_end - l.clause_start), m.text) AS words,
           -- a sentence is kept without its place in the text: that of its content tells where it begins
           m.content.start - strpos(m.sentence, split_part(m.text, ' … ', 1)) + 1 AS sentence_at,
           coalesce(sentence_at + l.clause_start, m.content.start) AS start_at,
           coalesce(sentence_at + l.clause_end, m.content."end") AS end_at, g.copy_group_id, g.role,
           count(*) OVER (PARTITION BY c.claim_id, g.copy_group_id)
               - count(*) OVER (PARTITION BY c.claim_id, v.article_id) AS sentences_of_copies
    FROM core.claim c
    JOIN core.claim_link l USING (claim_id)
    JOIN core.claim_mention m USING (mention_id)
    JOIN core.current_version v USING (version_id)
    LEFT JOIN core.copy_group g ON g.article_id = v.article_id
    -- likelier than not; an outlet with less likely sentences only is neither shown as a witness nor called silent
    WHERE l.score >= 0.5
)
SELECT c.* EXCLUDE (copy_group_id, role, sentences_of_copies, sentence_at),
       coalesce(w.witness_id, c.outlet_id) AS witness_id,
       CASE WHEN d.label IS NOT NULL THEN d.label
            WHEN c.role = 'reprint' AND c.sentences_of_copies > 0 THEN 'reprints'
            ELSE 'says' END AS status,
       d.reason, d.confidence, d.reference_mention_id
FROM carried c
LEFT JOIN core.witness w USING (article_id)
LEFT JOIN difference d USING (claim_id, mention_id);
