-- Articles in whose headline or body every word begins a word. Rank: rarity of the word (inverse document frequency, Robertson & Spärck
-- Jones 1976) times its saturated frequency (k1 = 1.2, the usual BM25 value); a hit in the headline
-- counts as three in the body, the beginning of a longer word as a quarter.
CREATE MACRO marts.search(words) AS TABLE
WITH term AS (
    SELECT DISTINCT unnest(string_split_regex(lower(words), '[^\p{L}\p{N}]+')) AS term
),
asked AS (
    SELECT term FROM term WHERE term <> ''
),
candidate AS (
    SELECT v.article_id, v.outlet_id, v.headline, v.canonical_url AS url, v.dated_at AS published_at, v.body, asked.term
    FROM core.current_version v
    JOIN asked ON contains(lower(v.headline), asked.term) OR contains(lower(v.body), asked.term)
),
hit AS (
    SELECT *, regexp_split_to_array(' ' || lower(headline), '[^\p{L}\p{N}]+') AS headline_words,
           regexp_split_to_array(' ' || lower(body), '[^\p{L}\p{N}]+') AS body_words
    FROM candidate
),
counted AS (
    SELECT * EXCLUDE (headline_words, body_words),
           3 * len(list_filter(headline_words, lambda w: w = term)) + len(list_filter(body_words, lambda w: w = term))
               + 0.75 * len(list_filter(headline_words, lambda w: starts_with(w, term) AND w <> term))
               + 0.25 * len(list_filter(body_words, lambda w: starts_with(w, term) AND w <> term)) AS frequency
    FROM hit
),
ranked AS (
    SELECT *, ln(1 + (SELECT count(*) FROM core.article) / count(*) OVER (PARTITION BY term)) * frequency / (frequency + 1.2) AS weight,
           count(*) OVER (PARTITION BY article_id) AS terms_found
    FROM counted
    WHERE frequency > 0
)
SELECT article_id, any_value(outlet_id) AS outlet_id, any_value(headline) AS headline, any_value(url) AS url,
       any_value(published_at) AS published_at, round(sum(weight), 3) AS score,
       -- 60 characters before the first hit and 120 after it: a line that shows the word in its surroundings
       any_value(regexp_replace(substring(body, greatest(1, strpos(lower(body), term) - 60), 180), '\s+', ' ', 'g')) AS excerpt
FROM ranked
WHERE terms_found = (SELECT count(*) FROM asked)
GROUP BY article_id
ORDER BY score DESC, published_at DESC, article_id;

CREATE OR REPLACE MACRO search(words) AS TABLE FROM marts.search(words);
