-- One row a claim of every story: who states it, who differs, who is silent; the macro marts.story_report takes one story out of it.
CREATE VIEW marts.story_reports AS
WITH cells AS (
    SELECT claim_id, list({
        'outlet_id': outlet_id, 'outlet': outlet, 'status': status, 'reason': reason, 'sentence': sentence, 'words': words,
        'start': start_at, 'end': end_at, 'url': url, 'headline': headline, 'published_at': published_at,
        'article_id': article_id, 'mention_id': mention_id, 'removed_at': removed_at} ORDER BY outlet_id) AS cells
    FROM marts.claim_comparison
    GROUP BY claim_id
),
changes AS (
    SELECT claim_id, list({
        'outlet_id': outlet_id, 'changed_at': changed_at, 'before': words_before, 'after': words_after, 'url': url}
        ORDER BY changed_at, outlet_id) AS changes
    FROM marts.claim_changes
    GROUP BY claim_id
)
SELECT c.story_id, c.claim_id, c.claim, c.speaker, c.kind, c.witnesses, c.witness_count, c.witnesses_in_story, c.outlets,
       c.differing_outlets, c.is_contradicted, c.first_seen_at, c.first_outlet_id, cells.cells, coalesce(h.changes, []) AS changes
FROM marts.corroboration c
JOIN cells USING (claim_id)
LEFT JOIN changes h USING (claim_id);
