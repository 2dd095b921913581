-- Every article is in the search index once, with its present text, outlet and time.
SELECT 'not indexed' AS fault, article_id FROM core.current_version ANTI JOIN core.search_document USING (article_id, version_id, outlet_id, dated_at)
UNION ALL
SELECT 'no article', article_id FROM core.search_document ANTI JOIN core.article USING (article_id)
UNION ALL
SELECT 'twice', article_id FROM core.search_document GROUP BY article_id HAVING count(*) > 1;
