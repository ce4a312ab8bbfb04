CREATE TABLE subscription (
    id TEXT PRIMARY KEY NOT NULL,
    version BIGINT NOT NULL,
    provisioned TEXT NOT NULL,
    scscf_name TEXT,
    scscf_host TEXT,
    scscf_realm TEXT,
    reassignment_pending SMALLINT NOT NULL
);
CREATE TABLE private_identity (
    impi TEXT PRIMARY KEY NOT NULL,
    subscription TEXT NOT NULL
);
CREATE INDEX private_identity_subscription ON private_identity (subscription);
CREATE TABLE public_identity (
    impu TEXT PRIMARY KEY NOT NULL,
    subscription TEXT NOT NULL,
    unregistered SMALLINT NOT NULL
);
CREATE INDEX public_identity_subscription ON public_identity (subscription);
CREATE TABLE pair (
    impi TEXT NOT NULL,
    impu TEXT NOT NULL,
    subscription TEXT NOT NULL,
    registered SMALLINT NOT NULL,
    authentication_pending SMALLINT NOT NULL,
    PRIMARY KEY (impi, impu)
);
CREATE INDEX pair_subscription ON pair (subscription);
CREATE TABLE backup (
    impi TEXT NOT NULL,
    impu TEXT NOT NULL,
    subscription TEXT NOT NULL,
    restoration_info BLOB NOT NULL,
    PRIMARY KEY (impi, impu)
);
CREATE INDEX backup_subscription ON backup (subscription);
