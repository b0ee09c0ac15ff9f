// node encode.mjs FOLDER: lets sparkplug-payload encode NAME.bin for each case below and writes what
// went in, as lines of text, to NAME.txt.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Long from 'long';
import sparkplug from 'sparkplug-payload';
import { columnLine, metricLine, payloadLine, propertyLine, rowLine, typeNumbers, value } from './description.mjs';

const codec = sparkplug.get('spBv1.0');
const unsigned = (text) => Long.fromString(text, true);
const whole = (text) => Long.fromString(text, false);
const at = unsigned('1753000000123');

// It writes UInt32 into long_value, against the standard; who listens to its nodes has to take it.
const scalars = [
  ['Int8', -128], ['Int8', 127], ['Int16', -32768], ['Int16', 32767],
  ['Int32', -2147483648], ['Int32', 2147483647],
  ['Int64', whole('-9223372036854775808')], ['Int64', whole('9223372036854775807')],
  ['UInt8', 255], ['UInt16', 65535], ['UInt32', 4294967295], ['UInt64', unsigned('18446744073709551615')],
  ['Float', 0.5], ['Float', -3.4028234663852886e38], ['Double', 0.1], ['Double', -1.7976931348623157e308],
  ['Boolean', true], ['Boolean', false], ['String', ''], ['String', 'Hà Giang, xã Lũng Cú ⛰'],
  ['DateTime', at], ['Text', 'two\nlines'], ['UUID', '01234567-89ab-4def-8123-456789abcdef'],
  ['Bytes', Uint8Array.from([0, 1, 255])],
];

const cases = {
  scalars: {
    timestamp: at, seq: 0,
    metrics: scalars.map(([type, it], i) => ({ name: `Scalars/${type}/${i}`, type, value: it, timestamp: at })),
  },
  aliases: {
    timestamp: at, seq: 255,
    metrics: [
      { name: 'Aliased', alias: unsigned('18446744073709551615'), type: 'UInt64', value: unsigned('7'), timestamp: at },
      { name: 'Aliased too', alias: unsigned('0'), type: 'Double', value: -0, timestamp: at },
    ],
  },
  absent: {
    timestamp: at, seq: 1,
    metrics: [
      { name: 'Absent/number', type: 'Int32', value: null, timestamp: at },
      { name: 'Absent/text', type: 'String', value: null, timestamp: at },
    ],
  },
  history: {
    timestamp: at, seq: 2,
    metrics: [
      { name: 'Past', type: 'Int16', value: 3, timestamp: unsigned('1'), isHistorical: true },
      { name: 'Passing', type: 'Boolean', value: true, timestamp: at, isTransient: true },
    ],
  },
  properties: {
    timestamp: at, seq: 3,
    metrics: [{
      name: 'Described', type: 'Float', value: 21.5, timestamp: at,
      properties: {
        engUnit: { type: 'String', value: 'µs' },
        Quality: { type: 'Int32', value: 192 },
        readOnly: { type: 'Boolean', value: true },
        engHigh: { type: 'Double', value: 100.25 },
        since: { type: 'UInt64', value: at },
        nothing: { type: 'String', value: null },
      },
    }],
  },
  dataset: {
    timestamp: at, seq: 4,
    metrics: [{
      name: 'Backlog', type: 'DataSet', timestamp: at, isHistorical: true,
      value: {
        numOfColumns: 6,
        columns: ['small', 'large', 'ratio', 'exact', 'up', 'why'],
        types: ['Int8', 'Int64', 'Float', 'Double', 'Boolean', 'String'],
        rows: [
          [-1, whole('-2'), 0.25, 1e300, true, 'không có đường truyền'],
          [127, whole('9223372036854775807'), -0.5, 0.1, false, ''],
        ],
      },
    }],
  },
  empty: { timestamp: at, seq: 5, metrics: [] },
  anonymous: { timestamp: at, uuid: 'a uuid of the sender', metrics: [] },
};

function describe(payload) {
  const lines = [payloadLine(payload)];
  for (const metric of payload.metrics) {
    const type = typeNumbers[metric.type];
    const text = metric.type === 'DataSet' ? 'dataset' : value(type, metric.value);
    lines.push(metricLine({
      ...metric, type, text, historical: metric.isHistorical, transient: metric.isTransient,
    }));
    for (const [key, { type: name, value: it }] of Object.entries(metric.properties ?? {})) {
      lines.push(propertyLine(key, typeNumbers[name], value(typeNumbers[name], it)));
    }
    if (metric.type === 'DataSet') {
      const { columns, types, rows } = metric.value;
      columns.forEach((name, i) => lines.push(columnLine(name, typeNumbers[types[i]])));
      for (const row of rows) lines.push(rowLine(row.map((it, i) => value(typeNumbers[types[i]], it))));
    }
  }
  return `${lines.join('\n')}\n`;
}

for (const [name, payload] of Object.entries(cases)) {
  writeFileSync(join(process.argv[2], `${name}.bin`), codec.encodePayload(payload));
  writeFileSync(join(process.argv[2], `${name}.txt`), describe(payload));
  console.log(name);
}
