// The health port of a role, opened when one was asked for. It is open before anything else, so that a role that is still
// starting answers its probes.
import { Registry } from 'prom-client';
import { createHealthServer, type HealthServerOptions } from '#api/health/server.ts';
import { addDoorMetrics } from './door-metrics.ts';

export interface HealthOptions {
  readonly healthPort?: number;
  readonly healthHost?: string;
}

export interface RoleHealth {
  /** From now on the role says itself why it is not ready. */
  started(ready: HealthServerOptions['ready'], notes?: HealthServerOptions['notes']): void;
  /** More figures, behind the role's own. */
  addMetrics(read: () => Promise<string>): void;
  /** Something that has to go on; it says why it does not. */
  watch(stuck: () => string | undefined): void;
  /** Another address; undefined as long as it is not known. */
  addPage(path: string, read: () => object | undefined): void;
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
  const watched: (() => string | undefined)[] = [];
  const pages = new Map<string, () => object | undefined>();
  const own = {
    started,
    addMetrics,
    watch: (stuck: () => string | undefined) => void watched.push(stuck),
    addPage: (path: string, read: () => object | undefined) => void pages.set(path, read),
  };
  if (healthPort === undefined) return { ...own, port: undefined, close: async () => {} };
  const all = async () => {
    const { contentType, text } = (await metrics?.()) ?? { contentType: Registry.PROMETHEUS_CONTENT_TYPE, text: '' };
    return { contentType, text: [text, ...(await Promise.all(more.map((read) => read())))].join('') };
  };
  const registry = new Registry();
  more.push(() => registry.metrics());
  const alive = () => watched.map((stuck) => stuck()).find((reason) => reason !== undefined);
  const server = createHealthServer({
    ...{ alive, ready: () => ready(), notes: () => notes?.() ?? [], log, metrics: all, pages },
  });
  addDoorMetrics(registry, 'health', () => server.connections());
  const { port } = await server.listen({ port: healthPort, ...(healthHost === undefined ? {} : { host: healthHost }) });
  return { ...own, port, close: () => server.close() };
}
