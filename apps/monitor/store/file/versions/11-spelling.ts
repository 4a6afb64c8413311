/** Rooms and devices in one spelling of Unicode, as names come from MQTT from now on. The function nfc is that of open.ts. */
export const spelling = `
UPDATE OR IGNORE series SET room = nfc(room), device = nfc(device) WHERE room <> nfc(room) OR device <> nfc(device);
-- Both spellings had readings: the fewer stay in a room of their own, which can be seen and forgotten.
UPDATE OR IGNORE series SET room = nfc(room) || ' (2)' WHERE room <> nfc(room);
UPDATE OR IGNORE device SET key = nfc(key), id = nfc(id), room = nfc(room) WHERE key <> nfc(key) OR room <> nfc(room);
DELETE FROM device WHERE key <> nfc(key);
UPDATE OR IGNORE alert SET subject = nfc(subject), room = nfc(room), device = nfc(device)
  WHERE subject <> nfc(subject) OR room <> nfc(room) OR device <> nfc(device);
-- No reading would resolve it.
UPDATE alert SET state = 'resolved', resolved = ifnull(fired, started), due = NULL, well = NULL
  WHERE subject <> nfc(subject) AND state <> 'resolved';
UPDATE OR REPLACE judged SET subject = nfc(subject) WHERE subject <> nfc(subject);
UPDATE OR REPLACE slope SET subject = nfc(subject) WHERE subject <> nfc(subject);
UPDATE OR IGNORE epoch SET device = nfc(device) WHERE device <> nfc(device);
UPDATE OR IGNORE gap SET device = nfc(device) WHERE device <> nfc(device);
UPDATE OR IGNORE aside SET device = nfc(device), place = nfc(place) WHERE device <> nfc(device) OR place <> nfc(place);
UPDATE OR IGNORE wanted SET device = nfc(device) WHERE device <> nfc(device);
UPDATE OR IGNORE command SET device = nfc(device) WHERE device <> nfc(device);
UPDATE OR IGNORE label SET room = nfc(room) WHERE room <> nfc(room);
UPDATE silence SET room = nfc(room) WHERE room <> nfc(room);
`
