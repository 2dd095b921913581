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
           count(*) FILTER (word IS NULL) AS filters,
           count(DISTINCT place * 1000 + step) FILTER (word IS NOT NULL AND NOT is_not) AS words
    FROM (FROM word UNION ALL FROM asked WHERE word IS NULL)
),
-- Stems of a word as texts spell it, in every language. A word that no text holds, or with * behind it, asks at a quarter for longer ones,
-- and for stems of four letters or more that it goes beyond by three at most ("injuries" where texts have "injured").
known AS MATERIALIZED (
    SELECT DISTINCT a.place, a.step, w.stem_id FROM word a JOIN core.search_word w ON w.word = a.word
),
longer AS (
    SELECT DISTINCT a.place, a.step, w.stem_id
    FROM (FROM word a WHERE a.is_open OR (a.place, a.step) NOT IN (SELECT place, step FROM known)) a
    JOIN core.search_word w ON starts_with(w.word, a.word)
        -- German stems have lost their umlauts
        OR ((starts_with(a.word, w.stem) OR starts_with(strip_accents(a.word), w.stem)) AND length(w.stem) >= greatest(4, length(a.word) - 3))
),
stem AS MATERIALIZED (
    SELECT w.*, s.stem_id, s.share
    FROM (
        SELECT place, step, stem_id, max(share) AS share
        FROM (SELECT *, 1.0::DOUBLE AS share FROM known UNION ALL SELECT *, 0.25 FROM longer)
        GROUP BY ALL
    ) s
    JOIN word w USING (place, step)
),
-- lists of the segments: a place and a frequency a document, the positions of all documents one after the other
posting AS (
    SELECT s.place, s.step, s.is_not, s.words, p.field, s.share * CASE p.field WHEN 'headline' THEN 3 ELSE 1 END AS share,
           p.first_document + unnest(p.places) AS document, unnest(p.frequencies) AS frequency
    FROM core.search_posting p
    JOIN stem s ON s.stem_id = p.stem_id AND (s.field = '' OR s.field = p.field)
),
standing AS (
    SELECT s.place, s.step, s.words, p.field, unnest(p.positions) AS position,
           p.first_document + unnest(flatten(list_transform(list_zip(p.places, p.frequencies), lambda z: list_resize([z[1]], z[2], z[1])))) AS document
    FROM core.search_posting p
    JOIN stem s ON s.words > 1 AND s.stem_id = p.stem_id AND (s.field = '' OR s.field = p.field)
),
-- where the words of a phrase stand side by side
phrase AS (
    SELECT DISTINCT place, document
    FROM standing
    GROUP BY place, document, field, words, position - step
    HAVING count(DISTINCT step) = words
),
-- documents without a row are old texts that no merge has taken out yet
found AS MATERIALIZED (
    SELECT p.place, p.step, p.is_not, document, d.body_length, sum(p.share * p.frequency) AS frequency
    FROM posting p
    JOIN core.search_document d USING (document)
    WHERE p.words = 1 OR (p.place, document) IN (FROM phrase)
    GROUP BY ALL
),
size AS (SELECT count(*) AS documents, greatest(avg(body_length), 1) AS mean_length FROM core.search_document),
ranked AS MATERIALIZED (
    SELECT document,
           sum(ln(1 + (s.documents - n.documents + 0.5) / (n.documents + 0.5))
               * f.frequency * 2.2 / (f.frequency + 1.2 * (0.25 + 0.75 * f.body_length / s.mean_length))) AS score
    FROM found f
    JOIN (SELECT place, step, count(*) AS documents FROM found GROUP BY ALL) n USING (place, step)
    CROSS JOIN size s
    WHERE NOT f.is_not AND document NOT IN (SELECT document FROM found WHERE is_not)
    GROUP BY document
    HAVING count(*) >= (SELECT CASE WHEN needs_all THEN words ELSE 1 END FROM filter)
    UNION ALL
    -- filters alone: all that they let through
    SELECT document, 0.0
    FROM core.search_document
    WHERE (SELECT words = 0 AND filters > 0 FROM filter) AND document NOT IN (SELECT document FROM found)
),
hit AS MATERIALIZED (
    SELECT r.score, d.*
    FROM ranked r
    JOIN core.search_document d USING (document)
    CROSS JOIN filter f
    WHERE (f.first_at IS NULL OR d.dated_at >= f.first_at)
      AND (f.end_at IS NULL OR d.dated_at < f.end_at)
      AND (f.outlets IS NULL OR list_contains(f.outlets, d.outlet_id)) AND NOT list_contains(f.outlets_not, d.outlet_id)
      AND (f.languages IS NULL OR list_contains(f.languages, d.language)) AND NOT list_contains(f.languages_not, d.language)
),
-- every spelling of the words that were asked for, to find a place that shows one
shown AS (
    SELECT h.*, v.headline, v.body, lower(v.body) AS small, a.canonical_url,
           (SELECT coalesce(list(DISTINCT word), []) FROM core.search_word WHERE stem_id IN (SELECT stem_id FROM stem)) AS spelled
    FROM hit h
    JOIN core.article a USING (article_id)
    JOIN core.article_version v USING (version_id)
)
SELECT article_id, outlet_id, headline, canonical_url AS url, dated_at AS published_at, round(score, 3) AS score,
       -- 60 characters before the first hit and 120 after it: a line that shows the word in its surroundings
       trim(regexp_replace(substring(body, greatest(1, coalesce(
           list_min(list_filter(list_transform(spelled, lambda w: strpos(' ' || small, ' ' || w)), lambda p: p > 0)),
           list_min(list_filter(list_transform(spelled, lambda w: strpos(small, w)), lambda p: p > 0)),
           1) - 60), 180), '\s+', ' ', 'g')) AS excerpt
FROM shown
ORDER BY score DESC, published_at DESC, article_id;

CREATE MACRO marts.search(query) AS TABLE FROM marts.search_found(query, true);
CREATE MACRO marts.search_any(query) AS TABLE FROM marts.search_found(query, false);
CREATE OR REPLACE MACRO search(query) AS TABLE FROM marts.search(query);
