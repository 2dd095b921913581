-- Claims are of clauses: a link tells which part of the mention's sentence states the claim, and whether the mention's own words do. Links
-- from before have none and mean the mention's content; the next comparison of a story writes its links anew.
ALTER TABLE core.claim_link ADD COLUMN clause_start BIGINT;
ALTER TABLE core.claim_link ADD COLUMN clause_end BIGINT;
ALTER TABLE core.claim_link ADD COLUMN is_told BOOLEAN;
