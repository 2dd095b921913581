-- Two sentences of two outlets on one claim that differ, side by side; the spans are offsets into the two bodies.
-- A witness that prints its sentence in several articles is one row: the origin's, with the other outlets beside it.
CREATE VIEW marts.all_disagreements AS
SELECT a.claim_id, c.story_id, s.title AS story, c.text AS claim, a.label, a.reason, a.confidence,
       va.outlet_id AS outlet_a, ma.sentence AS sentence_a, va.canonical_url AS url_a, va.dated_at AS published_a, a.span_a,
       vb.outlet_id AS outlet_b, mb.sentence AS sentence_b, vb.canonical_url AS url_b, vb.dated_at AS published_b, a.span_b,
       list_filter(list_sort(list_distinct(list(vb.outlet_id) OVER all_prints)), lambda o: o <> vb.outlet_id) AS also_in,
       greatest(va.captured_at, vb.captured_at) AS noticed_at, a.mention_a, a.mention_b, a.method
FROM core.agreement a
JOIN core.claim c USING (claim_id)
JOIN core.story s USING (story_id)
JOIN core.claim_mention ma ON ma.mention_id = a.mention_a
JOIN core.claim_mention mb ON mb.mention_id = a.mention_b
JOIN core.current_version va ON va.version_id = ma.version_id
JOIN core.current_version vb ON vb.version_id = mb.version_id
LEFT JOIN core.witness w ON w.article_id = vb.article_id
LEFT JOIN core.copy_group g ON g.article_id = vb.article_id
WHERE a.label <> 'same'
WINDOW all_prints AS (PARTITION BY a.claim_id, a.mention_a, a.label, a.reason, coalesce(w.witness_id, vb.outlet_id)),
       -- one sentence may stand in several claims: the same two, either way round, are shown once
       same_two AS (
           PARTITION BY a.label, least(a.mention_a, a.mention_b), greatest(a.mention_a, a.mention_b)
           ORDER BY a.confidence DESC, a.claim_id, a.mention_a)
QUALIFY row_number() OVER (all_prints ORDER BY g.role IS NOT DISTINCT FROM 'origin' DESC, vb.dated_at, a.mention_b) = 1
    AND row_number() OVER same_two = 1;

CREATE VIEW marts.disagreements AS
FROM marts.all_disagreements
WHERE noticed_at > (SELECT max(captured_at) FROM core.capture) - INTERVAL 1 DAY
ORDER BY noticed_at DESC, confidence DESC, claim_id, mention_b;
