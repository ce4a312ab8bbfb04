ALTER TABLE public_identity ADD COLUMN wildcard_prefix TEXT;
CREATE INDEX public_identity_wildcard ON public_identity (wildcard_prefix) WHERE wildcard_prefix IS NOT NULL;
ALTER TABLE pair ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
UPDATE subscription SET provisioned = provisioned || ' ' WHERE provisioned LIKE '%!%';
