-- What a query asks, a row a word or filter. A piece is a run without blanks, or stands in quotes; before it - (not) and a field.
-- A piece of several words is a phrase: they stand side by side, in this order.
CREATE MACRO marts.search_query(query) AS TABLE
WITH cut AS (
    SELECT unnest(pieces) AS piece, generate_subscripts(pieces, 1) AS place
    FROM (SELECT regexp_extract_all(query, '-?(?:[A-Za-z]+:)?(?:"[^"]*"?|[^\s"]+)') AS pieces)
),
piece AS (
    SELECT place, starts_with(piece, '-') AS is_not,
           regexp_extract(lower(piece), '^-?(headline|outlet|language|after|before):', 1) AS field,
           trim(regexp_replace(piece, '(?i)^-?((headline|outlet|language|after|before):)?', ''), '"') AS text
    FROM cut
)
SELECT place, is_not, field, text, NULL AS word, 0 AS step, 0 AS words, false AS is_open,
       CASE WHEN field IN ('after', 'before')
            THEN coalesce(try_strptime(text, ['%Y-%m-%d', '%Y-%m', '%Y', '%Y-%m-%dT%H:%M', '%Y-%m-%dT%H:%M:%S']),
                          error(field || ':' || text || ' is no date; write it as 2018-09-18')) END AS instant
FROM piece
WHERE field NOT IN ('', 'headline')
UNION ALL
SELECT place, is_not, field, text, word, step, len(words), is_open AND step = len(words) - 1, NULL
FROM (
    SELECT *, unnest(words) AS word, generate_subscripts(words, 1) - 1 AS step
    FROM (SELECT *, marts.search_query_words(text) AS words, ends_with(text, '*') AS is_open FROM piece WHERE field IN ('', 'headline'))
);
