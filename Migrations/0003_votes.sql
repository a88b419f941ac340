-- A vote, from its draft to its published result. What happened to it is the presence of a row:
-- vote_opening, vote_closing, vote_count, vote_publication.

CREATE TABLE vote (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    slug text NOT NULL,
    title jsonb NOT NULL,
    description jsonb NOT NULL,
    languages text[] NOT NULL,
    budget bigint NOT NULL,
    currency text NOT NULL,
    ballot_type text NOT NULL,
    minimum integer NOT NULL,
    maximum integer NOT NULL,
    budget_limit bigint,
    points_per_project integer NOT NULL,
    points_in_total integer NOT NULL,
    grades text[] NOT NULL,
    rule text NOT NULL,
    tie text NOT NULL,
    threshold bigint,
    step bigint,
    eligibility text[] NOT NULL,
    channels text[] NOT NULL,
    policy text NOT NULL,
    revote boolean NOT NULL,
    minimum_age integer NOT NULL,
    small_cell integer NOT NULL,
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    demonstration boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT vote_pk PRIMARY KEY (id),
    CONSTRAINT vote_process FOREIGN KEY (process_id) REFERENCES process (id),
    CONSTRAINT vote_slug UNIQUE (slug),
    CONSTRAINT vote_slug_form CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 60),
    CONSTRAINT vote_budget CHECK (budget > 0),
    CONSTRAINT vote_currency CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT vote_ballot_type CHECK (ballot_type IN ('approval', 'points', 'ranking', 'grades')),
    CONSTRAINT vote_limits CHECK (minimum >= 0 AND maximum >= 1 AND maximum >= minimum),
    CONSTRAINT vote_budget_limit CHECK (budget_limit > 0),
    CONSTRAINT vote_points CHECK (points_per_project BETWEEN 0 AND 9999 AND points_in_total BETWEEN 0 AND 999999),
    CONSTRAINT vote_policy CHECK (policy IN ('first_stands', 'paper_prevails', 'online_prevails')),
    CONSTRAINT vote_channels CHECK (channels <@ ARRAY['online', 'kiosk', 'paper'] AND cardinality(channels) > 0),
    CONSTRAINT vote_eligibility CHECK (
        eligibility <@ ARRAY['account', 'code', 'roll', 'desk'] AND cardinality(eligibility) > 0),
    CONSTRAINT vote_small_cell CHECK (small_cell BETWEEN 1 AND 1000),
    CONSTRAINT vote_minimum_age CHECK (minimum_age BETWEEN 0 AND 120),
    CONSTRAINT vote_timetable CHECK (closes_at > opens_at)
);
CREATE INDEX vote_by_process ON vote (process_id);

ALTER TABLE role_grant
    ADD CONSTRAINT role_grant_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE;

CREATE TABLE project (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    number integer NOT NULL,
    key text NOT NULL,
    title jsonb NOT NULL,
    description jsonb NOT NULL,
    cost bigint NOT NULL,
    district text,
    category text,
    CONSTRAINT project_pk PRIMARY KEY (id),
    CONSTRAINT project_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT project_number UNIQUE (vote_id, number),
    CONSTRAINT project_key UNIQUE (vote_id, key),
    CONSTRAINT project_cost CHECK (cost >= 0),
    CONSTRAINT project_key_form CHECK (length(key) BETWEEN 1 AND 100)
);

-- The pair of keys made before opening: only the public half is kept; the private half is in the custodian's file.
CREATE TABLE vote_seal (
    vote_id uuid NOT NULL,
    public_key bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT vote_seal_pk PRIMARY KEY (vote_id),
    CONSTRAINT vote_seal_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT vote_seal_length CHECK (octet_length(public_key) = 32)
);

CREATE TABLE vote_opening (
    vote_id uuid NOT NULL,
    definition bytea NOT NULL,
    definition_hash bytea NOT NULL,
    origin text NOT NULL,
    log_key bytea NOT NULL,
    seal_key bytea NOT NULL,
    opened_at timestamptz NOT NULL,
    CONSTRAINT vote_opening_pk PRIMARY KEY (vote_id),
    CONSTRAINT vote_opening_vote FOREIGN KEY (vote_id) REFERENCES vote (id),
    CONSTRAINT vote_opening_origin UNIQUE (origin),
    CONSTRAINT vote_opening_keys CHECK (octet_length(log_key) = 32 AND octet_length(seal_key) = 32),
    CONSTRAINT vote_opening_hash CHECK (definition_hash = sha256(definition))
);

CREATE TABLE vote_closing (
    vote_id uuid NOT NULL,
    closed_at timestamptz NOT NULL,
    CONSTRAINT vote_closing_pk PRIMARY KEY (vote_id),
    CONSTRAINT vote_closing_opening FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id)
);

CREATE TABLE vote_count (
    vote_id uuid NOT NULL,
    result bytea NOT NULL,
    counted_at timestamptz NOT NULL,
    CONSTRAINT vote_count_pk PRIMARY KEY (vote_id),
    CONSTRAINT vote_count_closing FOREIGN KEY (vote_id) REFERENCES vote_closing (vote_id)
);

CREATE TABLE vote_publication (
    vote_id uuid NOT NULL,
    published_at timestamptz NOT NULL,
    CONSTRAINT vote_publication_pk PRIMARY KEY (vote_id),
    CONSTRAINT vote_publication_count FOREIGN KEY (vote_id) REFERENCES vote_count (vote_id)
);

-- A one-time voting code belongs to a person about whom nothing else is known; only its keyed hash is stored.
CREATE TABLE voting_code (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    person_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT voting_code_pk PRIMARY KEY (id),
    CONSTRAINT voting_code_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT voting_code_person FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT voting_code_once UNIQUE (vote_id, code_hash),
    CONSTRAINT voting_code_one_person UNIQUE (person_id)
);

-- One live mark per person and vote, whatever the channel: the fact on which the whole count rests.
CREATE TABLE mark (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    person_id uuid NOT NULL,
    credential bytea NOT NULL,
    channel text NOT NULL,
    made_at timestamptz NOT NULL,
    annulled_at timestamptz,
    annulled_because text,
    CONSTRAINT mark_pk PRIMARY KEY (id),
    CONSTRAINT mark_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT mark_person FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT mark_credential UNIQUE (credential),
    CONSTRAINT mark_credential_length CHECK (octet_length(credential) = 16),
    CONSTRAINT mark_channel CHECK (channel IN ('online', 'kiosk', 'paper')),
    CONSTRAINT mark_annulment CHECK ((annulled_at IS NULL) = (annulled_because IS NULL))
);
CREATE UNIQUE INDEX mark_one_per_person ON mark (vote_id, person_id) WHERE annulled_at IS NULL;

-- The live envelope of a mark; a later ballot of the same person takes its place.
CREATE TABLE sealed_ballot (
    mark_id uuid NOT NULL,
    envelope bytea NOT NULL,
    CONSTRAINT sealed_ballot_pk PRIMARY KEY (mark_id),
    CONSTRAINT sealed_ballot_mark FOREIGN KEY (mark_id) REFERENCES mark (id)
);

-- What a resident sees again after casting, readable only with the token in their address bar.
CREATE TABLE receipt (
    token_hash bytea NOT NULL,
    vote_id uuid NOT NULL,
    sealed bytea NOT NULL,
    CONSTRAINT receipt_pk PRIMARY KEY (token_hash),
    CONSTRAINT receipt_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id)
);

-- Choices not yet confirmed, encrypted with a key that only the resident's session cookie gives.
CREATE TABLE basket (
    session_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    sealed bytea NOT NULL,
    saved_at timestamptz NOT NULL DEFAULT now(),
    reminded_at timestamptz,
    CONSTRAINT basket_pk PRIMARY KEY (session_id, vote_id),
    CONSTRAINT basket_session FOREIGN KEY (session_id) REFERENCES session (id) ON DELETE CASCADE,
    CONSTRAINT basket_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id)
);
CREATE INDEX basket_to_remind ON basket (saved_at) WHERE reminded_at IS NULL;
