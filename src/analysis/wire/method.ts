// How to score, as it travels: the name of an algorithm, its parameters of three kinds, and the threshold.
import { type BinaryReader, type BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { AppError } from '#kit/errors.ts';
import { eachField, nestedEnd, writeDouble, writeText } from '#kit/protobuf.ts';
import type { AnalysisJob } from '../contract.ts';

export type Method = Pick<AnalysisJob, 'algorithm' | 'parameters' | 'threshold'>;
type Value = number | string | boolean;

/** The fields of a Method, without a tag of its own. */
export function writeMethod(writer: BinaryWriter, { algorithm, parameters, threshold }: Method): void {
  writeText(writer, 1, algorithm);
  for (const [name, value] of Object.entries(parameters)) {
    writer.tag(2, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(name);
    writer.tag(2, WireType.LengthDelimited).fork();
    writeValue(writer, value);
    writer.join().join();
  }
  writeDouble(writer, 3, threshold);
}

export function readMethod(reader: BinaryReader): Method {
  const parameters: [string, Value][] = [];
  let [algorithm, threshold] = ['', 0];
  eachField(reader, nestedEnd(reader), (field, wire) => {
    if (field === 1 && wire === WireType.LengthDelimited) algorithm = reader.string();
    else if (field === 2 && wire === WireType.LengthDelimited) parameters.push(readEntry(reader));
    else if (field === 3 && wire === WireType.Bit64) threshold = reader.double();
    else return false;
    return true;
  });
  return { algorithm, parameters: Object.fromEntries(parameters), threshold };
}

// A member of a oneof is written even when it has its default: that it is there is what it says.
function writeValue(writer: BinaryWriter, value: Value): void {
  if (typeof value === 'number') writer.tag(1, WireType.Bit64).double(value);
  else if (typeof value === 'string') writer.tag(2, WireType.LengthDelimited).string(value);
  else writer.tag(3, WireType.Varint).bool(value);
}

function readEntry(reader: BinaryReader): [string, Value] {
  let name = '';
  let value: Value | undefined;
  eachField(reader, nestedEnd(reader), (field, wire) => {
    if (wire !== WireType.LengthDelimited || field > 2) return false;
    if (field === 1) name = reader.string();
    else value = readValue(reader) ?? value;
    return true;
  });
  if (value !== undefined) return [name, value];
  throw new AppError('bad-input', `the parameter "${name}" has no value: number, text or flag is expected`);
}

function readValue(reader: BinaryReader): Value | undefined {
  let value: Value | undefined;
  eachField(reader, nestedEnd(reader), (field, wire) => {
    if (field === 1 && wire === WireType.Bit64) value = reader.double();
    else if (field === 2 && wire === WireType.LengthDelimited) value = reader.string();
    else if (field === 3 && wire === WireType.Varint) value = reader.bool();
    else return false;
    return true;
  });
  return value;
}
