// A batch as the body of a remote write, version 1 (prometheus.WriteRequest) or 2 (io.prometheus.write.v2.Request, in
// which every text is told once and referred to by number), compressed in Snappy's block format.
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import snappy from 'snappyjs';
import type { Batch } from './samples.ts';
import type { LabelPairs } from './score-series.ts';

export type RemoteWriteVersion = 1 | 2;

const GAUGE = 2;

export function encode(batch: Batch, version: RemoteWriteVersion): Uint8Array {
  return snappy.compress(version === 1 ? encodeV1(batch) : encodeV2(batch));
}

export function headersOf(version: RemoteWriteVersion): Record<string, string> {
  return {
    'content-encoding': 'snappy',
    'content-type':
      version === 1 ? 'application/x-protobuf' : 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'x-prometheus-remote-write-version': version === 1 ? '0.1.0' : '2.0.0',
  };
}

function encodeV1(batch: Batch): Uint8Array {
  const writer = new BinaryWriter();
  for (const [labels, rows] of rowsBySeries(batch)) {
    writer.tag(1, WireType.LengthDelimited).fork();
    for (const [name, value] of labels) {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).string(name);
      writer.tag(2, WireType.LengthDelimited).string(value).join();
    }
    writeSamples(writer, batch, rows);
    writer.join();
  }
  return writer.finish();
}

function encodeV2(batch: Batch): Uint8Array {
  // The first symbol is the empty text, by the format.
  const symbols = new Map([['', 0]]);
  const refer = (text: string) => {
    const known = symbols.get(text);
    if (known !== undefined) return known;
    symbols.set(text, symbols.size);
    return symbols.size - 1;
  };
  const series = new BinaryWriter();
  for (const [labels, rows] of rowsBySeries(batch)) {
    series.tag(5, WireType.LengthDelimited).fork();
    series.tag(1, WireType.LengthDelimited).fork();
    for (const [name, value] of labels) series.uint32(refer(name)).uint32(refer(value));
    series.join();
    writeSamples(series, batch, rows);
    series.tag(5, WireType.LengthDelimited).fork();
    series.tag(1, WireType.Varint).int32(GAUGE).join();
    series.join();
  }
  const writer = new BinaryWriter();
  for (const symbol of symbols.keys()) writer.tag(4, WireType.LengthDelimited).string(symbol);
  return writer.raw(series.finish()).finish();
}

function writeSamples(writer: BinaryWriter, { timesMs, values }: Batch, rows: readonly number[]): void {
  for (const row of rows) {
    writer.tag(2, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.Bit64).double(values[row] ?? Number.NaN);
    writer
      .tag(2, WireType.Varint)
      .int64(Math.round(timesMs[row] ?? 0))
      .join();
  }
}

/** Rows of each series in their order, which is that of time. */
function rowsBySeries({ series }: Batch): Map<LabelPairs, number[]> {
  const rows = new Map<LabelPairs, number[]>();
  for (const [row, labels] of series.entries()) {
    const known = rows.get(labels);
    if (known === undefined) rows.set(labels, [row]);
    else known.push(row);
  }
  return rows;
}
