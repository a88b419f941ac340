-- Walks: undoing in order, services that take over from each other, and words that are in no frozen report.

-- An act is undone while it is the last of its kind on an observation: place is the order in which acts were done, given
-- while the walk is held. reason_before is why it was set aside before the act.
ALTER TABLE observation_batch_line
    ADD COLUMN place bigint GENERATED ALWAYS AS IDENTITY,
    ADD COLUMN reason_before text;

-- The act that took the observation from this service, so that undoing it gives it back.
ALTER TABLE observation_assignment
    ADD COLUMN withdrawn_for uuid,
    ADD CONSTRAINT observation_assignment_withdrawn_for
        FOREIGN KEY (withdrawn_for) REFERENCES observation_batch (id) ON DELETE SET NULL,
    ADD CONSTRAINT observation_assignment_withdrawn CHECK (withdrawn_for IS NULL OR withdrawn_at IS NOT NULL);

-- Several people may begin a proposal with one observation, each without knowing of the others. Everything else that a
-- proposal comes from makes one.
ALTER TABLE proposal_source DROP CONSTRAINT proposal_source_once;
CREATE UNIQUE INDEX proposal_source_once ON proposal_source (process_id, kind, reference) WHERE kind <> 'walk';
CREATE INDEX proposal_source_of_walk ON proposal_source (reference) WHERE kind = 'walk';

-- Pictures of sheets have a table of their own.
ALTER TABLE observation_photo
    DROP CONSTRAINT observation_photo_purpose,
    ADD CONSTRAINT observation_photo_purpose CHECK (purpose IN ('seen', 'before', 'after'));

-- A report keeps of an observation what nobody wrote: words, place, point and descriptions of photos are read when the
-- report is. Those that were frozen before go.
ALTER TABLE walk_report_version DISABLE TRIGGER walk_report_version_stays;
UPDATE walk_report_version SET content = jsonb_set(content, '{observations}', (
    SELECT coalesce(jsonb_agg(
        seen.entry - 'words' - 'place' - 'point' || jsonb_build_object('photos', (
            SELECT coalesce(jsonb_agg(photo.entry - 'alt' ORDER BY photo.position), '[]')
            FROM jsonb_array_elements(seen.entry -> 'photos') WITH ORDINALITY AS photo (entry, position)))
        ORDER BY seen.position), '[]')
    FROM jsonb_array_elements(content -> 'observations') WITH ORDINALITY AS seen (entry, position)));
ALTER TABLE walk_report_version ENABLE TRIGGER walk_report_version_stays;
