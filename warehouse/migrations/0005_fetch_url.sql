-- A page may be fetched from elsewhere than its own address: a capture of a web archive.
ALTER TABLE core.capture ADD COLUMN hint.fetch_url VARCHAR;
