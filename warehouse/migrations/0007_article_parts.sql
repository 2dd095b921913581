-- Live posts, update notes and the printed byline of a text.
ALTER TABLE core.article_version ADD COLUMN posts STRUCT(posted_at TIMESTAMP, headline VARCHAR, start BIGINT, "end" BIGINT)[] DEFAULT [];
ALTER TABLE core.article_version ALTER COLUMN posts SET NOT NULL;
ALTER TABLE core.article_version ADD COLUMN updates VARCHAR[] DEFAULT [];
ALTER TABLE core.article_version ALTER COLUMN updates SET NOT NULL;
ALTER TABLE core.article_version ADD COLUMN byline VARCHAR;
