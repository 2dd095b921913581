-- Take away what was made of the articles in the window; runs in the transaction that writes it anew.
CREATE OR REPLACE TEMP TABLE window_story AS
SELECT DISTINCT story_id FROM core.story_article WHERE article_id IN (FROM window_article);
CREATE OR REPLACE TEMP TABLE window_before AS
SELECT article_id, story_id FROM core.story_article WHERE article_id IN (FROM window_article);
CREATE OR REPLACE TEMP TABLE window_claim AS
SELECT claim_id FROM core.claim WHERE story_id IN (FROM window_story);

DELETE FROM core.silence WHERE claim_id IN (FROM window_claim);
DELETE FROM core.agreement WHERE claim_id IN (FROM window_claim);
DELETE FROM core.claim_link WHERE claim_id IN (FROM window_claim);
DELETE FROM core.claim WHERE claim_id IN (FROM window_claim);
DELETE FROM core.story WHERE story_id IN (FROM window_story);
DELETE FROM core.story_article WHERE article_id IN (FROM window_article);
DELETE FROM core.copy_group WHERE article_id IN (FROM window_article);
-- a pair with one end outside the window still holds, unless the text of an end changed
DELETE FROM core.copy_pair
WHERE (a IN (FROM window_article) AND b IN (FROM window_article))
   OR a IN (SELECT article_id FROM ops.stale_article) OR b IN (SELECT article_id FROM ops.stale_article);
DELETE FROM core.copy_span
WHERE (a IN (FROM window_article) AND b IN (FROM window_article))
   OR a IN (SELECT article_id FROM ops.stale_article) OR b IN (SELECT article_id FROM ops.stale_article);
DELETE FROM core.article_link WHERE a IN (FROM window_stale) OR b IN (FROM window_stale);
DELETE FROM core.article_vector WHERE version_id NOT IN (SELECT version_id FROM core.article_version);
DELETE FROM ops.stale_article WHERE dated_at BETWEEN getvariable('stale_first') AND getvariable('stale_last');
