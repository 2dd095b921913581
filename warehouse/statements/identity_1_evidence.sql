-- Captures of a chunk whose page was asked for, or answered, under another address than its own. Variable: landing.
SELECT c.url, c.final_url, a.canonical_url, a.article_id, min(c.first_seen_at)
FROM chunk k
JOIN read_parquet(getvariable('landing') || '/capture.parquet') c USING (capture_id)
JOIN (SELECT DISTINCT article_id, canonical_url FROM read_parquet(getvariable('landing') || '/article.parquet')) a USING (article_id)
WHERE c.url <> a.canonical_url OR c.final_url <> a.canonical_url
GROUP BY ALL
ORDER BY ALL;
