-- Questionnaires on paper: every printed sheet has a number, is entered once, and some are read twice, so that the share
-- of mistakes is known.

-- Where and until when sheets are handed in, and how many of a hundred are read twice.
CREATE TABLE questionnaire_paper (
    questionnaire_id uuid NOT NULL,
    sample_percent integer NOT NULL DEFAULT 10,
    hand_in jsonb NOT NULL DEFAULT '{}',
    hand_in_until date,
    CONSTRAINT questionnaire_paper_pk PRIMARY KEY (questionnaire_id),
    CONSTRAINT questionnaire_paper_questionnaire FOREIGN KEY (questionnaire_id)
        REFERENCES questionnaire (id) ON DELETE CASCADE,
    CONSTRAINT questionnaire_paper_sample CHECK (sample_percent BETWEEN 0 AND 100)
);

-- So many sheets printed for a place: its account is issued = returned + not returned. counted_back is how many came
-- back when somebody counted them; without it those count that were entered or set aside. Numbers are the city's, not
-- the questionnaire's, so that a sheet of another one is found out.
CREATE TABLE questionnaire_edition (
    id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    version integer NOT NULL,
    language text NOT NULL,
    format text NOT NULL,
    place text NOT NULL,
    first_number integer NOT NULL,
    last_number integer NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT now(),
    issued_by uuid,
    counted_back integer,
    CONSTRAINT questionnaire_edition_pk PRIMARY KEY (id),
    CONSTRAINT questionnaire_edition_of_questionnaire UNIQUE (id, questionnaire_id),
    CONSTRAINT questionnaire_edition_version FOREIGN KEY (questionnaire_id, version)
        REFERENCES questionnaire_version (questionnaire_id, number),
    CONSTRAINT questionnaire_edition_issued_by FOREIGN KEY (issued_by) REFERENCES account (id),
    CONSTRAINT questionnaire_edition_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT questionnaire_edition_format CHECK (format IN ('a4', 'large')),
    CONSTRAINT questionnaire_edition_numbers CHECK (first_number >= 1 AND last_number BETWEEN first_number AND 999999),
    CONSTRAINT questionnaire_edition_counted
        CHECK (counted_back BETWEEN 0 AND last_number - first_number + 1)
);
CREATE INDEX questionnaire_edition_by_questionnaire ON questionnaire_edition (questionnaire_id, first_number);

-- One printed sheet. is_sampled is drawn with its first entry and stays, so that nobody enters a sheet again and again
-- until it is not drawn. marks say which answers nobody could read: a JSON object from the question to why.
-- `unused`: it came back with nothing on it.
CREATE TABLE questionnaire_sheet (
    number integer NOT NULL,
    edition_id uuid NOT NULL,
    questionnaire_id uuid NOT NULL,
    state text NOT NULL DEFAULT 'issued',
    is_sampled boolean,
    response_id uuid,
    marks jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT questionnaire_sheet_pk PRIMARY KEY (number),
    CONSTRAINT questionnaire_sheet_edition FOREIGN KEY (edition_id, questionnaire_id)
        REFERENCES questionnaire_edition (id, questionnaire_id) ON DELETE CASCADE,
    CONSTRAINT questionnaire_sheet_response FOREIGN KEY (response_id) REFERENCES response (id) ON DELETE SET NULL,
    CONSTRAINT questionnaire_sheet_response_once UNIQUE (response_id),
    CONSTRAINT questionnaire_sheet_state CHECK (state IN ('issued', 'entered', 'unused', 'spoiled')),
    CONSTRAINT questionnaire_sheet_entered CHECK (response_id IS NULL OR state = 'entered')
);
CREATE INDEX questionnaire_sheet_by_questionnaire ON questionnaire_sheet (questionnaire_id, number);
CREATE INDEX questionnaire_sheet_by_edition ON questionnaire_sheet (edition_id, state);

-- What somebody read on a sheet, the first time and, of the sample, the second. It says who read, on which day, and
-- nothing of who answered. Two people: the second does not see the first.
CREATE TABLE questionnaire_reading (
    sheet_number integer NOT NULL,
    reading smallint NOT NULL,
    answers jsonb NOT NULL,
    marks jsonb NOT NULL,
    read_by uuid NOT NULL,
    read_on date NOT NULL,
    CONSTRAINT questionnaire_reading_pk PRIMARY KEY (sheet_number, reading),
    CONSTRAINT questionnaire_reading_two_people UNIQUE (sheet_number, read_by),
    CONSTRAINT questionnaire_reading_sheet FOREIGN KEY (sheet_number)
        REFERENCES questionnaire_sheet (number) ON DELETE CASCADE,
    CONSTRAINT questionnaire_reading_read_by FOREIGN KEY (read_by) REFERENCES account (id),
    CONSTRAINT questionnaire_reading_number CHECK (reading IN (1, 2)),
    CONSTRAINT questionnaire_reading_size CHECK (octet_length(answers::text) <= 400000)
);

CREATE FUNCTION questionnaire_reading_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was read on a sheet stays as it was read'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'questionnaire_reading_final';
END
$$;
CREATE TRIGGER questionnaire_reading_final BEFORE UPDATE ON questionnaire_reading
    FOR EACH ROW EXECUTE FUNCTION questionnaire_reading_is_final();

-- How the two readings of a sheet compare, for each question: how many fields, how many of them differ.
CREATE TABLE questionnaire_comparison (
    sheet_number integer NOT NULL,
    question text NOT NULL,
    compared integer NOT NULL,
    differing integer NOT NULL,
    CONSTRAINT questionnaire_comparison_pk PRIMARY KEY (sheet_number, question),
    CONSTRAINT questionnaire_comparison_sheet FOREIGN KEY (sheet_number)
        REFERENCES questionnaire_sheet (number) ON DELETE CASCADE,
    CONSTRAINT questionnaire_comparison_counts CHECK (differing BETWEEN 0 AND compared)
);

-- Where the readings differ, a third decides question by question, with a reason.
CREATE TABLE questionnaire_settlement (
    sheet_number integer NOT NULL,
    choices jsonb NOT NULL,
    reason text NOT NULL,
    readers uuid[] NOT NULL,
    settled_by uuid NOT NULL,
    settled_on date NOT NULL,
    CONSTRAINT questionnaire_settlement_pk PRIMARY KEY (sheet_number),
    CONSTRAINT questionnaire_settlement_sheet FOREIGN KEY (sheet_number)
        REFERENCES questionnaire_sheet (number) ON DELETE CASCADE,
    CONSTRAINT questionnaire_settlement_settled_by FOREIGN KEY (settled_by) REFERENCES account (id),
    CONSTRAINT questionnaire_settlement_by_third CHECK (settled_by <> ALL (readers)),
    CONSTRAINT questionnaire_settlement_reason CHECK (length(reason) BETWEEN 1 AND 1000)
);

-- What became of a sheet after its first entry: corrected (before holds what stood in the questions that changed), taken
-- back, set aside. Words that were taken back are kept nowhere.
CREATE TABLE questionnaire_sheet_change (
    id uuid NOT NULL,
    sheet_number integer NOT NULL,
    kind text NOT NULL,
    before jsonb,
    reason text NOT NULL,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by uuid,
    CONSTRAINT questionnaire_sheet_change_pk PRIMARY KEY (id),
    CONSTRAINT questionnaire_sheet_change_sheet FOREIGN KEY (sheet_number)
        REFERENCES questionnaire_sheet (number) ON DELETE CASCADE,
    CONSTRAINT questionnaire_sheet_change_changed_by FOREIGN KEY (changed_by) REFERENCES account (id),
    CONSTRAINT questionnaire_sheet_change_kind CHECK (kind IN ('corrected', 'settled', 'undone', 'unused', 'spoiled')),
    CONSTRAINT questionnaire_sheet_change_reason CHECK (length(reason) BETWEEN 1 AND 1000)
);
CREATE INDEX questionnaire_sheet_change_by_sheet ON questionnaire_sheet_change (sheet_number, changed_at);

-- Pictures of a sheet that came back. Who enters sees them, and nobody else ever does: hands can be recognised.
CREATE TABLE questionnaire_sheet_scan (
    sheet_number integer NOT NULL,
    medium_id uuid NOT NULL,
    CONSTRAINT questionnaire_sheet_scan_pk PRIMARY KEY (sheet_number, medium_id),
    CONSTRAINT questionnaire_sheet_scan_sheet FOREIGN KEY (sheet_number)
        REFERENCES questionnaire_sheet (number) ON DELETE CASCADE,
    CONSTRAINT questionnaire_sheet_scan_medium FOREIGN KEY (medium_id) REFERENCES medium (id),
    CONSTRAINT questionnaire_sheet_scan_medium_once UNIQUE (medium_id)
);

CREATE TRIGGER questionnaire_sheet_scan_gone AFTER DELETE ON questionnaire_sheet_scan
    FOR EACH ROW EXECUTE FUNCTION medium_goes_with_its_use();
