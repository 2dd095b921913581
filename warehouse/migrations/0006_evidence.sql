-- Where each value of a text's record was found, what was refused, and who signs it besides people.
ALTER TABLE core.article_version ADD COLUMN signed VARCHAR[] DEFAULT [];
ALTER TABLE core.article_version ALTER COLUMN signed SET NOT NULL;
ALTER TABLE core.article_version ADD COLUMN evidence MAP(VARCHAR, VARCHAR) DEFAULT MAP {};
ALTER TABLE core.article_version ALTER COLUMN evidence SET NOT NULL;
ALTER TABLE core.article_version ADD COLUMN refused VARCHAR[] DEFAULT [];
ALTER TABLE core.article_version ALTER COLUMN refused SET NOT NULL;
