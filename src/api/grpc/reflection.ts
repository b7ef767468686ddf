// Server reflection, so that grpcurl and its like need no .proto file. The protocol's v1 and v1alpha have the same messages,
// and old clients know only the second.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type handleBidiStreamingCall, Metadata, status } from '@grpc/grpc-js';
import { eachField } from '#kit/protobuf.ts';
import { DESCRIPTORS } from './descriptors.ts';
import { serviceOf } from './unary.ts';

const PATHS = ['v1', 'v1alpha'].map((version) => `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`);
const [BY_NAME, BY_SYMBOL, LIST] = [3, 4, 7];

/** `services`: the full names that are listed. */
export function createReflection(services: readonly string[]) {
  const info: handleBidiStreamingCall<Buffer, Uint8Array> = (call) => {
    call.on('data', (request: Buffer) => {
      try {
        call.write(answer(request, services));
      } catch {
        const details = 'this is no ServerReflectionRequest';
        call.emit('error', { code: status.INVALID_ARGUMENT, details, metadata: new Metadata() });
      }
    });
    call.on('end', () => call.end());
  };
  return {
    service: serviceOf(Object.fromEntries(PATHS.map((path) => [path, 'both' as const]))),
    handlers: Object.fromEntries(PATHS.map((path) => [path, info])),
  };
}

function answer(request: Uint8Array, services: readonly string[]): Uint8Array {
  const reader = new BinaryReader(request);
  let [host, wanted, name] = ['', 0, ''];
  eachField(reader, reader.len, (field, wire) => {
    if (wire !== WireType.LengthDelimited) return false;
    if (field === 1) {
      host = reader.string();
    } else if (field === BY_NAME || field === BY_SYMBOL || field === LIST) {
      wanted = field;
      name = reader.string();
    } else {
      return false;
    }
    return true;
  });
  const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).string(host);
  writer.tag(2, WireType.LengthDelimited).bytes(request);
  if (wanted === LIST) writeList(writer, services);
  else writeFile(writer, wanted, name);
  return writer.finish();
}

function writeList(writer: BinaryWriter, services: readonly string[]): void {
  writer.tag(6, WireType.LengthDelimited).fork();
  for (const service of services) {
    writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).string(service).join();
  }
  writer.join();
}

function writeFile(writer: BinaryWriter, wanted: number, name: string): void {
  const found = DESCRIPTORS.find((file) => (wanted === BY_NAME ? file.name === name : file.symbols.includes(name)));
  if (found !== undefined) {
    const bytes = Buffer.from(found.base64, 'base64');
    writer.tag(4, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).bytes(bytes).join();
    return;
  }
  // Extensions, which these files do not have, end here as well.
  const [code, message] = [status.NOT_FOUND, `there is no ${wanted === BY_NAME ? 'file' : 'symbol'} "${name}"`];
  writer.tag(7, WireType.LengthDelimited).fork().tag(1, WireType.Varint).int32(code);
  writer.tag(2, WireType.LengthDelimited).string(message).join();
}
