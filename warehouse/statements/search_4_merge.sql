-- The segments from `first` to `last` of table `search_run` become one, with the postings of table `search_joined`.
DELETE FROM core.search_posting WHERE first_document BETWEEN (SELECT first FROM search_run) AND (SELECT last FROM search_run);

INSERT INTO core.search_posting BY NAME
SELECT r.first::INTEGER AS first_document, j.* FROM search_joined j CROSS JOIN search_run r;

CREATE OR REPLACE TEMP TABLE search_merged AS
SELECT min(first_document) AS first_document, sum(documents)::INTEGER AS documents, sum(words)::BIGINT AS words
FROM core.search_segment
WHERE first_document BETWEEN (SELECT first FROM search_run) AND (SELECT last FROM search_run);

DELETE FROM core.search_segment WHERE first_document BETWEEN (SELECT first FROM search_run) AND (SELECT last FROM search_run);
INSERT INTO core.search_segment BY NAME FROM search_merged;
