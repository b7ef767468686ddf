// grpc.health.v1, which probes and load balancers ask. Watchers hear when the server begins to end, so that nobody sends it
// anything new.
import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { type handleServerStreamingCall, type handleUnaryCall, Metadata, status } from '@grpc/grpc-js';
import { eachField } from '#kit/protobuf.ts';
import { serviceOf } from './unary.ts';

const CHECK = '/grpc.health.v1.Health/Check';
const WATCH = '/grpc.health.v1.Health/Watch';
const SERVING = 1;
const NOT_SERVING = 2;
const SERVICE_UNKNOWN = 3;

/** `services`: the full names that it knows, beside '' for the whole server. */
export function createHealth(services: readonly string[]) {
  let state = SERVING;
  const watchers = new Set<() => void>();
  const stateOf = (name: string) => (name === '' || services.includes(name) ? state : SERVICE_UNKNOWN);
  const check: handleUnaryCall<Buffer, Uint8Array> = ({ request }, callback) => {
    const name = readName(request);
    const found = name === undefined ? SERVICE_UNKNOWN : stateOf(name);
    if (found !== SERVICE_UNKNOWN) return callback(null, writeState(found));
    callback({ code: status.NOT_FOUND, details: `there is no service "${name ?? '?'}"`, metadata: new Metadata() });
  };
  const watch: handleServerStreamingCall<Buffer, Uint8Array> = (call) => {
    const name = readName(call.request);
    let told = 0;
    const tell = () => {
      const now = name === undefined ? SERVICE_UNKNOWN : stateOf(name);
      if (now !== told) call.write(writeState(now));
      told = now;
      if (now === NOT_SERVING) call.end();
    };
    watchers.add(tell);
    call.on('cancelled', () => watchers.delete(tell));
    tell();
  };
  return {
    service: serviceOf({ [CHECK]: 'unary', [WATCH]: 'server' }),
    handlers: { [CHECK]: check, [WATCH]: watch },
    /** From now on it does not serve; watchers are told, and their streams end. */
    stop(): void {
      state = NOT_SERVING;
      for (const tell of watchers) tell();
      watchers.clear();
    },
  };
}

function readName(bytes: Uint8Array): string | undefined {
  const reader = new BinaryReader(bytes);
  let name = '';
  try {
    eachField(reader, reader.len, (field, wire) => {
      if (field !== 1 || wire !== WireType.LengthDelimited) return false;
      name = reader.string();
      return true;
    });
  } catch {
    return undefined;
  }
  return name;
}

function writeState(state: number): Uint8Array {
  return new BinaryWriter().tag(1, WireType.Varint).int32(state).finish();
}
