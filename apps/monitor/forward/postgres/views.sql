CREATE OR REPLACE VIEW hearthwatch.readings AS
  SELECT site, room, quantity, nullif(device, '') AS device, time, value FROM hearthwatch.reading JOIN hearthwatch.series ON series.id = reading.series;

CREATE OR REPLACE VIEW hearthwatch.alerts AS
  SELECT site, id, rule, room, device, quantity, state, severity, value, started, fired, resolved, acknowledged FROM hearthwatch.alert;

CREATE OR REPLACE VIEW hearthwatch.gaps AS
  SELECT site, device, epoch, first, last, lost, noticed FROM hearthwatch.gap;

CREATE OR REPLACE VIEW hearthwatch.devices AS
  SELECT site, key AS device, room, info->>'version' AS version, described->>'maker' AS maker, described->>'model' AS model
  FROM hearthwatch.device WHERE key NOT LIKE '/%';

CREATE OR REPLACE VIEW hearthwatch.sites AS
  SELECT site.site, site.updated, site.complete,
    (SELECT count(*) FROM hearthwatch.alert WHERE alert.site = site.site AND alert.instance = site.instance AND state IN ('firing', 'recovering')) AS firing,
    (SELECT count(*) FROM hearthwatch.device WHERE device.site = site.site AND key NOT LIKE '/%') AS devices
  FROM hearthwatch.site;
