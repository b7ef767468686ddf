// The health port of a role, opened when one was asked for. It is open before anything else, so that a role that is still
// starting answers its probes.
import { createHealthServer, type HealthServerOptions } from '#api/health/server.ts';

export interface HealthOptions {
  readonly healthPort?: number;
  readonly healthHost?: string;
}

export interface RoleHealth {
  /** From now on the role says itself why it is not ready. */
  started(ready: HealthServerOptions['ready']): void;
  close(): Promise<void>;
  /** Undefined without one. */
  readonly port: number | undefined;
}

export async function openHealth(
  { healthPort, healthHost }: HealthOptions,
  { metrics, log }: Pick<HealthServerOptions, 'metrics' | 'log'>,
): Promise<RoleHealth> {
  let ready: HealthServerOptions['ready'] = () => 'it is starting';
  const started: RoleHealth['started'] = (next) => {
    ready = next;
  };
  if (healthPort === undefined) return { started, port: undefined, close: async () => {} };
  const server = createHealthServer({ ready: () => ready(), log, ...(metrics === undefined ? {} : { metrics }) });
  const { port } = await server.listen({ port: healthPort, ...(healthHost === undefined ? {} : { host: healthHost }) });
  return { started, port, close: () => server.close() };
}
