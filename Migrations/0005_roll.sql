-- Who may vote: the roll of a vote and its versions, the files it came from, the claims of people to be on it, their
-- declarations, and the packages of voting codes.
--
-- A person on a roll is a person like any other: what a mark refers to. Names, dates and addresses stand here alone,
-- and go when the roll is destroyed; the person and their mark stay.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE vote
    ADD COLUMN roll_fields text[] NOT NULL DEFAULT '{}',
    ADD CONSTRAINT vote_roll_fields CHECK (roll_fields <@ ARRAY[
        'family_name', 'given_names', 'birth_date', 'birth_year', 'address', 'postcode', 'roll_number']),
    DROP CONSTRAINT vote_eligibility,
    ADD CONSTRAINT vote_eligibility CHECK (
        eligibility <@ ARRAY['account', 'code', 'declaration', 'desk', 'roll'] AND cardinality(eligibility) > 0);

-- How somebody came into a voting session: code, roll, declaration, desk.
ALTER TABLE session
    ADD COLUMN method text,
    ADD CONSTRAINT session_method CHECK (method IN ('code', 'roll', 'declaration', 'desk')),
    ADD CONSTRAINT session_method_of_voting CHECK (method IS NULL OR vote_id IS NOT NULL);

-- A file handed in for the roll of a vote. Its state says how far it has come; the rows and pieces below go when it is
-- confirmed or given up. Work in progress moves touched_at: work that stands still can be taken up again.
CREATE TABLE roll_import (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    state text NOT NULL,
    name text NOT NULL,
    bytes bigint NOT NULL DEFAULT 0,
    file_hash bytea,
    separator text,
    encoding text,
    header text[] NOT NULL DEFAULT '{}',
    sample jsonb NOT NULL DEFAULT '[]',
    columns text[] NOT NULL DEFAULT '{}',
    done bigint NOT NULL DEFAULT 0,
    rows bigint NOT NULL DEFAULT 0,
    problems bigint NOT NULL DEFAULT 0,
    added bigint NOT NULL DEFAULT 0,
    changed bigint NOT NULL DEFAULT 0,
    removed bigint NOT NULL DEFAULT 0,
    kept bigint NOT NULL DEFAULT 0,
    minors bigint NOT NULL DEFAULT 0,
    difference jsonb NOT NULL DEFAULT '{}',
    based_on integer NOT NULL DEFAULT 0,
    begun_by uuid,
    begun_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roll_import_pk PRIMARY KEY (id),
    CONSTRAINT roll_import_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT roll_import_account FOREIGN KEY (begun_by) REFERENCES account (id),
    CONSTRAINT roll_import_state CHECK (state IN (
        'receiving', 'mapping', 'reading', 'refused', 'ready', 'applying', 'confirmed', 'given_up')),
    CONSTRAINT roll_import_file_hash CHECK (octet_length(file_hash) = 32)
);
CREATE INDEX roll_import_by_vote ON roll_import (vote_id, id);

-- The file as it came, piece by piece, until it is confirmed or given up.
CREATE TABLE roll_piece (
    import_id uuid NOT NULL,
    place integer NOT NULL,
    bytes bytea NOT NULL,
    CONSTRAINT roll_piece_pk PRIMARY KEY (import_id, place),
    CONSTRAINT roll_piece_import FOREIGN KEY (import_id) REFERENCES roll_import (id) ON DELETE CASCADE
);
ALTER TABLE roll_piece ALTER COLUMN bytes SET STORAGE EXTERNAL;

-- What stands in the way of a file, line by line. No value of the file is kept but what the agent must find again.
CREATE TABLE roll_problem (
    import_id uuid NOT NULL,
    place integer NOT NULL,
    line integer NOT NULL,
    field text NOT NULL,
    reason text NOT NULL,
    argument text NOT NULL,
    CONSTRAINT roll_problem_pk PRIMARY KEY (import_id, place),
    CONSTRAINT roll_problem_import FOREIGN KEY (import_id) REFERENCES roll_import (id) ON DELETE CASCADE
);

-- The rows of a file that was read without a problem, until somebody confirms the difference. Not logged: after a
-- crash the file is read again.
CREATE UNLOGGED TABLE roll_row (
    import_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    source_line integer NOT NULL,
    identity bytea NOT NULL,
    family_name text NOT NULL,
    given_names text NOT NULL,
    birth_date date,
    birth_year smallint,
    address text NOT NULL,
    postcode text NOT NULL,
    district text NOT NULL,
    roll_number text NOT NULL,
    email text NOT NULL,
    family_key text NOT NULL,
    given_key text NOT NULL
);
CREATE INDEX roll_row_by_import ON roll_row (import_id);

-- A version of the roll that an agent confirmed, numbered from 1 within its vote.
CREATE TABLE roll_version (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    number integer NOT NULL,
    size bigint NOT NULL,
    added bigint NOT NULL,
    changed bigint NOT NULL,
    removed bigint NOT NULL,
    kept bigint NOT NULL,
    file_name text NOT NULL,
    file_hash bytea,
    confirmed_by uuid,
    confirmed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roll_version_pk PRIMARY KEY (id),
    CONSTRAINT roll_version_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT roll_version_number UNIQUE (vote_id, number),
    CONSTRAINT roll_version_account FOREIGN KEY (confirmed_by) REFERENCES account (id)
);

-- A person on the roll. The keys are the names as Participation/Rolls/NameText normalises them. The printed line
-- number is settled when the roll is committed, and is the place in the committed tree plus one; who comes later gets
-- the next. Whoever left the roll has removed_at, and a negative line when that was before; whoever has a mark is never
-- removed by a file.
CREATE TABLE roll_entry (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    person_id uuid NOT NULL,
    version integer NOT NULL,
    line integer NOT NULL,
    identity bytea NOT NULL,
    family_name text NOT NULL,
    given_names text NOT NULL,
    birth_date date,
    birth_year smallint,
    address text NOT NULL,
    postcode text NOT NULL,
    district text NOT NULL,
    roll_number text NOT NULL,
    email text NOT NULL,
    family_key text NOT NULL,
    given_key text NOT NULL,
    removed_at timestamptz,
    -- What was committed to the public record, where the entry has changed since.
    committed bytea,
    CONSTRAINT roll_entry_pk PRIMARY KEY (vote_id, id),
    CONSTRAINT roll_entry_version FOREIGN KEY (vote_id, version) REFERENCES roll_version (vote_id, number)
        ON DELETE CASCADE,
    CONSTRAINT roll_entry_person FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT roll_entry_one_person UNIQUE (vote_id, person_id),
    CONSTRAINT roll_entry_identity UNIQUE (vote_id, identity),
    CONSTRAINT roll_entry_line UNIQUE (vote_id, line) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT roll_entry_identity_length CHECK (octet_length(identity) = 16),
    CONSTRAINT roll_entry_birth CHECK (
        birth_date IS NULL OR birth_year IS NOT DISTINCT FROM extract(year FROM birth_date)::smallint)
) PARTITION BY LIST (vote_id);
-- A search types the beginning of names; claims look for equal names, then for equal days of birth.
CREATE INDEX roll_entry_by_family ON roll_entry (vote_id, family_key text_pattern_ops, given_key text_pattern_ops);
CREATE INDEX roll_entry_by_given ON roll_entry (vote_id, given_key text_pattern_ops, family_key text_pattern_ops);
CREATE INDEX roll_entry_by_birth ON roll_entry (vote_id, birth_year, birth_date);
CREATE TABLE roll_entry_few PARTITION OF roll_entry DEFAULT;

-- The first version of a large roll becomes a partition of its own: filled while it has no index, and attached with all
-- of them built at once. A million people into a table with seven indexes take minutes; this takes seconds.
CREATE FUNCTION roll_load(import uuid, vote uuid, version integer) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    part text := 'roll_entry_' || replace(vote::text, '-', '');
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE roll_entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', part);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT roll_entry_of_vote CHECK (vote_id = %L)', part, vote);
    EXECUTE format($load$
        INSERT INTO %I (
            id, vote_id, person_id, version, line, identity, family_name, given_names, birth_date, birth_year, address,
            postcode, district, roll_number, email, family_key, given_key)
        SELECT id, %L, person_id, %L,
               row_number() OVER (ORDER BY family_key COLLATE "C", given_key COLLATE "C", birth_year, birth_date,
                                  source_line),
               identity, family_name, given_names, birth_date, birth_year, address, postcode, district, roll_number,
               email, family_key, given_key
        FROM roll_row WHERE import_id = %L
        $load$, part, vote, version, import);
    -- Before it is attached: whoever reads another roll then waits for none of this.
    EXECUTE format($index$
        ALTER TABLE %1$I ADD PRIMARY KEY (vote_id, id), ADD UNIQUE (vote_id, person_id),
            ADD UNIQUE (vote_id, identity), ADD UNIQUE (vote_id, line) DEFERRABLE INITIALLY IMMEDIATE;
        CREATE INDEX ON %1$I (vote_id, family_key text_pattern_ops, given_key text_pattern_ops);
        CREATE INDEX ON %1$I (vote_id, given_key text_pattern_ops, family_key text_pattern_ops);
        CREATE INDEX ON %1$I (vote_id, birth_year, birth_date);
        $index$, part);
    EXECUTE format('ALTER TABLE roll_entry ATTACH PARTITION %I FOR VALUES IN (%L)', part, vote);
END
$$;

-- The roll that stands in the public record. The seed gives the salt of every commitment and never leaves this table.
CREATE TABLE roll_commitment (
    vote_id uuid NOT NULL,
    version integer NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    seed bytea NOT NULL,
    committed_by uuid,
    committed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roll_commitment_pk PRIMARY KEY (vote_id),
    CONSTRAINT roll_commitment_version FOREIGN KEY (vote_id, version) REFERENCES roll_version (vote_id, number)
        ON DELETE CASCADE,
    CONSTRAINT roll_commitment_account FOREIGN KEY (committed_by) REFERENCES account (id),
    CONSTRAINT roll_commitment_lengths CHECK (octet_length(root) = 32 AND octet_length(seed) = 32)
);

-- An account that was matched to the roll votes under the entry's person.
CREATE TABLE roll_link (
    entry_id uuid NOT NULL,
    vote_id uuid NOT NULL,
    account_id uuid NOT NULL,
    linked_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT roll_link_pk PRIMARY KEY (entry_id),
    CONSTRAINT roll_link_entry FOREIGN KEY (vote_id, entry_id) REFERENCES roll_entry (vote_id, id) ON DELETE CASCADE,
    CONSTRAINT roll_link_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT roll_link_one_entry UNIQUE (vote_id, account_id)
);

-- Somebody says who they are, to vote or to ask for their mark. An exact match is linked at once; a near one waits for
-- a person at the desk. What they typed is erased once it is settled and used, or after a while.
CREATE TABLE roll_claim (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    purpose text NOT NULL,
    typed jsonb NOT NULL,
    email text,
    language text NOT NULL,
    account_id uuid,
    entry_id uuid,
    token_hash bytea,
    made_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    refused_at timestamptz,
    settled_by uuid,
    reason text,
    used_at timestamptz,
    CONSTRAINT roll_claim_pk PRIMARY KEY (id),
    CONSTRAINT roll_claim_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT roll_claim_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT roll_claim_entry FOREIGN KEY (vote_id, entry_id) REFERENCES roll_entry (vote_id, id) ON DELETE CASCADE,
    CONSTRAINT roll_claim_settler FOREIGN KEY (settled_by) REFERENCES account (id),
    CONSTRAINT roll_claim_token UNIQUE (token_hash),
    CONSTRAINT roll_claim_purpose CHECK (purpose IN ('vote', 'mark')),
    CONSTRAINT roll_claim_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT roll_claim_settled_once CHECK (num_nonnulls(accepted_at, refused_at) <= 1),
    CONSTRAINT roll_claim_accepted_for CHECK (accepted_at IS NULL OR entry_id IS NOT NULL),
    CONSTRAINT roll_claim_refused_because CHECK (refused_at IS NULL OR reason <> '')
);
CREATE INDEX roll_claim_waiting ON roll_claim (vote_id, made_at) WHERE accepted_at IS NULL AND refused_at IS NULL;
CREATE INDEX roll_claim_by_expiry ON roll_claim (expires_at);

-- Somebody without a roll declares who they are. One person per declared identity and vote.
CREATE TABLE declaration (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    person_id uuid NOT NULL,
    identity bytea NOT NULL,
    name text NOT NULL,
    birth_year smallint NOT NULL,
    tie text NOT NULL,
    email text,
    language text NOT NULL,
    token_hash bytea,
    made_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    confirmed_at timestamptz,
    confirmed_by uuid,
    CONSTRAINT declaration_pk PRIMARY KEY (id),
    CONSTRAINT declaration_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT declaration_person FOREIGN KEY (person_id) REFERENCES person (id),
    CONSTRAINT declaration_officer FOREIGN KEY (confirmed_by) REFERENCES account (id),
    CONSTRAINT declaration_token UNIQUE (token_hash),
    CONSTRAINT declaration_birth_year CHECK (birth_year BETWEEN 1880 AND 2200),
    CONSTRAINT declaration_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT declaration_identity_length CHECK (octet_length(identity) = 32)
);
CREATE UNIQUE INDEX declaration_one_identity ON declaration (vote_id, identity) WHERE confirmed_at IS NOT NULL;
CREATE INDEX declaration_by_expiry ON declaration (expires_at) WHERE confirmed_at IS NULL;

-- A package of voting codes, made at once and printed at once.
CREATE TABLE code_package (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    number integer NOT NULL,
    label text NOT NULL,
    size bigint NOT NULL,
    is_test boolean NOT NULL,
    on_roll boolean NOT NULL,
    made_by uuid,
    made_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT code_package_pk PRIMARY KEY (id),
    CONSTRAINT code_package_vote FOREIGN KEY (vote_id) REFERENCES vote (id) ON DELETE CASCADE,
    CONSTRAINT code_package_number UNIQUE (vote_id, number),
    CONSTRAINT code_package_account FOREIGN KEY (made_by) REFERENCES account (id),
    CONSTRAINT code_package_test_is_nobody CHECK (NOT (is_test AND on_roll))
);

-- The state of a code is what is there: a test code of a test package, void since voided_on, used since used_on, else
-- issued. Days only: a code of a roll names a person.
ALTER TABLE voting_code
    ADD COLUMN package_id uuid,
    ADD COLUMN number integer,
    ADD COLUMN is_test boolean NOT NULL DEFAULT false,
    ADD COLUMN used_on date,
    ADD COLUMN voided_on date,
    ADD COLUMN voided_because text,
    ADD CONSTRAINT voting_code_package FOREIGN KEY (package_id) REFERENCES code_package (id) ON DELETE CASCADE,
    ADD CONSTRAINT voting_code_number UNIQUE (package_id, number),
    ADD CONSTRAINT voting_code_void_because CHECK ((voided_on IS NULL) = (voided_because IS NULL)),
    ADD CONSTRAINT voting_code_test_unused CHECK (NOT is_test OR used_on IS NULL),
    DROP CONSTRAINT voting_code_one_person;
-- A lost letter is made void and another one written: one living code per person.
CREATE UNIQUE INDEX voting_code_one_living ON voting_code (person_id) WHERE voided_on IS NULL;
