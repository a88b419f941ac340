-- What a definition asks of the count beside its rule, in the very text that stands in definition.json: money by
-- district, how many projects of a district, which projects exclude one another. NULL where it asks nothing.
ALTER TABLE vote
    ADD COLUMN counting_constraints text,
    ADD CONSTRAINT vote_counting_constraints CHECK (jsonb_typeof(counting_constraints::jsonb) = 'object');
