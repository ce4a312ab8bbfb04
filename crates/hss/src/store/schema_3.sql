ALTER TABLE subscription ADD COLUMN holding_name TEXT;
ALTER TABLE subscription ADD COLUMN holding_host TEXT;
ALTER TABLE subscription ADD COLUMN holding_realm TEXT;
