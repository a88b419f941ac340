-- Editions of the printed papers of a vote, and the serial numbers that stand on some of them.

-- The first edition needs no declaration. A later one is made when something of the printed pack had to be mended:
-- the definition stays, the papers of both are valid.
CREATE TABLE print_edition (
    vote_id uuid NOT NULL,
    number integer NOT NULL,
    reason text NOT NULL,
    declared_by uuid,
    declared_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT print_edition_pk PRIMARY KEY (vote_id, number),
    CONSTRAINT print_edition_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT print_edition_account FOREIGN KEY (declared_by) REFERENCES account (id),
    CONSTRAINT print_edition_number CHECK (number BETWEEN 2 AND 99),
    CONSTRAINT print_edition_reason CHECK (length(reason) BETWEEN 1 AND 500)
);

-- Serial numbers, from 1 and without a gap within a vote: no number is given twice, whatever is printed under it.
CREATE TABLE print_run (
    id uuid NOT NULL,
    vote_id uuid NOT NULL,
    edition integer NOT NULL,
    document text NOT NULL,
    language text NOT NULL,
    first_serial integer NOT NULL,
    last_serial integer NOT NULL,
    reserved_by uuid,
    reserved_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT print_run_pk PRIMARY KEY (id),
    CONSTRAINT print_run_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT print_run_account FOREIGN KEY (reserved_by) REFERENCES account (id),
    CONSTRAINT print_run_document CHECK (document IN ('ballot', 'large', 'easy-read')),
    CONSTRAINT print_run_edition CHECK (edition BETWEEN 1 AND 99),
    CONSTRAINT print_run_order CHECK (first_serial >= 1 AND last_serial >= first_serial AND last_serial <= 9999999),
    CONSTRAINT print_run_first UNIQUE (vote_id, first_serial)
);

CREATE TRIGGER print_edition_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON print_edition
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER print_run_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON print_run
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
