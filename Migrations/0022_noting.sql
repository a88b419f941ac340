-- Noting on site. An observation's identity tells nothing of when it was made: the version of its UUID is 4, random.
ALTER TABLE observation ADD CONSTRAINT observation_random CHECK (get_byte(uuid_send(id), 6) >> 4 = 4);

-- What a device has taken back, so that a copy still under way is not taken for new. Nothing else is kept of it.
CREATE TABLE observation_taken_back (
    id uuid NOT NULL,
    CONSTRAINT observation_taken_back_pk PRIMARY KEY (id)
);
