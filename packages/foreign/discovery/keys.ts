/** Short keys of Home Assistant's discovery, of those that matter here. Long and short ones may be mixed. */
const long: Readonly<Record<string, string>> = {
  avty: 'availability',
  avty_mode: 'availability_mode',
  avty_t: 'availability_topic',
  avty_tpl: 'availability_template',
  cmps: 'components',
  dev: 'device',
  dev_cla: 'device_class',
  en: 'enabled_by_default',
  ent_cat: 'entity_category',
  exp_aft: 'expire_after',
  migr_discvry: 'migrate_discovery',
  o: 'origin',
  p: 'platform',
  pl_avail: 'payload_available',
  pl_not_avail: 'payload_not_available',
  stat_t: 'state_topic',
  t: 'topic',
  uniq_id: 'unique_id',
  unit_of_meas: 'unit_of_measurement',
  val_tpl: 'value_template',
}

const longOfDevice: Readonly<Record<string, string>> = {
  cns: 'connections',
  ids: 'identifiers',
  mf: 'manufacturer',
  mdl: 'model',
  mdl_id: 'model_id',
  sa: 'suggested_area',
  sw: 'sw_version',
}

type Fields = Record<string, unknown>

function spelledOut(given: unknown, names: Readonly<Record<string, string>>): Fields {
  const fields: Fields = {}
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return fields
  for (const [key, value] of Object.entries(given)) {
    const name = Object.hasOwn(names, key) ? (names[key] as string) : key
    // `__proto__` would set the prototype.
    if (name !== '__proto__') fields[name] = value
  }
  return fields
}

/** A config with long keys, and `~` replaced by its base. */
export function withLongKeys(given: unknown): Fields {
  const fields = spelledOut(given, long)
  const base = typeof fields['~'] === 'string' ? fields['~'] : null
  if (Array.isArray(fields.availability)) fields.availability = fields.availability.map((one) => spelledOut(one, long))
  if (fields.device !== undefined) fields.device = spelledOut(fields.device, longOfDevice)
  if (base === null) return fields
  for (const [key, value] of Object.entries(fields)) if (key.endsWith('topic')) fields[key] = withBase(value, base)
  if (Array.isArray(fields.availability))
    fields.availability = (fields.availability as Fields[]).map((one) => ({ ...one, topic: withBase(one.topic, base) }))
  return fields
}

/** `~` stands for the base at the start or the end of a topic. */
function withBase(topic: unknown, base: string): unknown {
  if (typeof topic !== 'string') return topic
  if (topic.startsWith('~')) return base + topic.slice(1)
  return topic.endsWith('~') ? topic.slice(0, -1) + base : topic
}
