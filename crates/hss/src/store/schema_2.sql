ALTER TABLE subscription ADD COLUMN provision BIGINT NOT NULL DEFAULT 0;
CREATE TABLE sequence_number (
    impi TEXT PRIMARY KEY NOT NULL,
    subscription TEXT NOT NULL,
    sqn BIGINT NOT NULL
);
CREATE INDEX sequence_number_subscription ON sequence_number (subscription);
CREATE TABLE notice (
    id BIGINT PRIMARY KEY NOT NULL,
    subscription TEXT NOT NULL,
    content TEXT NOT NULL
);
