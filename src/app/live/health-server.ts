// The health port of a role, opened when one was asked for. It is open before anything else, so that a role that is still
// starting answers its probes.
import { createHealthServer, type HealthServerOptions } from '#api/health/server.ts';

export interface HealthOptions {
  readonly healthPort?: number;
  readonly healthHost?: string;
}

export interface RoleHealth {
  /** From now on the role says itself why it is not ready. */
  started(ready: HealthServerOptions['ready'], notes?: HealthServerOptions['notes']): void;
  close(): Promise<void>;
  /** Undefined without one. */
  readonly port: number | undefined;
}

export async function openHealth(
  { healthPort, healthHost }: HealthOptions,
  { metrics, log }: Pick<HealthServerOptions, 'metrics' | 'log'>,
): Promise<RoleHealth> {
  let ready: HealthServerOptions['ready'] = () => 'it is starting';
  let notes: HealthServerOptions['notes'];
  const started: RoleHealth['started'] = (next, said) => {
    ready = next;
    notes = said;
  };
  if (healthPort === undefined) return { started, port: undefined, close: async () => {} };
  const server = createHealthServer({
    ...{ ready: () => ready(), notes: () => notes?.() ?? [], log },
    ...(metrics === undefined ? {} : { metrics }),
  });
  const { port } = await server.listen({ port: healthPort, ...(healthHost === undefined ? {} : { host: healthHost }) });
  return { started, port, close: () => server.close() };
}
