-- Articles that the changed ones may belong with. Variables: window_first, window_last, stale_first, stale_last.
CREATE OR REPLACE TEMP TABLE window_stale AS
SELECT DISTINCT article_id FROM ops.stale_article WHERE dated_at BETWEEN getvariable('stale_first') AND getvariable('stale_last');
CREATE OR REPLACE TEMP TABLE window_article AS
SELECT article_id FROM core.current_version WHERE dated_at BETWEEN getvariable('window_first') AND getvariable('window_last')
UNION
SELECT article_id FROM window_stale;
CREATE OR REPLACE TEMP TABLE window_link (a UUID, b UUID, likeness DOUBLE, method VARCHAR);
CREATE OR REPLACE TEMP TABLE window_seed AS FROM window_article;
