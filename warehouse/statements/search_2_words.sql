-- The words of one slice of new documents in their order, and the words among them that the index has not met. Variables: slice_first, slice_last.
CREATE OR REPLACE TEMP TABLE search_text AS
SELECT n.document, n.article_id, n.version_id, n.language, marts.search_words(v.headline) AS headline, marts.search_words(v.body) AS body
FROM (FROM search_new WHERE document BETWEEN getvariable('slice_first') AND getvariable('slice_last')) n
JOIN core.article_version v USING (version_id);

CREATE OR REPLACE TEMP TABLE search_token AS
SELECT document, language, 'headline' AS field, unnest(headline) AS word, unnest(range(len(headline)))::INTEGER AS position FROM search_text
UNION ALL
SELECT document, language, 'body', unnest(body), unnest(range(len(body)))::INTEGER FROM search_text;

CREATE OR REPLACE TEMP TABLE search_unknown AS
SELECT DISTINCT word, language FROM search_token ANTI JOIN core.search_word USING (word, language);
