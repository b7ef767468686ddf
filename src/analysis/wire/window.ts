// A window of one series, as it travels.
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { eachField, nestedEnd, writeDouble, writeText } from '#kit/protobuf.ts';
import type { Series } from '#model/series.ts';
import { type Arena, columnValues, emptyColumn, readDoubles, writeDoubles } from './fields.ts';

export interface Window {
  /** Index of the way of scoring. */
  readonly method: number;
  readonly metricName: string;
  /** Not checked: what came may be no series at all. */
  readonly series: Series;
}

/** The fields of a Window, without a tag of its own. */
export function writeWindow(writer: BinaryWriter, { method, metricName, series }: Window): void {
  if (method !== 0) writer.tag(1, WireType.Varint).uint32(method);
  writeText(writer, 2, metricName);
  writeDouble(writer, 3, series.stepMs);
  writeDoubles(writer, 4, series.timesMs);
  writeDoubles(writer, 5, series.values);
}

/** Its columns are cut from the arena. */
export function readWindow(reader: BinaryReader, arena: Arena): Window {
  const [timesMs, values] = [emptyColumn(), emptyColumn()];
  let [method, metricName, stepMs] = [0, '', 0];
  eachField(reader, nestedEnd(reader), (field, wire) => {
    if (field === 1 && wire === WireType.Varint) method = reader.uint32();
    else if (field === 2 && wire === WireType.LengthDelimited) metricName = reader.string();
    else if (field === 3 && wire === WireType.Bit64) stepMs = reader.double();
    else if (field === 4) return readDoubles(reader, wire, timesMs, arena);
    else if (field === 5) return readDoubles(reader, wire, values, arena);
    else return false;
    return true;
  });
  return { method, metricName, series: { stepMs, timesMs: columnValues(timesMs), values: columnValues(values) } };
}
