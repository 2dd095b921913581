-- Results of checks are kept by run: of which batch, and whether they stop the publication.
ALTER TABLE ops.check_result ADD COLUMN batch_key VARCHAR;
ALTER TABLE ops.check_result ADD COLUMN severity VARCHAR;
UPDATE ops.check_result SET severity = 'error';
