import { house } from './versions/1-house.ts'
import { record } from './versions/2-record.ts'
import { orders } from './versions/3-orders.ts'
import { rules } from './versions/4-rules.ts'
import { notify } from './versions/5-notify.ts'
import { history } from './versions/6-history.ts'
import { page } from './versions/7-page.ts'
import { opened } from './versions/8-opened.ts'
import { bounded } from './versions/9-bounded.ts'
import { claims } from './versions/10-claims.ts'
import { spelling } from './versions/11-spelling.ts'
import { forgotten } from './versions/12-forgotten.ts'
import { ended } from './versions/13-ended.ts'
import { weighed } from './versions/14-weighed.ts'
import { titles } from './versions/15-titles.ts'
import { channels } from './versions/16-channels.ts'
import { reader } from './versions/17-reader.ts'
import { marks } from './versions/18-marks.ts'
import { peaks } from './versions/19-peaks.ts'
import { groups } from './versions/20-groups.ts'
import { notes } from './versions/21-notes.ts'
import { foreign } from './versions/22-foreign.ts'
import { announced } from './versions/23-announced.ts'
import { seriesOfDevice } from './versions/24-series-of-device.ts'
import { feed } from './versions/25-feed.ts'

/**
 * The schema, version by version; `PRAGMA user_version` is the number of applied versions. Never change a released version;
 * add the next one.
 */
export const versions: readonly string[] = [
  house,
  record,
  orders,
  rules,
  notify,
  history,
  page,
  opened,
  bounded,
  claims,
  spelling,
  forgotten,
  ended,
  weighed,
  titles,
  channels,
  reader,
  marks,
  peaks,
  groups,
  notes,
  foreign,
  announced,
  seriesOfDevice,
  feed,
]
