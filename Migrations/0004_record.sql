-- The public record of each vote: an append-only log of entries with its tree and checkpoints.

-- Entries wait here, written by the transaction of the act itself, until the sequencer gives them their place.
CREATE TABLE record_pending (
    id bigint GENERATED ALWAYS AS IDENTITY,
    vote_id uuid NOT NULL,
    entry bytea NOT NULL,
    CONSTRAINT record_pending_pk PRIMARY KEY (id),
    CONSTRAINT record_pending_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT record_pending_length CHECK (octet_length(entry) BETWEEN 1 AND 65535)
);
CREATE INDEX record_pending_by_vote ON record_pending (vote_id, id);

CREATE TABLE record_entry (
    vote_id uuid NOT NULL,
    index bigint NOT NULL,
    entry bytea NOT NULL,
    CONSTRAINT record_entry_pk PRIMARY KEY (vote_id, index),
    CONSTRAINT record_entry_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT record_entry_length CHECK (octet_length(entry) BETWEEN 1 AND 65535)
);

-- Finds an opened ballot by its tracker, the 19 letters that follow the name of the field.
CREATE INDEX record_entry_tracker ON record_entry (
    vote_id, (substring(entry FROM position('"tracker":"'::bytea IN entry) + 11 FOR 19))
) WHERE position('"tracker":"'::bytea IN entry) > 0;

-- The root of every complete subtree of 256^level leaves: from these every tile of every published size is served.
CREATE TABLE record_hash (
    vote_id uuid NOT NULL,
    level smallint NOT NULL,
    index bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT record_hash_pk PRIMARY KEY (vote_id, level, index),
    CONSTRAINT record_hash_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id),
    CONSTRAINT record_hash_length CHECK (octet_length(hash) = 32)
);

-- Finds the place of an entry by its leaf hash.
CREATE INDEX record_hash_leaf ON record_hash (vote_id, hash) WHERE level = 0;

CREATE TABLE record_checkpoint (
    vote_id uuid NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    note text NOT NULL,
    signed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT record_checkpoint_pk PRIMARY KEY (vote_id, size),
    CONSTRAINT record_checkpoint_vote FOREIGN KEY (vote_id) REFERENCES vote_opening (vote_id)
);

CREATE FUNCTION record_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the public record is append-only' USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER record_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_entry
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER record_hash_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_hash
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER record_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON record_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
CREATE TRIGGER vote_opening_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON vote_opening
    FOR EACH STATEMENT EXECUTE FUNCTION record_is_append_only();
