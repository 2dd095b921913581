-- Arrow tables of one Comparison, registered under the names of its fields.
INSERT INTO core.copy_pair BY NAME FROM compared_copies;
INSERT INTO core.copy_span BY NAME FROM compared_spans;
INSERT INTO core.copy_group BY NAME FROM compared_groups;
INSERT INTO core.story BY NAME FROM compared_stories;
INSERT INTO core.story_article BY NAME FROM compared_members;
INSERT INTO core.claim BY NAME FROM compared_claims;
INSERT INTO core.claim_link BY NAME FROM compared_links;
INSERT INTO core.agreement BY NAME FROM compared_agreements;
INSERT INTO core.silence BY NAME FROM compared_silences;
