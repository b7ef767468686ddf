// The health port of a role, opened when one was asked for. It is open before anything else, so that a role that is still
// starting answers its probes.
import { Registry } from 'prom-client';
import { createHealthServer, type HealthServerOptions } from '#api/health/server.ts';

export interface HealthOptions {
  readonly healthPort?: number;
  readonly healthHost?: string;
}

export interface RoleHealth {
  /** From now on the role says itself why it is not ready. */
  started(ready: HealthServerOptions['ready'], notes?: HealthServerOptions['notes']): void;
  /** More figures, behind the role's own. */
  addMetrics(read: () => Promise<string>): void;
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
  const more: (() => Promise<string>)[] = [];
  const addMetrics: RoleHealth['addMetrics'] = (read) => void more.push(read);
  if (healthPort === undefined) return { started, addMetrics, port: undefined, close: async () => {} };
  const all = async () => {
    const { contentType, text } = (await metrics?.()) ?? { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text: '' };
    return { contentType, text: [text, ...(await Promise.all(more.map((read) => read())))].join('') };
  };
  const server = createHealthServer({ ready: () => ready(), notes: () => notes?.() ?? [], log, metrics: all });
  const { port } = await server.listen({ port: healthPort, ...(healthHost === undefined ? {} : { host: healthHost }) });
  return { started, addMetrics, port, close: () => server.close() };
}
