-- People, their accounts and sessions, the roles they hold, the register of acts and the outgoing mail.
--
-- A person is what a mark on a roll refers to: it outlives the account, carries no name, and is never deleted while
-- a vote needs it. Everything that identifies somebody lies in account and in sign_up, and is erased there.
-- Tokens are stored as keyed hashes only: a copy of this database opens no session and no mailbox link.

CREATE TABLE person (
    id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT person_pkey PRIMARY KEY (id)
);

CREATE TABLE account (
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    email text,
    password_hash text,
    name text NOT NULL,
    language text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz,
    closed_at timestamptz,
    CONSTRAINT account_pkey PRIMARY KEY (id),
    CONSTRAINT account_person_fkey FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT account_email_once UNIQUE (email),
    CONSTRAINT account_email_normalised CHECK (
        email = lower(email) AND char_length(email) <= 254 AND email !~ '[[:space:][:cntrl:]]'),
    CONSTRAINT account_password_hashed CHECK (password_hash LIKE '$argon2id$%'),
    CONSTRAINT account_name_length CHECK (char_length(name) <= 100),
    CONSTRAINT account_language_known CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT account_erased_when_closed CHECK (
        closed_at IS NULL OR (email IS NULL AND password_hash IS NULL AND name = '')),
    CONSTRAINT account_named_when_open CHECK (closed_at IS NOT NULL OR name <> '')
);

-- One open account per person; closed ones stay beside it, since acts refer to them.
CREATE UNIQUE INDEX account_one_open_per_person ON account (person_id) WHERE closed_at IS NULL;

-- Whoever closes an account and comes back with the same address is the same person again, and cannot vote twice.
-- Only a keyed hash of the address remains, and it is forgotten after a while.
CREATE TABLE former_address (
    address_hash bytea NOT NULL,
    person_id uuid NOT NULL,
    forget_after timestamptz NOT NULL,
    CONSTRAINT former_address_pkey PRIMARY KEY (address_hash),
    CONSTRAINT former_address_person_fkey FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT former_address_hash_length CHECK (octet_length(address_hash) = 32)
);

-- A request for an account that waits for its address to be confirmed. Several may wait for one address: the first
-- one confirmed wins, by account_email_once.
CREATE TABLE sign_up (
    token_hash bytea NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT sign_up_pkey PRIMARY KEY (token_hash),
    CONSTRAINT sign_up_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT sign_up_email_normalised CHECK (
        email = lower(email) AND char_length(email) <= 254 AND email !~ '[[:space:][:cntrl:]]'),
    CONSTRAINT sign_up_password_hashed CHECK (password_hash LIKE '$argon2id$%'),
    CONSTRAINT sign_up_name_length CHECK (char_length(name) BETWEEN 1 AND 100),
    CONSTRAINT sign_up_language_known CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT sign_up_expires_later CHECK (expires_at > created_at)
);

CREATE INDEX sign_up_by_email ON sign_up (email);
CREATE INDEX sign_up_by_expiry ON sign_up (expires_at);

CREATE TABLE password_reset (
    token_hash bytea NOT NULL,
    account_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    CONSTRAINT password_reset_pkey PRIMARY KEY (token_hash),
    CONSTRAINT password_reset_account_fkey FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT password_reset_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT password_reset_expires_later CHECK (expires_at > created_at)
);

CREATE INDEX password_reset_by_account ON password_reset (account_id);
CREATE INDEX password_reset_by_expiry ON password_reset (expires_at);

-- A session belongs either to an account, or to a person whose voting code opened it for one vote alone.
-- When the token is replaced, the one before still opens it for the requests that are already on their way.
CREATE TABLE session (
    id uuid NOT NULL,
    token_hash bytea NOT NULL,
    account_id uuid,
    vote_id uuid,
    person_id uuid,
    device text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    renewal_due boolean NOT NULL DEFAULT false,
    previous_hash bytea,
    renewed_at timestamptz,
    CONSTRAINT session_pkey PRIMARY KEY (id),
    CONSTRAINT session_token_once UNIQUE (token_hash),
    CONSTRAINT session_previous_once UNIQUE (previous_hash),
    CONSTRAINT session_renewed_from CHECK ((previous_hash IS NULL) = (renewed_at IS NULL)),
    CONSTRAINT session_account_fkey FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT session_person_fkey FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT session_hash_length CHECK (octet_length(token_hash) = 32),
    CONSTRAINT session_account_or_code CHECK (num_nonnulls(account_id, vote_id) = 1),
    CONSTRAINT session_code_names_person CHECK ((vote_id IS NULL) = (person_id IS NULL)),
    CONSTRAINT session_device_coarse CHECK (char_length(device) <= 60)
);

CREATE INDEX session_by_account ON session (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX session_by_person ON session (person_id) WHERE person_id IS NOT NULL;
CREATE INDEX session_by_expiry ON session (expires_at);

-- Attempts counted by keyed hash of what was tried and of the network it came from; no address is kept.
CREATE TABLE throttle (
    key bytea NOT NULL,
    spent double precision NOT NULL,
    updated_at timestamptz NOT NULL,
    blocked_until timestamptz NOT NULL,
    CONSTRAINT throttle_pkey PRIMARY KEY (key),
    CONSTRAINT throttle_key_length CHECK (octet_length(key) = 32),
    CONSTRAINT throttle_spent_positive CHECK (spent >= 0)
);

CREATE INDEX throttle_by_age ON throttle (updated_at);

-- The roles of the voting by-law, given for everything, for one process or for one vote.
-- granted_by and revoked_by are null when the operator did it from the command line.
CREATE TABLE role_grant (
    id uuid NOT NULL,
    role text NOT NULL,
    account_id uuid NOT NULL,
    process_id uuid,
    vote_id uuid,
    granted_by uuid,
    granted_at timestamptz NOT NULL DEFAULT now(),
    revoked_by uuid,
    revoked_at timestamptz,
    CONSTRAINT role_grant_pkey PRIMARY KEY (id),
    CONSTRAINT role_grant_account_fkey FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT role_grant_granted_by_fkey FOREIGN KEY (granted_by) REFERENCES account (id),
    CONSTRAINT role_grant_revoked_by_fkey FOREIGN KEY (revoked_by) REFERENCES account (id),
    CONSTRAINT role_grant_role_known CHECK (role IN (
        'administrator', 'participation_agent', 'moderator', 'examiner', 'polling_officer', 'entry_operator',
        'adjudicator', 'returning_officer', 'custodian', 'auditor')),
    CONSTRAINT role_grant_one_scope CHECK (num_nonnulls(process_id, vote_id) <= 1),
    CONSTRAINT role_grant_administrator_everywhere CHECK (
        role <> 'administrator' OR num_nonnulls(process_id, vote_id) = 0),
    CONSTRAINT role_grant_revoked_after CHECK (
        revoked_at >= granted_at AND (revoked_at IS NOT NULL OR revoked_by IS NULL))
);

CREATE UNIQUE INDEX role_grant_held_once ON role_grant (account_id, role, process_id, vote_id) NULLS NOT DISTINCT
    WHERE revoked_at IS NULL;
CREATE INDEX role_grant_by_role ON role_grant (role) WHERE revoked_at IS NULL;
CREATE INDEX role_grant_by_process ON role_grant (process_id) WHERE process_id IS NOT NULL;
CREATE INDEX role_grant_by_vote ON role_grant (vote_id) WHERE vote_id IS NOT NULL;

-- The register of acts: who did what to what, and in which role. Rows are only ever added.
CREATE TABLE act (
    id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    account_id uuid,
    role text,
    act text NOT NULL,
    object_kind text NOT NULL,
    object_id uuid,
    detail jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT act_pkey PRIMARY KEY (id),
    CONSTRAINT act_account_fkey FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT act_actor_known CHECK (actor IN ('official', 'resident', 'code', 'visitor', 'operator', 'system')),
    CONSTRAINT act_account_named CHECK ((actor IN ('official', 'resident')) = (account_id IS NOT NULL)),
    CONSTRAINT act_role_named CHECK ((actor = 'official') = (role IS NOT NULL)),
    CONSTRAINT act_act_is_a_name CHECK (act ~ '^[a-z][a-z_]*$' AND object_kind ~ '^[a-z][a-z_]*$'),
    CONSTRAINT act_detail_is_object CHECK (jsonb_typeof(detail) = 'object')
);

CREATE INDEX act_by_object ON act (object_kind, object_id, id);
CREATE INDEX act_by_account ON act (account_id, id) WHERE account_id IS NOT NULL;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER act_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON act
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Mail to send, written in the transaction of the act it tells of. Once sent, a row keeps no address and no words.
CREATE TABLE outbox (
    id uuid NOT NULL,
    kind text NOT NULL,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    language text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    failed_at timestamptz,
    last_error text,
    CONSTRAINT outbox_pkey PRIMARY KEY (id),
    CONSTRAINT outbox_kind_is_a_name CHECK (kind ~ '^[a-z][a-z_]*$'),
    CONSTRAINT outbox_language_known CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT outbox_one_line_headers CHECK (recipient !~ '[[:cntrl:]]' AND subject !~ '[[:cntrl:]]'),
    CONSTRAINT outbox_attempts_positive CHECK (attempts >= 0),
    CONSTRAINT outbox_sent_or_failed CHECK (num_nonnulls(sent_at, failed_at) <= 1),
    CONSTRAINT outbox_erased_when_done CHECK (
        num_nonnulls(sent_at, failed_at) = 0 OR (recipient = '' AND subject = '' AND body = ''))
);

CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_by_age ON outbox (created_at);
