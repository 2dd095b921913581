-- What an outlet changed in its own article: each version beside the one before it.
CREATE VIEW marts.version_changes AS
WITH said AS (
    SELECT version_id, list_sort(list(DISTINCT text)) AS words FROM core.claim_mention GROUP BY version_id
),
ordered AS (
    SELECT v.article_id, a.outlet_id, a.canonical_url AS url, v.version_id, v.captured_at AS changed_at, v.headline, v.word_count,
           coalesce(said.words, []) AS words, lag(v.version_id) OVER versions AS version_before, lag(v.headline) OVER versions AS headline_before,
           lag(v.word_count) OVER versions AS word_count_before, lag(coalesce(said.words, [])) OVER versions AS words_before, v.notes
    FROM core.article_version v
    JOIN core.article a USING (article_id)
    LEFT JOIN said USING (version_id)
    WINDOW versions AS (PARTITION BY v.article_id ORDER BY v.captured_at, v.version_id)
)
SELECT article_id, outlet_id, url, changed_at, headline_before, headline, headline <> headline_before AS is_headline_changed,
       word_count_before, word_count, list_filter(words_before, lambda w: NOT list_contains(words, w)) AS removed,
       list_filter(words, lambda w: NOT list_contains(words_before, w)) AS added, notes, version_before, version_id
FROM ordered
WHERE version_before IS NOT NULL
ORDER BY changed_at DESC, version_id;

-- Sentences of a claim that stood otherwise in an earlier version of the same article; null when it came in later.
CREATE VIEW marts.claim_changes AS
SELECT k.story_id, k.claim_id, k.outlet_id, k.article_id, k.url, c.changed_at,
       -- half of the letter pairs in common: the same sentence with a number or a word changed, not another one
       (SELECT arg_max(w, jaccard(w, k.words)) FROM (SELECT unnest(c.removed) AS w) r WHERE jaccard(w, k.words) > 0.5) AS words_before,
       k.words AS words_after
FROM marts.claim_sentence k
JOIN marts.version_changes c ON c.article_id = k.article_id AND list_contains(c.added, k.words);
