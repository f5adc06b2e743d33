import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Why: the lists of a cell are filtered and ordered by nearly everything a message says, and each
 * side has its own view of it. What lists look at stands here once for each side that sees the
 * message; its text and its destinations stand once, in messages.
 *
 * Titles and references are bytes because they may hold U+0000, which text columns cannot. Texts
 * are in byte order, so that the indexes serve beginnings of texts and order by code point.
 */
export class CellMessages1795784400000 implements MigrationInterface {
  readonly name = 'CellMessages1795784400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE cell_copies');
  }
}

const UP = [
  `CREATE TABLE cell_copies (
    -- the mailbox of the cell that sees it, and as what
    box_id bigint NOT NULL,
    side text COLLATE "C" NOT NULL,
    -- the same on both sides
    wire_id text COLLATE "C" NOT NULL,
    home_box bigint NOT NULL,
    message_id bigint NOT NULL,
    type text COLLATE "C" NOT NULL,
    title bytea NOT NULL,
    -- of a received one: unread, read, none, approved, rejected; empty for a sent one
    status text COLLATE "C" NOT NULL,
    from_url text COLLATE "C" NOT NULL,
    in_reply_to bytea,
    priority smallint NOT NULL,
    -- the Box it belongs to; one that is gone leaves the message without a name for it
    bound_to bigint,
    -- where this cell stands in the list of destinations, counted from 0; null where the list came from elsewhere
    place integer,
    published_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    revision integer NOT NULL DEFAULT 1,
    CONSTRAINT cell_copies_pk PRIMARY KEY (box_id, side, wire_id),
    CONSTRAINT cell_copies_side_known CHECK (side IN ('sent', 'received'))
  )`,
  // One for each order and filter that clients of this API ask for, so that a page costs the same at any size.
  `CREATE INDEX cell_copies_published_idx ON cell_copies (box_id, side, published_at, wire_id)`,
  `CREATE INDEX cell_copies_updated_idx ON cell_copies (box_id, side, updated_at, wire_id)`,
  `CREATE INDEX cell_copies_status_idx ON cell_copies (box_id, side, status, published_at, wire_id)`,
  `CREATE INDEX cell_copies_type_idx ON cell_copies (box_id, side, type, published_at, wire_id)`,
  `CREATE INDEX cell_copies_title_idx ON cell_copies (box_id, side, title, published_at, wire_id)`,
  `CREATE INDEX cell_copies_from_idx ON cell_copies (box_id, side, from_url, published_at, wire_id)`,
];
