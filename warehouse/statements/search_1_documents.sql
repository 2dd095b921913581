-- Which documents leave the index and which come in, of the articles in table `search_stale`: a document is the present text of an article.
CREATE OR REPLACE TEMP TABLE search_present AS
SELECT article_id, version_id, coalesce(language, '') AS language, outlet_id, dated_at
FROM marts.current_of('search_stale');

DELETE FROM core.search_document
WHERE article_id IN (FROM search_stale) AND (article_id, version_id, language) NOT IN (SELECT article_id, version_id, language FROM search_present);

UPDATE core.search_document t SET outlet_id = s.outlet_id, dated_at = s.dated_at
FROM search_present s
WHERE t.article_id = s.article_id AND (t.outlet_id, t.dated_at) IS DISTINCT FROM (s.outlet_id, s.dated_at);

CREATE OR REPLACE TEMP TABLE search_new AS
SELECT *, row_number() OVER (ORDER BY article_id) AS number, false AS is_in FROM search_present ANTI JOIN core.search_document USING (article_id);
