-- 60 characters before the first hit and 120 after it: a line that shows the word in its surroundings.
CREATE MACRO marts.search_excerpt(body, spelled) AS
    trim(regexp_replace(substring(body, greatest(1, coalesce(
        list_min(list_filter(list_transform(spelled, lambda w: strpos(' ' || lower(body), ' ' || w)), lambda p: p > 0)),
        list_min(list_filter(list_transform(spelled, lambda w: strpos(lower(body), w)), lambda p: p > 0)),
        1) - 60), 180), '\s+', ' ', 'g'));

-- Articles that answer a query, best first. Rank: BM25 (Robertson & Zaragoza 2009) with the usual k1 = 1.2 and b = 0.75 over the words of
-- the body and three times those of the headline. `needs_all`: every word and phrase has to be there; otherwise any of them, and small
-- words that stand alone are left out.
-- Bodies are read only for phrases, and where the excerpt is asked for.
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
           count(*) FILTER (word IS NOT NULL AND NOT is_not) AS words
    FROM (FROM word UNION ALL FROM asked WHERE word IS NULL)
),
-- Stems of a word as texts spell it, in every language. A word that no text holds, or with * behind it, asks at a quarter for longer ones,
-- and for stems of four letters or more that it goes beyond by three at most ("injuries" where texts have "injured").
known AS MATERIALIZED (
    SELECT a.place, a.step, a.is_not, a.field = 'headline' AS is_of_headline, a.words, w.stem_id, 1.0::DOUBLE AS share
    FROM word a
    JOIN core.search_word w ON w.word = a.word
),
longer AS (
    SELECT a.place, a.step, a.is_not, a.field = 'headline' AS is_of_headline, a.words, w.stem_id, 0.25::DOUBLE AS share
    FROM (FROM word a WHERE a.is_open OR (a.place, a.step) NOT IN (SELECT place, step FROM known)) a
    JOIN core.search_word w ON starts_with(w.word, a.word)
        -- German stems have lost their umlauts
        OR ((starts_with(a.word, w.stem) OR starts_with(strip_accents(a.word), w.stem)) AND length(w.stem) >= greatest(4, length(a.word) - 3))
),
stem AS MATERIALIZED (
    SELECT place, step, is_not, is_of_headline, words, stem_id, max(share) AS share FROM (FROM known UNION ALL FROM longer) GROUP BY ALL
),
-- an entry of a list: the place of a document in its segment and how often the stem stands there
posting AS MATERIALIZED (
    SELECT stem_id, in_headline, first_document + entry // 8 AS document, [1, 2, 3, 4, 5, 7, 10, 15][entry % 8 + 1] AS frequency
    FROM (
        SELECT stem_id, in_headline, first_document, unnest(entries) AS entry
        FROM core.search_posting
        WHERE stem_id IN (SELECT stem_id FROM stem)
    )
),
-- a phrase: texts that hold all its words, cut into words, and those that stand side by side
candidate AS (
    SELECT c.place, c.in_headline, c.words, c.document, d.version_id
    FROM (
        SELECT s.place, p.in_headline, s.words, p.document
        FROM posting p
        JOIN stem s ON s.words > 1 AND s.stem_id = p.stem_id AND (NOT s.is_of_headline OR p.in_headline)
        GROUP BY ALL
        HAVING count(DISTINCT s.step) = s.words
    ) c
    JOIN core.search_document d USING (document)
    -- no text; where there is no candidate either, the scan passes over all texts instead of reading the first 2,048
    UNION ALL SELECT 0, false, 0, 0, '00000000-0000-0000-0000-000000000000'::UUID
),
standing AS (
    SELECT place, in_headline, words, document, unnest(cut) AS word, generate_subscripts(cut, 1) AS position
    FROM (
        SELECT c.*, marts.search_query_words(CASE WHEN c.in_headline THEN v.headline ELSE v.body END) AS cut
        FROM candidate c
        JOIN core.article_version v USING (version_id)
    )
),
phrase AS (
    SELECT DISTINCT t.place, document
    FROM standing t
    JOIN (SELECT DISTINCT s.place, s.step, w.word FROM stem s JOIN core.search_word w USING (stem_id) WHERE s.words > 1) s
        ON s.place = t.place AND s.word = t.word
    GROUP BY t.place, document, t.in_headline, words, position - step
    HAVING count(DISTINCT step) = words
),
-- documents without a row are old texts that no merge has taken out yet
found AS MATERIALIZED (
    SELECT s.place, s.step, s.is_not, document, d.body_length,
           sum(s.share * p.frequency * CASE WHEN p.in_headline THEN 3 ELSE 1 END) AS frequency
    FROM posting p
    JOIN stem s ON s.stem_id = p.stem_id AND (NOT s.is_of_headline OR p.in_headline)
    JOIN core.search_document d USING (document)
    WHERE s.words = 1 OR (s.place, document) IN (FROM phrase)
    GROUP BY ALL
),
size AS (SELECT count(*) AS documents, greatest(avg(body_length), 1) AS mean_length FROM core.search_document),
ranked AS (
    SELECT document,
           sum(ln(1 + (s.documents - n.documents + 0.5) / (n.documents + 0.5))
               * f.frequency * 2.2 / (f.frequency + 1.2 * (0.25 + 0.75 * f.body_length / s.mean_length))) AS score
    FROM found f
    JOIN (SELECT place, step, count(*) AS documents FROM found GROUP BY ALL) n USING (place, step)
    CROSS JOIN size s
    GROUP BY document
    HAVING NOT bool_or(f.is_not) AND count(*) >= (SELECT CASE WHEN needs_all THEN words ELSE 1 END FROM filter)
    UNION ALL
    -- filters alone: all that they let through
    SELECT document, 0.0
    FROM core.search_document
    WHERE (SELECT words = 0 AND filters > 0 FROM filter) AND document NOT IN (SELECT document FROM found)
),
hit AS MATERIALIZED (
    SELECT r.score, d.article_id, d.version_id, d.outlet_id, d.dated_at
    FROM ranked r
    JOIN core.search_document d USING (document)
    CROSS JOIN filter f
    WHERE (f.first_at IS NULL OR d.dated_at >= f.first_at)
      AND (f.end_at IS NULL OR d.dated_at < f.end_at)
      AND (f.outlets IS NULL OR list_contains(f.outlets, d.outlet_id)) AND NOT list_contains(f.outlets_not, d.outlet_id)
      AND (f.languages IS NULL OR list_contains(f.languages, d.language)) AND NOT list_contains(f.languages_not, d.language)
)
SELECT article_id, h.outlet_id, v.headline, a.canonical_url AS url, h.dated_at AS published_at, round(h.score, 3) AS score,
       marts.search_excerpt(v.body, (SELECT list(DISTINCT word) FROM core.search_word WHERE stem_id IN (SELECT stem_id FROM stem))) AS excerpt
FROM hit h
JOIN core.article a USING (article_id)
JOIN (SELECT version_id, headline, body FROM core.article_version SEMI JOIN hit USING (version_id)) v USING (version_id)
ORDER BY h.score DESC, published_at DESC, article_id;

CREATE MACRO marts.search(query) AS TABLE FROM marts.search_found(query, true);
CREATE MACRO marts.search_any(query) AS TABLE FROM marts.search_found(query, false);
CREATE OR REPLACE MACRO search(query) AS TABLE FROM marts.search(query);
