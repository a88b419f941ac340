-- Who comes to a gathering: never more than there is room for, whatever the code does, and calendars that follow.

-- sequence grows with every change that calendars have to follow (RFC 5545, section 3.8.7.4).
ALTER TABLE gathering
    ADD COLUMN sequence integer NOT NULL DEFAULT 0,
    ADD COLUMN changed_at timestamptz NOT NULL DEFAULT now();

-- Who has cancelled leaves nothing behind but the fact that somebody did.
ALTER TABLE registration
    ADD CONSTRAINT registration_cancelled_is_erased CHECK (state <> 'cancelled' OR erased_at IS NOT NULL),
    ADD CONSTRAINT registration_came_needs_a_place CHECK (came IS NULL OR state <> 'cancelled');

CREATE INDEX registration_to_erase ON registration (gathering_id) WHERE erased_at IS NULL;
CREATE INDEX registration_to_remind ON registration (gathering_id)
    WHERE state = 'registered' AND reminded_at IS NULL AND erased_at IS NULL;

-- Holds the gathering's row, so that two registrations at once see each other.
CREATE FUNCTION gathering_has_room() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    subject uuid;
    room integer;
    taken integer;
BEGIN
    IF TG_TABLE_NAME = 'gathering' THEN
        subject := NEW.id;
    ELSE
        subject := NEW.gathering_id;
    END IF;
    SELECT places INTO room FROM gathering WHERE id = subject FOR UPDATE;
    IF room IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT coalesce(sum(1 + companions), 0) INTO taken FROM registration
    WHERE gathering_id = subject AND state = 'registered';
    IF taken > room THEN
        RAISE EXCEPTION 'a gathering has % places and % people', room, taken
            USING ERRCODE = 'check_violation', CONSTRAINT = 'gathering_not_overbooked';
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER registration_has_room AFTER INSERT OR UPDATE OF state, companions, gathering_id ON registration
    FOR EACH ROW WHEN (NEW.state = 'registered') EXECUTE FUNCTION gathering_has_room();
CREATE TRIGGER gathering_keeps_room AFTER UPDATE OF places ON gathering
    FOR EACH ROW EXECUTE FUNCTION gathering_has_room();
