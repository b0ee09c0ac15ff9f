// node decode.mjs FILE...: prints what sparkplug-payload reads in each file.
//
// Its decoder is asked wherever it is right. Where it is not, its protobuf layer (generated from the
// standard's own .proto) is: UInt32, which it looks for in long_value against the standard; cells of a
// DataSet, of which it knows Int64, Float, Double, Boolean and String only and takes absent ones for
// zeros; and metrics without a data type, as DATA messages have them.
import { readFileSync } from 'node:fs';
import sparkplug from 'sparkplug-payload';
import proto from 'sparkplug-payload/lib/sparkplugPayloadProto.js';
import { columnLine, metricLine, payloadLine, propertyLine, rowLine, value } from './description.mjs';

const codec = sparkplug.get('spBv1.0');
const { Payload } = proto.org.eclipse.tahu.protobuf;

const signed = { 1: 8, 2: 16, 3: 32 };
function cell(type, wire, slot) {
  if (!slot) return 'null';
  const raw = wire[slot];
  if (signed[type]) return value(type, BigInt.asIntN(signed[type], BigInt(raw)));
  if (type === 4) return value(type, raw.toSigned());
  return value(type, raw);
}
const own = (wire, name) => (Object.hasOwn(wire, name) ? wire[name] : undefined);

for (const file of process.argv.slice(2)) {
  const bytes = readFileSync(file);
  const wirePayload = Payload.decode(bytes);
  // Asked without its DataSets: for most types of columns it throws, and the whole message is lost.
  const plain = Payload.decode(bytes);
  for (const metric of plain.metrics) if (metric.value === 'datasetValue') delete metric.datasetValue;
  for (const metric of plain.metrics) if (metric.datatype === 16) metric.datatype = 0;
  const payload = codec.decodePayload(Payload.encode(plain).finish());

  const lines = [payloadLine(payload)];
  payload.metrics?.forEach((metric, index) => {
    const wire = wirePayload.metrics[index];
    const slot = wire.value;
    const type = own(wire, 'datatype') ?? 0;
    let text;
    if (slot === 'datasetValue') text = 'dataset';
    else if (type === 0 || type === 7) text = metric.value === null && wire.isNull ? 'null' : cell(type, wire, slot);
    else text = value(type, metric.value);
    lines.push(metricLine({
      name: metric.name, alias: metric.alias, timestamp: metric.timestamp, type,
      historical: metric.isHistorical, transient: metric.isTransient, text, slot,
    }));
    wire.properties?.keys.forEach((key, i) => {
      const property = wire.properties.values[i];
      const read = property.type === 7 ? property.intValue : metric.properties[key].value;
      lines.push(propertyLine(key, property.type, value(property.type, read)));
    });
    if (slot === 'datasetValue') {
      const table = wire.datasetValue;
      if (table.numOfColumns.toString() !== String(table.columns.length)) throw new Error('num_of_columns is wrong');
      table.columns.forEach((name, i) => lines.push(columnLine(name, table.types[i])));
      for (const row of table.rows) {
        lines.push(rowLine(row.elements.map((element, i) => cell(table.types[i], element, element.value))));
      }
    }
  });
  console.log(lines.join('\n'));
}
