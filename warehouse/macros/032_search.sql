-- Articles that answer a query, best first. Rank: BM25 (Robertson & Zaragoza 2009) with the usual k1 = 1.2 and b = 0.75 over the words of
-- the body and three times those of the headline. `needs_all`: every word and phrase has to be there; otherwise any of them, and small
-- words that stand alone are left out.
-- Bodies are read only where the excerpt is asked for.
CREATE MACRO marts.search_found(query, needs_all) AS TABLE
WITH asked AS MATERIALIZED (FROM marts.search_query(query)),
word AS MATERIALIZED (
    FROM asked
    WHERE word IS NOT NULL AND (needs_all OR words > 1 OR NOT list_contains(marts.search_small_words(), word))
    -- a word that is asked for twice counts once
    QUALIFY words > 1 OR row_number() OVER (PARTITION BY words = 1, word, field, is_not, is_open ORDER BY place) = 1
),
filter AS MATERIALIZED (
    SELECT max(instant) FILTER ((field = 'after') = NOT is_not) AS first_at,
           min(instant) FILTER ((field = 'before') = NOT is_not) AS end_at,
           list(lower(text)) FILTER (field = 'outlet' AND NOT is_not) AS outlets,
           coalesce(list(lower(text)) FILTER (field = 'outlet' AND is_not), []) AS outlets_not,
           list(lower(text)) FILTER (field = 'language' AND NOT is_not) AS languages,
           coalesce(list(lower(text)) FILTER (field = 'language' AND is_not), []) AS languages_not,
           count(*) AS filters
    FROM asked
    WHERE word IS NULL
),
-- Stems of a word as texts spell it, in every language. A word that no text holds, or with * behind it, asks at a quarter for longer ones,
-- and for stems of four letters or more that it goes beyond by three at most ("injuries" where texts have "injured").
known AS MATERIALIZED (
    SELECT DISTINCT a.place, a.step, w.stem_id FROM word a JOIN core.search_word w ON w.word = a.word
),
longer AS MATERIALIZED (
    SELECT DISTINCT a.place, a.step, w.stem_id
    FROM (FROM word a WHERE a.is_open OR NOT EXISTS (FROM known k WHERE k.place = a.place AND k.step = a.step)) a
    JOIN core.search_word w ON starts_with(w.word, a.word)
        -- German stems have lost their umlauts
        OR ((starts_with(a.word, w.stem) OR starts_with(strip_accents(a.word), w.stem)) AND length(w.stem) >= greatest(4, length(a.word) - 3))
),
stem AS MATERIALIZED (
    SELECT place, step, stem_id, max(share) AS share
    FROM (SELECT *, 1.0 AS share FROM known UNION ALL SELECT *, 0.25 FROM longer)
    GROUP BY ALL
),
posting AS MATERIALIZED (
    SELECT w.place, w.step, w.is_not, w.words, s.share, p.document, p.field, p.frequency, p.positions
    FROM core.search_posting p
    JOIN stem s USING (stem_id)
    JOIN word w ON w.place = s.place AND w.step = s.step AND (w.field = '' OR w.field = p.field)
),
-- where the words of a phrase stand side by side
phrase AS MATERIALIZED (
    SELECT place, document
    FROM (SELECT place, document, field, step, words, unnest(positions) - step AS start FROM posting WHERE words > 1)
    GROUP BY place, document, field, words, start
    HAVING count(DISTINCT step) = words
),
found AS MATERIALIZED (
    SELECT place, step, is_not, document, sum(share * frequency * CASE field WHEN 'headline' THEN 3 ELSE 1 END) AS frequency
    FROM posting
    WHERE words = 1 OR (place, document) IN (FROM phrase)
    GROUP BY ALL
),
weighed AS (
    SELECT f.document,
           ln(1 + (size.documents - n.documents + 0.5) / (n.documents + 0.5))
               * f.frequency * 2.2 / (f.frequency + 1.2 * (0.25 + 0.75 * d.body_length / greatest(size.mean_length, 1))) AS weight
    FROM found f
    JOIN (SELECT place, step, count(*) AS documents FROM found GROUP BY ALL) n USING (place, step)
    JOIN core.search_document d USING (document)
    CROSS JOIN (SELECT count(*) AS documents, avg(body_length) AS mean_length FROM core.search_document) size
    WHERE NOT f.is_not
),
ranked AS (
    SELECT document, score
    FROM (SELECT document, sum(weight) AS score, count(*) AS words FROM weighed GROUP BY document)
    WHERE NOT needs_all OR words = (SELECT count(*) FROM word WHERE NOT is_not)
    UNION ALL
    -- filters alone: all that they let through
    SELECT document, 0.0
    FROM core.search_document
    WHERE NOT EXISTS (FROM word WHERE NOT is_not) AND (SELECT filters FROM filter) > 0
),
hit AS (
    SELECT d.article_id, a.outlet_id, v.headline, a.canonical_url AS url, coalesce(v.published_at, a.first_seen_at) AS published_at,
           r.score, v.rowid AS place
    FROM ranked r
    JOIN core.search_document d USING (document)
    JOIN core.article a USING (article_id)
    JOIN core.article_version v USING (version_id)
    CROSS JOIN filter f
    WHERE r.document NOT IN (SELECT document FROM found WHERE is_not)
      AND (f.first_at IS NULL OR coalesce(v.published_at, a.first_seen_at) >= f.first_at)
      AND (f.end_at IS NULL OR coalesce(v.published_at, a.first_seen_at) < f.end_at)
      AND (f.outlets IS NULL OR list_contains(f.outlets, a.outlet_id)) AND NOT list_contains(f.outlets_not, a.outlet_id)
      AND (f.languages IS NULL OR list_contains(f.languages, d.language)) AND NOT list_contains(f.languages_not, d.language)
),
-- every spelling of the words that were asked for, to find a place that shows one
spelling AS MATERIALIZED (
    SELECT coalesce(list(DISTINCT word), []) AS words FROM core.search_word WHERE stem_id IN (SELECT stem_id FROM stem)
),
shown AS (
    SELECT h.*, b.body,
           list_min(list_filter(list_transform(s.words, lambda w: strpos(' ' || lower(b.body), ' ' || w)), lambda p: p > 0)) AS begins_at,
           list_min(list_filter(list_transform(s.words, lambda w: strpos(lower(b.body), w)), lambda p: p > 0)) AS stands_at
    FROM hit h
    JOIN core.article_version b ON b.rowid = h.place
    CROSS JOIN spelling s
)
SELECT article_id, outlet_id, headline, url, published_at, round(score, 3) AS score,
       -- 60 characters before the first hit and 120 after it: a line that shows the word in its surroundings
       trim(regexp_replace(substring(body, greatest(1, coalesce(begins_at, stands_at, 1) - 60), 180), '\s+', ' ', 'g')) AS excerpt
FROM shown
ORDER BY score DESC, published_at DESC, article_id;

CREATE MACRO marts.search(query) AS TABLE FROM marts.search_found(query, true);
CREATE MACRO marts.search_any(query) AS TABLE FROM marts.search_found(query, false);
CREATE OR REPLACE MACRO search(query) AS TABLE FROM marts.search(query);
