-- Proposals that somebody else writes down: co-authors by invitation, and what comes from paper, the desk, another
-- platform's file or a walk.

-- An invitation to write a draft together. The address is erased as soon as the invitation is answered or taken back;
-- its keyed hash remains, so that whoever declined is not asked again for the same proposal.
CREATE TABLE proposal_invitation (
    id uuid NOT NULL,
    proposal_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    address_hash bytea NOT NULL,
    email text,
    invited_by uuid NOT NULL,
    invited_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    declined_at timestamptz,
    CONSTRAINT proposal_invitation_pk PRIMARY KEY (id),
    CONSTRAINT proposal_invitation_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id) ON DELETE CASCADE,
    CONSTRAINT proposal_invitation_by FOREIGN KEY (invited_by) REFERENCES account (id),
    CONSTRAINT proposal_invitation_token UNIQUE (token_hash),
    CONSTRAINT proposal_invitation_once UNIQUE (proposal_id, address_hash),
    CONSTRAINT proposal_invitation_hashes CHECK (octet_length(token_hash) = 32 AND octet_length(address_hash) = 32),
    CONSTRAINT proposal_invitation_answer CHECK (num_nonnulls(accepted_at, declined_at) <= 1),
    CONSTRAINT proposal_invitation_erased CHECK (num_nonnulls(accepted_at, declined_at, email) = 1)
);

-- Where a proposal comes from when its author did not write it here. One reference makes one proposal in a process.
CREATE TABLE proposal_source (
    proposal_id uuid NOT NULL,
    process_id uuid NOT NULL,
    kind text NOT NULL,
    reference text,
    CONSTRAINT proposal_source_pk PRIMARY KEY (proposal_id),
    CONSTRAINT proposal_source_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id) ON DELETE CASCADE,
    CONSTRAINT proposal_source_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT proposal_source_once UNIQUE (process_id, kind, reference),
    CONSTRAINT proposal_source_kind CHECK (kind IN ('paper', 'desk', 'import', 'walk')),
    CONSTRAINT proposal_source_reference CHECK (char_length(reference) BETWEEN 1 AND 200)
);

-- Somebody helped to make a proposal is in the register of help as others are.
ALTER TABLE assisted_act
    ADD COLUMN proposal_id uuid,
    ADD CONSTRAINT assisted_act_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id),
    DROP CONSTRAINT assisted_act_known,
    ADD CONSTRAINT assisted_act_known CHECK (act IN ('account', 'kiosk', 'proposal')),
    ADD CONSTRAINT assisted_act_names_proposal CHECK ((act = 'proposal') = (proposal_id IS NOT NULL));
CREATE INDEX assisted_act_by_proposal ON assisted_act (proposal_id) WHERE proposal_id IS NOT NULL;

-- A file of proposals from another platform: received, its columns named, tried, and written in parts that can be
-- interrupted. The file itself is forgotten once it has been written or given up.
CREATE TABLE proposal_import (
    id uuid NOT NULL,
    process_id uuid NOT NULL,
    name text NOT NULL,
    file bytea NOT NULL,
    header text[] NOT NULL,
    sample jsonb NOT NULL,
    columns text[] NOT NULL,
    language text NOT NULL,
    state text NOT NULL DEFAULT 'mapping',
    rows integer NOT NULL DEFAULT 0,
    fresh integer NOT NULL DEFAULT 0,
    known integer NOT NULL DEFAULT 0,
    wrong integer NOT NULL DEFAULT 0,
    done integer NOT NULL DEFAULT 0,
    begun_by uuid,
    begun_at timestamptz NOT NULL DEFAULT now(),
    touched_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT proposal_import_pk PRIMARY KEY (id),
    CONSTRAINT proposal_import_process FOREIGN KEY (process_id) REFERENCES process (id) ON DELETE CASCADE,
    CONSTRAINT proposal_import_by FOREIGN KEY (begun_by) REFERENCES account (id),
    CONSTRAINT proposal_import_columns CHECK (cardinality(columns) = cardinality(header)),
    CONSTRAINT proposal_import_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT proposal_import_state CHECK (state IN ('mapping', 'tried', 'writing', 'written', 'given_up')),
    CONSTRAINT proposal_import_forgotten CHECK (state NOT IN ('written', 'given_up') OR length(file) = 0)
);
CREATE INDEX proposal_import_by_process ON proposal_import (process_id, id);

ALTER TABLE proposal_import ALTER COLUMN file SET STORAGE EXTERNAL;

-- What is wrong with its rows, in the order of the file; all are counted, and as many kept as anybody reads.
CREATE TABLE proposal_import_problem (
    import_id uuid NOT NULL,
    place integer NOT NULL,
    line integer NOT NULL,
    field text NOT NULL,
    reason text NOT NULL,
    argument text NOT NULL,
    CONSTRAINT proposal_import_problem_pk PRIMARY KEY (import_id, place),
    CONSTRAINT proposal_import_problem_import FOREIGN KEY (import_id) REFERENCES proposal_import (id) ON DELETE CASCADE
);
