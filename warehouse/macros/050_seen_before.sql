-- Where a claim was made before, in other stories: claims that share its telling words, by the cosine of their words, each weighed by how rare it
-- is among all claims (Spärck Jones 1972). Nothing is kept for it: every call cuts the texts of all claims into words.
CREATE MACRO marts.seen_before(sought) AS TABLE
WITH word AS MATERIALIZED (
    SELECT claim_id, story_id,
           unnest(list_distinct(list_filter(marts.search_words(text), lambda w: NOT list_contains(marts.search_small_words(), w)))) AS word
    FROM core.claim
),
weighed AS MATERIALIZED (
    SELECT claim_id, story_id, word, ln(1 + (SELECT count(*) FROM core.claim) / count(*) OVER (PARTITION BY word)) ** 2 AS weight FROM word
),
asked AS MATERIALIZED (FROM weighed WHERE claim_id = sought::UUID),
alike AS (
    SELECT w.claim_id, sum(w.weight) FILTER (a.word IS NOT NULL) / sqrt(sum(w.weight) * (SELECT sum(weight) FROM asked)) AS likeness
    FROM weighed w
    LEFT JOIN asked a USING (word)
    WHERE w.story_id <> (SELECT any_value(story_id) FROM asked)
    GROUP BY w.claim_id
    -- half of the words by weight: less than that is a common topic
    HAVING likeness >= 0.5
)
SELECT c.claim_id, c.story_id, c.text AS claim, c.speaker, round(l.likeness, 3) AS likeness, s.witness_count, s.outlets, s.first_seen_at
FROM alike l
JOIN core.claim c USING (claim_id)
JOIN marts.corroboration s USING (claim_id)
WHERE s.first_seen_at < (SELECT first_seen_at FROM marts.corroboration WHERE claim_id = sought::UUID)
ORDER BY likeness DESC, s.first_seen_at DESC, c.claim_id;
