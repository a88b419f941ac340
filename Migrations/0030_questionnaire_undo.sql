-- What the draft of a questionnaire asked before its last change, so that the change can be undone as long as nothing
-- came after it. One for each questionnaire; undoing leaves the form that was undone here, so it can be done again.
CREATE TABLE questionnaire_undo (
    questionnaire_id uuid NOT NULL,
    -- The version that was changed, and the revision that the change led to.
    number integer NOT NULL,
    revision integer NOT NULL,
    form jsonb NOT NULL,
    CONSTRAINT questionnaire_undo_pk PRIMARY KEY (questionnaire_id),
    CONSTRAINT questionnaire_undo_version FOREIGN KEY (questionnaire_id, number)
        REFERENCES questionnaire_version (questionnaire_id, number) ON DELETE CASCADE
);
