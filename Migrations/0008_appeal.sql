-- What happens when nobody can contest a vote any more, and the address of an account that is about to change.

-- How many days after its result a vote can be contested; then its envelopes may be destroyed.
ALTER TABLE vote
    ADD COLUMN appeal_days integer NOT NULL DEFAULT 30,
    ADD CONSTRAINT vote_appeal_days CHECK (appeal_days BETWEEN 0 AND 3650);

-- The envelopes, the receipts and the link between people and credentials are destroyed.
CREATE TABLE vote_destruction (
    vote_id uuid NOT NULL,
    destroyed_at timestamptz NOT NULL,
    CONSTRAINT vote_destruction_pk PRIMARY KEY (vote_id),
    CONSTRAINT vote_destruction_publication FOREIGN KEY (vote_id) REFERENCES vote_publication (vote_id)
);

-- A mark outlives its credential: it still says that the person has voted, and no longer which envelope was theirs.
ALTER TABLE mark ALTER COLUMN credential DROP NOT NULL;

-- A new address that waits for its letter to be answered. Several may wait: the first one confirmed wins, by
-- account_email_once.
CREATE TABLE address_change (
    token_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    email text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT address_change_pk PRIMARY KEY (token_hash),
    CONSTRAINT address_change_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT address_change_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT address_change_normalised CHECK (
        email = lower(email) AND char_length(email) <= 254 AND email !~ '[[:space:][:cntrl:]]'),
    CONSTRAINT address_change_expires_later CHECK (expires_at > created_at)
);
CREATE INDEX address_change_by_account ON address_change (account_id);
CREATE INDEX address_change_by_expiry ON address_change (expires_at);
