-- Every address once for an article, none for the address that it goes by. Then every text of a merged article once:
-- the version that was captured first stands for the same text at the other addresses.
CREATE OR REPLACE TEMP TABLE alias_once AS
SELECT url, url_id, article_id, min(reason) AS reason,
       min(first_seen_at) AS first_seen_at, bool_or(is_merged) AS is_merged
FROM core.article_alias
WHERE article_id IN (SELECT article_id FROM touched_article)
GROUP BY url, url_id, article_id;

DELETE FROM core.article_alias WHERE article_id IN (SELECT article_id FROM touched_article);
INSERT INTO core.article_alias BY NAME FROM alias_once WHERE url_id <> article_id;

CREATE OR REPLACE TEMP TABLE folded AS
WITH text AS (
    SELECT v.version_id, v.article_id, v.content_sha256, min(c.captured_at) AS captured_at
    FROM core.article_version v
    JOIN core.capture c USING (version_id)
    WHERE v.article_id IN (SELECT article_id FROM alias_once WHERE is_merged)
    GROUP BY ALL
),
kept AS (
    SELECT version_id, first_value(version_id) OVER (
        PARTITION BY article_id, content_sha256 ORDER BY captured_at, version_id) AS kept_id
    FROM text
)
SELECT version_id, kept_id FROM kept WHERE version_id <> kept_id;

INSERT INTO touched SELECT DISTINCT kept_id FROM folded WHERE kept_id NOT IN (SELECT version_id FROM touched);
UPDATE core.capture t SET version_id = f.kept_id FROM folded f WHERE t.version_id = f.version_id;
DELETE FROM core.article_version WHERE version_id IN (SELECT version_id FROM folded);
DELETE FROM core.claim_mention WHERE version_id IN (SELECT version_id FROM folded);
UPDATE chunk t
SET version_id = f.kept_id, disposition = CASE WHEN t.disposition = 'loaded' THEN 'unchanged' ELSE t.disposition END
FROM folded f
WHERE t.version_id = f.version_id;

-- An AMP copy speaks only where the page itself was never read: its text differs in furniture, not in what the outlet says. Variable: amp.
CREATE OR REPLACE TEMP TABLE copied AS
WITH spoken AS (
    SELECT c.capture_id, c.version_id, v.article_id, regexp_matches(c.url, getvariable('amp')) AS is_amp
    FROM core.capture c
    JOIN core.article_version v USING (version_id)
    WHERE v.article_id IN (SELECT article_id FROM touched_article)
)
SELECT capture_id, version_id FROM spoken QUALIFY is_amp AND NOT bool_and(is_amp) OVER (PARTITION BY article_id);

INSERT INTO touched SELECT DISTINCT version_id FROM copied WHERE version_id NOT IN (SELECT version_id FROM touched);
UPDATE core.capture SET version_id = NULL WHERE capture_id IN (SELECT capture_id FROM copied);
UPDATE chunk SET disposition = 'duplicate' WHERE capture_id IN (SELECT capture_id FROM copied) AND disposition IN ('loaded', 'unchanged');
