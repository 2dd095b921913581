-- The changed articles met their window (table window_met): only what they touch, or touched before, is compared anew.
CREATE OR REPLACE TEMP TABLE window_link AS FROM window_met;
CREATE OR REPLACE TEMP TABLE window_seed AS
SELECT article_id FROM window_stale
UNION
SELECT b FROM core.article_link WHERE a IN (FROM window_stale)
UNION
SELECT a FROM core.article_link WHERE b IN (FROM window_stale);
