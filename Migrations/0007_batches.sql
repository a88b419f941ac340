-- Paper ballots: batches declared before anything of them is read, two entries by two people, what a third one
-- settled, and the account that closes in public.

-- The manifest: so many papers of a place, declared before any content may be entered. Never changed.
CREATE TABLE batch (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    place_id uuid NOT NULL,
    handle text NOT NULL,
    papers integer NOT NULL,
    spoiled integer NOT NULL,
    is_late boolean NOT NULL,
    declared_by uuid,
    declared_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT batch_pk PRIMARY KEY (id),
    CONSTRAINT batch_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT batch_place FOREIGN KEY (place_id, vote_id) REFERENCES place (id, vote_id),
    CONSTRAINT batch_declarer FOREIGN KEY (declared_by) REFERENCES account (id),
    CONSTRAINT batch_handle UNIQUE (vote_id, handle),
    CONSTRAINT batch_handle_form CHECK (handle ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(handle) <= 40),
    CONSTRAINT batch_papers CHECK (papers BETWEEN 1 AND 100000),
    CONSTRAINT batch_spoiled CHECK (spoiled BETWEEN 0 AND 100000)
);

-- Other places whose papers got into the pile, as a recorded act says.
CREATE TABLE batch_mixture (
    batch_id uuid NOT NULL,
    place_id uuid NOT NULL,
    CONSTRAINT batch_mixture_pk PRIMARY KEY (batch_id, place_id),
    CONSTRAINT batch_mixture_batch FOREIGN KEY (batch_id) REFERENCES batch (id),
    CONSTRAINT batch_mixture_place FOREIGN KEY (place_id) REFERENCES place (id)
);

-- A file of papers on its way into one or several entries; its lines are stored a part at a time, and count for
-- nothing before the last one is.
CREATE TABLE paper_import (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    letter text NOT NULL,
    account_id uuid NOT NULL,
    source bytea NOT NULL,
    source_hash bytea NOT NULL,
    lines integer NOT NULL,
    stored integer NOT NULL DEFAULT 0,
    begun_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT paper_import_pk PRIMARY KEY (id),
    CONSTRAINT paper_import_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT paper_import_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT paper_import_once UNIQUE (vote_id, source_hash),
    CONSTRAINT paper_import_letter CHECK (letter IN ('A', 'B', 'scan')),
    CONSTRAINT paper_import_stored CHECK (stored BETWEEN 0 AND lines)
);
CREATE INDEX paper_import_unfinished ON paper_import (begun_at) WHERE finished_at IS NULL;

-- One independent reading of a batch. Once handed in it is never changed; before, its operator may correct it.
CREATE TABLE batch_entry (
    id uuid NOT NULL,
    batch_id uuid NOT NULL,
    letter text NOT NULL,
    account_id uuid NOT NULL,
    import_id uuid,
    begun_at timestamptz NOT NULL DEFAULT now(),
    file_hash bytea,
    submitted_at timestamptz,
    CONSTRAINT batch_entry_pk PRIMARY KEY (id),
    CONSTRAINT batch_entry_batch FOREIGN KEY (batch_id) REFERENCES batch (id),
    CONSTRAINT batch_entry_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT batch_entry_import FOREIGN KEY (import_id) REFERENCES paper_import (id) ON DELETE CASCADE,
    CONSTRAINT batch_entry_letter CHECK (letter IN ('A', 'B', 'scan')),
    CONSTRAINT batch_entry_once UNIQUE (batch_id, letter),
    CONSTRAINT batch_entry_two_people UNIQUE (batch_id, account_id),
    CONSTRAINT batch_entry_submitted CHECK ((submitted_at IS NULL) = (file_hash IS NULL))
);
CREATE INDEX batch_entry_by_import ON batch_entry (import_id) WHERE import_id IS NOT NULL;

-- One paper as one operator read it, in the one normal form, and what becomes of it: counted, blank or the reason for
-- which it is invalid. For a scan, the hash of its picture, and scan.
CREATE TABLE batch_line (
    entry_id uuid NOT NULL,
    paper integer NOT NULL,
    content text NOT NULL,
    outcome text NOT NULL,
    CONSTRAINT batch_line_pk PRIMARY KEY (entry_id, paper),
    CONSTRAINT batch_line_entry FOREIGN KEY (entry_id) REFERENCES batch_entry (id) ON DELETE CASCADE,
    CONSTRAINT batch_line_paper CHECK (paper >= 1)
);

-- What a third person decided about a paper, and why; the latest decision stands.
CREATE TABLE batch_decision (
    id uuid NOT NULL,
    batch_id uuid NOT NULL,
    paper integer NOT NULL,
    content text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    account_id uuid NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT batch_decision_pk PRIMARY KEY (id),
    CONSTRAINT batch_decision_batch FOREIGN KEY (batch_id) REFERENCES batch (id),
    CONSTRAINT batch_decision_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT batch_decision_paper CHECK (paper >= 1),
    CONSTRAINT batch_decision_reason CHECK (length(reason) BETWEEN 1 AND 2000)
);
CREATE INDEX batch_decision_by_paper ON batch_decision (batch_id, paper, id);

-- The outcome of a batch. A batch that is reopened keeps the outcome it had, and is settled again.
CREATE TABLE settlement (
    id uuid NOT NULL,
    batch_id uuid NOT NULL,
    counted integer NOT NULL,
    blank integer NOT NULL,
    invalid jsonb NOT NULL,
    file_hash bytea NOT NULL,
    settled_by uuid NOT NULL,
    settled_at timestamptz NOT NULL DEFAULT now(),
    reopened_by uuid,
    reopened_at timestamptz,
    reopened_because text,
    CONSTRAINT settlement_pk PRIMARY KEY (id),
    CONSTRAINT settlement_batch FOREIGN KEY (batch_id) REFERENCES batch (id),
    CONSTRAINT settlement_settler FOREIGN KEY (settled_by) REFERENCES account (id),
    CONSTRAINT settlement_reopener FOREIGN KEY (reopened_by) REFERENCES account (id),
    CONSTRAINT settlement_counts CHECK (counted >= 0 AND blank >= 0),
    CONSTRAINT settlement_reopened CHECK ((reopened_at IS NULL) = (reopened_because IS NULL))
);
CREATE UNIQUE INDEX settlement_one_live ON settlement (batch_id) WHERE reopened_at IS NULL;

-- How the record names an officer: the role and a number of this vote, never the name.
CREATE TABLE officer_handle (
    vote_id uuid NOT NULL,
    account_id uuid NOT NULL,
    role text NOT NULL,
    number integer NOT NULL,
    CONSTRAINT officer_handle_pk PRIMARY KEY (vote_id, account_id, role),
    CONSTRAINT officer_handle_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT officer_handle_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT officer_handle_number UNIQUE (vote_id, role, number)
);

-- An account that does not close, explained by one officer and confirmed by another.
CREATE TABLE discrepancy (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    place_id uuid NOT NULL,
    difference integer NOT NULL,
    explanation text NOT NULL,
    written_by uuid NOT NULL,
    written_role text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT now(),
    confirmed_by uuid,
    confirmed_at timestamptz,
    withdrawn_at timestamptz,
    CONSTRAINT discrepancy_pk PRIMARY KEY (id),
    CONSTRAINT discrepancy_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT discrepancy_place FOREIGN KEY (place_id, vote_id) REFERENCES place (id, vote_id),
    CONSTRAINT discrepancy_writer FOREIGN KEY (written_by) REFERENCES account (id),
    CONSTRAINT discrepancy_confirmer FOREIGN KEY (confirmed_by) REFERENCES account (id),
    CONSTRAINT discrepancy_not_nothing CHECK (difference <> 0),
    CONSTRAINT discrepancy_explanation CHECK (length(explanation) BETWEEN 1 AND 10000),
    CONSTRAINT discrepancy_two_officers CHECK (confirmed_by <> written_by),
    CONSTRAINT discrepancy_confirmed CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL)),
    CONSTRAINT discrepancy_one_end CHECK (num_nonnulls(confirmed_at, withdrawn_at) <= 1)
);
CREATE UNIQUE INDEX discrepancy_one_open ON discrepancy (vote_id, place_id)
    WHERE confirmed_at IS NULL AND withdrawn_at IS NULL;

-- Officers sign the minutes over one and the same checkpoint; two signatures at least make a certificate.
CREATE TABLE certificate_signature (
    vote_id uuid NOT NULL,
    account_id uuid NOT NULL,
    role text NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT certificate_signature_pk PRIMARY KEY (vote_id, account_id),
    CONSTRAINT certificate_signature_vote FOREIGN KEY (vote_id) REFERENCES vote_publication (vote_id),
    CONSTRAINT certificate_signature_account FOREIGN KEY (account_id) REFERENCES account (id),
    CONSTRAINT certificate_signature_root CHECK (octet_length(root) = 32)
);

CREATE TABLE certificate (
    vote_id uuid NOT NULL,
    first_signer uuid NOT NULL,
    second_signer uuid NOT NULL,
    certified_at timestamptz NOT NULL,
    CONSTRAINT certificate_pk PRIMARY KEY (vote_id),
    CONSTRAINT certificate_vote FOREIGN KEY (vote_id) REFERENCES vote_publication (vote_id),
    CONSTRAINT certificate_first FOREIGN KEY (vote_id, first_signer)
        REFERENCES certificate_signature (vote_id, account_id),
    CONSTRAINT certificate_second FOREIGN KEY (vote_id, second_signer)
        REFERENCES certificate_signature (vote_id, account_id),
    CONSTRAINT certificate_two_officers CHECK (first_signer <> second_signer)
);

-- Files that entries of the record name by hash. Those of papers are shown once the vote is counted, and only where
-- the batch is large enough to stand alone.
CREATE TABLE record_file (
    vote_id uuid NOT NULL,
    hash bytea NOT NULL,
    bytes bytea NOT NULL,
    published_at timestamptz,
    CONSTRAINT record_file_pk PRIMARY KEY (vote_id, hash),
    CONSTRAINT record_file_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT record_file_hash CHECK (hash = sha256(bytes))
);

-- What each project has on paper and in sealed ballots; the sum is the published result.
CREATE TABLE vote_count_column (
    vote_id uuid NOT NULL,
    project text NOT NULL,
    is_paper boolean NOT NULL,
    ballots bigint NOT NULL,
    support bigint NOT NULL,
    CONSTRAINT vote_count_column_pk PRIMARY KEY (vote_id, project, is_paper),
    CONSTRAINT vote_count_column_vote FOREIGN KEY (vote_id) REFERENCES vote_count (vote_id)
);

-- Whoever entered a batch settles nothing of it, and the other way round.
CREATE FUNCTION batch_needs_a_third() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'batch_entry' THEN
        IF EXISTS (SELECT FROM batch_decision WHERE batch_id = NEW.batch_id AND account_id = NEW.account_id) THEN
            RAISE EXCEPTION 'who has settled a batch does not enter it'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_settled_by_third';
        END IF;
    ELSIF EXISTS (
        SELECT FROM batch_entry
        WHERE batch_id = NEW.batch_id
          AND account_id = CASE TG_TABLE_NAME
              WHEN 'settlement' THEN (to_jsonb(NEW) ->> 'settled_by')::uuid
              ELSE (to_jsonb(NEW) ->> 'account_id')::uuid END)
    THEN
        RAISE EXCEPTION 'who has entered a batch does not settle it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'batch_settled_by_third';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER batch_entry_by_third BEFORE INSERT ON batch_entry
    FOR EACH ROW EXECUTE FUNCTION batch_needs_a_third();
CREATE TRIGGER batch_decision_by_third BEFORE INSERT ON batch_decision
    FOR EACH ROW EXECUTE FUNCTION batch_needs_a_third();
CREATE TRIGGER settlement_by_third BEFORE INSERT ON settlement
    FOR EACH ROW EXECUTE FUNCTION batch_needs_a_third();

-- An entry that was handed in stays as it is, with all its lines.
CREATE FUNCTION batch_entry_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'batch_entry' THEN
        IF OLD.submitted_at IS NULL THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
    ELSE
        IF NOT EXISTS (
            SELECT FROM batch_entry
            WHERE id = CASE TG_OP WHEN 'INSERT' THEN NEW.entry_id ELSE OLD.entry_id END
              AND submitted_at IS NOT NULL)
        THEN
            RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
        END IF;
    END IF;
    RAISE EXCEPTION 'an entry that was handed in is never changed'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'batch_entry_final';
END
$$;
CREATE TRIGGER batch_entry_final BEFORE UPDATE OR DELETE ON batch_entry
    FOR EACH ROW EXECUTE FUNCTION batch_entry_is_final();
CREATE TRIGGER batch_line_final BEFORE INSERT OR UPDATE OR DELETE ON batch_line
    FOR EACH ROW EXECUTE FUNCTION batch_entry_is_final();

CREATE TRIGGER batch_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON batch
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER batch_decision_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON batch_decision
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER certificate_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON certificate
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
