// A payload as lines of text, one line a thing, so that two codecs can be compared with a plain diff.
// interop_test.cpp writes the same lines from our structs.

const hex = (bytes) => Buffer.from(bytes).toString('hex');

/** A value as text. `type` is Sparkplug's number. Reals and texts by their bytes: nothing is rounded. */
export function value(type, it) {
  if (it === null || it === undefined) return 'null';
  switch (type) {
    case 9: { const bytes = Buffer.alloc(4); bytes.writeFloatBE(it); return `float:${hex(bytes)}`; }
    case 10: { const bytes = Buffer.alloc(8); bytes.writeDoubleBE(it); return `double:${hex(bytes)}`; }
    case 11: return `flag:${it ? 1 : 0}`;
    case 12: case 14: case 15: return `text:${hex(Buffer.from(it, 'utf8'))}`;
    case 17: case 18: return `bytes:${hex(it)}`;
    default: return `integer:${it.toString()}`;
  }
}

const optional = (name, it) => (it === null || it === undefined ? '' : ` ${name}=${it.toString()}`);

export function payloadLine({ timestamp, seq, uuid }) {
  return `payload${optional('timestamp', timestamp)}${optional('seq', seq)}${optional('uuid', uuid)}`;
}

export function metricLine({ name, alias, timestamp, type, historical, transient, text, slot }) {
  return `metric [${name ?? ''}]${optional('alias', alias)}${optional('timestamp', timestamp)} type=${type}` +
    `${historical ? ' historical' : ''}${transient ? ' transient' : ''} ${text}${slot ? ` in ${slot}` : ''}`;
}

export const propertyLine = (key, type, text) => `  property [${key}] type=${type} ${text}`;
export const columnLine = (name, type) => `  column [${name}] type=${type}`;
export const rowLine = (texts) => `  row ${texts.join(' ')}`;

export const typeNumbers = {
  Int8: 1, Int16: 2, Int32: 3, Int64: 4, UInt8: 5, UInt16: 6, UInt32: 7, UInt64: 8, Float: 9, Double: 10,
  Boolean: 11, String: 12, DateTime: 13, Text: 14, UUID: 15, DataSet: 16, Bytes: 17, File: 18,
};
