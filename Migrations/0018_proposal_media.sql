-- Photos and documents of a proposal, in the order in which they are shown.
CREATE TABLE proposal_medium (
    proposal_id uuid NOT NULL,
    medium_id uuid NOT NULL,
    position integer NOT NULL,
    CONSTRAINT proposal_medium_pk PRIMARY KEY (proposal_id, medium_id),
    CONSTRAINT proposal_medium_proposal FOREIGN KEY (proposal_id) REFERENCES proposal (id) ON DELETE CASCADE,
    CONSTRAINT proposal_medium_medium FOREIGN KEY (medium_id) REFERENCES medium (id),
    CONSTRAINT proposal_medium_once UNIQUE (medium_id),
    CONSTRAINT proposal_medium_position UNIQUE (proposal_id, position) DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT proposal_medium_limit CHECK (position BETWEEN 1 AND 8)
);

CREATE TRIGGER proposal_medium_gone AFTER DELETE ON proposal_medium
    FOR EACH ROW EXECUTE FUNCTION medium_goes_with_its_use();
