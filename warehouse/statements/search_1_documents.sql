-- Which documents leave the index and which come in, of the articles in table `search_stale`: a document is the present text of an article.
CREATE OR REPLACE TEMP TABLE search_present AS
SELECT article_id, version_id, coalesce(language, '') AS language
FROM core.current_version
WHERE article_id IN (FROM search_stale);

CREATE OR REPLACE TEMP TABLE search_gone AS
SELECT document
FROM core.search_document
SEMI JOIN search_stale USING (article_id)
ANTI JOIN search_present USING (article_id, version_id, language);

DELETE FROM core.search_posting WHERE document IN (FROM search_gone);
DELETE FROM core.search_document WHERE document IN (FROM search_gone);

CREATE OR REPLACE TEMP TABLE search_new AS
SELECT ((SELECT coalesce(max(document), 0) FROM core.search_document) + row_number() OVER (ORDER BY article_id))::INTEGER AS document,
       article_id, version_id, language
FROM search_present
ANTI JOIN core.search_document USING (article_id);
