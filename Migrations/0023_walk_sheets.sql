-- Walk sheets on paper: every printed sheet has a number, so that entry knows where it was written, and a line of it is
-- entered once.

-- One printed sheet of a walk, for one stop or, without one, for what is seen between them. Its number is unique in the
-- walk; serial is the number with its check digit, as it is printed and typed. Sheets of one person do not belong
-- together: the numbers go by stop.
CREATE TABLE walk_sheet (
    id uuid NOT NULL,
    walk_id uuid NOT NULL,
    route_id uuid NOT NULL,
    number integer NOT NULL,
    serial text NOT NULL,
    stop_id uuid,
    language text NOT NULL,
    format text NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT now(),
    issued_by uuid,
    lost_at timestamptz,
    entered_at timestamptz,
    entered_by uuid,
    CONSTRAINT walk_sheet_pk PRIMARY KEY (id),
    CONSTRAINT walk_sheet_walk FOREIGN KEY (walk_id, route_id) REFERENCES walk (id, route_id) ON DELETE CASCADE,
    CONSTRAINT walk_sheet_stop FOREIGN KEY (stop_id, route_id) REFERENCES stop (id, route_id),
    CONSTRAINT walk_sheet_number UNIQUE (walk_id, number),
    CONSTRAINT walk_sheet_serial UNIQUE (walk_id, serial),
    CONSTRAINT walk_sheet_number_range CHECK (number BETWEEN 1 AND 9999),
    CONSTRAINT walk_sheet_serial_form CHECK (serial ~ '^[0-9]{4}-[0-9]$'),
    CONSTRAINT walk_sheet_language CHECK (language IN ('fr', 'en', 'de')),
    CONSTRAINT walk_sheet_format CHECK (format IN ('a4', 'large')),
    CONSTRAINT walk_sheet_issued_by FOREIGN KEY (issued_by) REFERENCES account (id),
    CONSTRAINT walk_sheet_entered_by FOREIGN KEY (entered_by) REFERENCES account (id),
    -- Whoever finds a lost sheet says so before it is entered.
    CONSTRAINT walk_sheet_lost CHECK (lost_at IS NULL OR entered_at IS NULL),
    CONSTRAINT walk_sheet_entered CHECK (entered_by IS NULL OR entered_at IS NOT NULL)
);

-- What stands on paper stands on a sheet that was issued.
ALTER TABLE observation ADD CONSTRAINT observation_of_sheet
    FOREIGN KEY (walk_id, sheet) REFERENCES walk_sheet (walk_id, serial);

-- What stood in a line before it was corrected; without `before`, the line was forgotten at first.
CREATE TABLE walk_sheet_change (
    id uuid NOT NULL,
    sheet_id uuid NOT NULL,
    line integer NOT NULL,
    before jsonb,
    changed_at timestamptz NOT NULL DEFAULT now(),
    changed_by uuid,
    CONSTRAINT walk_sheet_change_pk PRIMARY KEY (id),
    CONSTRAINT walk_sheet_change_sheet FOREIGN KEY (sheet_id) REFERENCES walk_sheet (id) ON DELETE CASCADE,
    CONSTRAINT walk_sheet_change_changed_by FOREIGN KEY (changed_by) REFERENCES account (id)
);
CREATE INDEX walk_sheet_change_by_sheet ON walk_sheet_change (sheet_id, changed_at);

-- Pictures of a sheet that came back. Agents and crew see them, and nobody else ever does: hands can be recognised.
CREATE TABLE walk_sheet_scan (
    sheet_id uuid NOT NULL,
    medium_id uuid NOT NULL,
    added_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT walk_sheet_scan_pk PRIMARY KEY (sheet_id, medium_id),
    CONSTRAINT walk_sheet_scan_sheet FOREIGN KEY (sheet_id) REFERENCES walk_sheet (id) ON DELETE CASCADE,
    CONSTRAINT walk_sheet_scan_medium FOREIGN KEY (medium_id) REFERENCES medium (id),
    CONSTRAINT walk_sheet_scan_medium_once UNIQUE (medium_id)
);

CREATE TRIGGER walk_sheet_scan_gone AFTER DELETE ON walk_sheet_scan
    FOR EACH ROW EXECUTE FUNCTION medium_goes_with_its_use();

-- An observation of a stop needs no point: without one there is no radius, and none is asked for.
ALTER TABLE observation DROP CONSTRAINT observation_accuracy;
ALTER TABLE observation ADD CONSTRAINT observation_accuracy
    CHECK (accuracy IS NULL OR (accuracy >= 0 AND accuracy < 100000 AND latitude IS NOT NULL));
