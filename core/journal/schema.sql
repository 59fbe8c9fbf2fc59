-- The journal's file, version 1 (PRAGMA user_version). One table: the format is documented in docs/journal.md.
CREATE TABLE entries (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT,
  service  TEXT NOT NULL,
  release  TEXT NOT NULL,
  at_ms    INTEGER NOT NULL,
  kind     TEXT NOT NULL,
  body     TEXT NOT NULL
) STRICT;
CREATE INDEX entries_by_release ON entries (service, release, sequence);
CREATE INDEX entries_by_kind ON entries (service, kind, at_ms);
PRAGMA user_version = 1;
