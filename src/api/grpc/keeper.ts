// The keeper's door for the operator: append, position, report, what is open, and health. Mutual TLS, because a forged score would silence
// a page: without certificates it listens on loopback only.
import { Server } from '@grpc/grpc-js';
import type { Certificates } from '#kit/certificates.ts';
import type { Clock } from '#kit/clock.ts';
import { APPEND, MESSAGE_BYTES, OPEN_FINDINGS, POSITION, REPORT } from '#store/keeper/contract.ts';
import { closeDoor, onlyFor, openDoor } from './door.ts';
import { createHealth } from './health.ts';
import { type KeeperCallsOptions, keeperCalls } from './keeper-calls.ts';
import { serviceOf } from './unary.ts';

export const KEEPER_PORT = 8443;
const SERVICE = 'tidewatch.v1.Keeper';

export interface KeeperServerOptions extends KeeperCallsOptions {
  /** With them every client must show a certificate that `ca` signed, and only the operator's may call. */
  readonly credentials?: Certificates;
  readonly clock: Clock;
  readonly maxConnectionAgeMs?: number;
}

export interface KeeperServer {
  /** Port 0 chooses one. Rejects with an AppError where it may not or cannot listen. */
  listen(at: { readonly host: string; readonly port: number }): Promise<{ readonly port: number }>;
  /** Takes nothing new; what is under way may end within `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export function createKeeperServer(options: KeeperServerOptions): KeeperServer {
  const { credentials, clock } = options;
  const server = new Server({
    // So that no connection goes on for long with a certificate that has ended.
    'grpc.max_connection_age_ms': options.maxConnectionAgeMs ?? 600_000,
    'grpc.max_connection_age_grace_ms': 30_000,
    'grpc.max_receive_message_length': MESSAGE_BYTES,
    'grpc-node.flow_control_window': MESSAGE_BYTES / 4,
    'grpc.max_concurrent_streams': 16,
  });
  const health = createHealth([SERVICE]);
  const paths = { [APPEND]: 'unary', [POSITION]: 'unary', [REPORT]: 'unary', [OPEN_FINDINGS]: 'unary' } as const;
  server.addService(serviceOf(paths), onlyFor('operator', credentials, keeperCalls(options)));
  server.addService(health.service, health.handlers);
  return {
    async listen({ host, port }) {
      return { port: await openDoor(server, 'the keeper', credentials, { host, port }) };
    },
    async close(graceMs) {
      health.stop();
      await closeDoor(server, clock, graceMs);
    },
  };
}
