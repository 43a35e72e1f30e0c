-- A store of version 1, as it was shipped. Never changed: later versions have to read it.
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE results (
  id INTEGER PRIMARY KEY, check_id INTEGER NOT NULL, ended INTEGER NOT NULL,
  took_us INTEGER NOT NULL, attempt INTEGER NOT NULL, outcome INTEGER NOT NULL,
  step INTEGER NOT NULL, reason INTEGER NOT NULL);
CREATE TABLE evidence (
  id INTEGER PRIMARY KEY AUTOINCREMENT, check_id INTEGER NOT NULL, ended INTEGER NOT NULL,
  took_us INTEGER NOT NULL, attempt INTEGER NOT NULL, outcome INTEGER NOT NULL,
  step INTEGER NOT NULL, reason INTEGER NOT NULL, detail TEXT NOT NULL);
CREATE INDEX evidence_of_check ON evidence (check_id, id);
CREATE TABLE transcripts (evidence_id INTEGER PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE buckets (
  tier INTEGER NOT NULL, slot INTEGER NOT NULL, series_id INTEGER NOT NULL,
  attempts INTEGER NOT NULL, failures INTEGER NOT NULL,
  PRIMARY KEY (tier, slot, series_id)) WITHOUT ROWID;
CREATE TABLE notes (room TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL, UNIQUE (room, key));
PRAGMA user_version=1;
PRAGMA application_id=1399811684;

INSERT INTO names VALUES (1, 'login/login/staging'), (2, 'fail'), (3, 'login'), (4, 'credentials'),
  (5, 'login/login/staging success');
INSERT INTO results VALUES (1, 1, 4102444800000, 5000, 1, 2, 3, 4);
INSERT INTO evidence VALUES (1, 1, 4102444800000, 5000, 1, 2, 3, 4, 'HTTP 401');
INSERT INTO transcripts VALUES (1, '{"probe":"login"}');
INSERT INTO buckets VALUES (3, 490899, 5, 12, 5);
INSERT INTO notes VALUES ('alert', '1f', 'firing');
