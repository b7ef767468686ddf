// A track as it travels.
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { eachNested, writeDouble, writeNested, writeText } from '#kit/protobuf.ts';
import type { Track } from '#model/score.ts';

export function writeTrack(writer: BinaryWriter, track: Track): void {
  writeText(writer, 1, track.key);
  writeText(writer, 2, track.detector);
  writeText(writer, 3, track.series);
  for (const [name, value] of Object.entries(track.labels)) {
    writeNested(writer, 4, () => {
      writeText(writer, 1, name);
      writeText(writer, 2, value);
    });
  }
  writeDouble(writer, 5, track.stepMs);
  writeDouble(writer, 6, track.threshold);
}

export function readTrack(reader: BinaryReader): Track {
  const texts = ['', '', ''];
  const labels: [string, string][] = [];
  let [stepMs, threshold] = [0, 0];
  eachNested(reader, (field, wire) => {
    if (field === 5 && wire === WireType.Bit64) stepMs = reader.double();
    else if (field === 6 && wire === WireType.Bit64) threshold = reader.double();
    else if (wire !== WireType.LengthDelimited || field > 4) return false;
    else if (field === 4) labels.push(readLabel(reader));
    else texts[field - 1] = reader.string();
    return true;
  });
  const [key = '', detector = '', series = ''] = texts;
  return { key, detector, series, labels: Object.fromEntries(labels), stepMs, threshold };
}

function readLabel(reader: BinaryReader): [string, string] {
  const pair: [string, string] = ['', ''];
  eachNested(reader, (field, wire) => {
    if (wire !== WireType.LengthDelimited || (field !== 1 && field !== 2)) return false;
    pair[field - 1] = reader.string();
    return true;
  });
  return pair;
}
