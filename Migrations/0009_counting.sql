-- What a definition asks of the count beside its rule, in the very text that stands in definition.json: money by
-- district, how many projects of a district, which projects exclude one another. NULL where it asks nothing.
ALTER TABLE vote
    ADD COLUMN counting_constraints text,
    ADD CONSTRAINT vote_counting_constraints CHECK (jsonb_typeof(counting_constraints::jsonb) = 'object');

-- Rules compared on past ballots, for agents who choose one. The outcome is a list by rule, filled while the counts
-- are made; finished_at tells that nothing more comes.
CREATE TABLE rule_comparison (
    id uuid NOT NULL,
    made_by uuid,
    source text NOT NULL,
    tie text NOT NULL,
    rules text[] NOT NULL,
    outcome text NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT rule_comparison_pk PRIMARY KEY (id),
    CONSTRAINT rule_comparison_account FOREIGN KEY (made_by) REFERENCES account (id) ON DELETE SET NULL,
    CONSTRAINT rule_comparison_rules CHECK (cardinality(rules) > 0),
    CONSTRAINT rule_comparison_outcome CHECK (jsonb_typeof(outcome::jsonb) = 'object')
);
