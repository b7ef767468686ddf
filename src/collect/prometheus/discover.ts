// Finds the Prometheus of a cluster: services that look like one, the likeliest first, each asked through the API server
// whether it answers a query.
import type { Clock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { CALLS } from '#kube/calls.ts';
import type { KubeClient } from '#kube/contract.ts';
import { withDeadline } from './deadline.ts';
import { type Candidate, candidatesOf, type ListedService } from './prometheus-services.ts';
import { createProxyTransport, type ServiceAddress } from './proxy-transport.ts';
import { readSeries } from './read-answer.ts';
import type { PrometheusTransport } from './transport.ts';

export interface DiscoverOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** For each that is asked; 5 s unless told. */
  readonly timeoutMs?: number;
  /** Only these are believed: whoever may make a service elsewhere could feed every detector. Any unless told. */
  readonly namespaces?: readonly string[];
}

export interface FoundPrometheus {
  readonly service: ServiceAddress;
  readonly transport: PrometheusTransport;
  /** Those before it, with why not. */
  readonly tried: readonly string[];
}

const PAGE = 500;
const MOST_ASKED = 12;

interface ServiceList {
  readonly metadata?: { readonly continue?: string };
  readonly items?: readonly ListedService[];
}

/** The first that answers. Rejects with `not-found` and what was tried, or with what the API server refused. */
export async function discoverPrometheus(client: KubeClient, options: DiscoverOptions): Promise<FoundPrometheus> {
  const { namespaces } = options;
  const services = candidatesOf(await listServices(client, options.signal));
  const candidates = services.filter(({ address }) => namespaces?.includes(address.namespace) ?? true);
  const tried: string[] = [];
  let forbidden: AppError | undefined;
  for (const { address: service } of candidates.slice(0, MOST_ASKED)) {
    options.signal?.throwIfAborted();
    const transport = createProxyTransport(client, service);
    const error = await whyNot(transport, options);
    if (error === undefined) return { service, transport, tried };
    // One proxy in front of one candidate may refuse, while the next one answers.
    if (error instanceof AppError && error.code === 'forbidden') forbidden ??= error;
    const why = error instanceof Error ? error.message.replace(`${transport.address}: `, '') : String(error);
    tried.push(`${nameOf(service)} (${why})`);
  }
  if (forbidden !== undefined) throw forbidden;
  const elsewhere = services.find(({ address }) => !candidates.some((one) => one.address === address));
  if (candidates.length === 0 && elsewhere !== undefined) {
    const where = `${nameOf(elsewhere.address)} looks like Prometheus, but anybody may be called so outside of`;
    throw new AppError('not-found', `${where} ${namespaces?.join(', ')}: name it with --prometheus URL`);
  }
  throw new AppError('not-found', sentenceOf(client.server, candidates, tried));
}

async function listServices(client: KubeClient, signal: AbortSignal | undefined): Promise<ListedService[]> {
  const services: ListedService[] = [];
  let more: string | undefined;
  do {
    const query = { limit: PAGE, continue: more };
    const page = await client.request<ServiceList>(
      CALLS.listServices,
      {},
      signal === undefined ? { query } : { query, signal },
    );
    services.push(...(page.items ?? []));
    more = page.metadata?.continue;
  } while (more !== undefined && more !== '');
  return services;
}

/** Why it is not to be used; undefined when it answers a query. */
async function whyNot(transport: PrometheusTransport, options: DiscoverOptions): Promise<unknown> {
  const { clock, signal, timeoutMs = 5000 } = options;
  const parser = { address: transport.address, maxSeries: 10, maxBytes: 65_536, instant: true };
  const deadline = {
    timeoutMs,
    signal,
    late: () => new AppError('unavailable', `no answer within ${timeoutMs} ms`),
    left: () => new AppError('unavailable', 'the search was given up'),
  };
  try {
    await withDeadline(clock, deadline, async (signal) => {
      const parameters = { query: 'vector(1)' };
      const answer = await transport.send({ path: '/api/v1/query', parameters, signal, timeoutMs });
      await readSeries(answer, parser, clock.nowMs());
    });
    return undefined;
  } catch (error) {
    return error;
  }
}

function sentenceOf(server: string, candidates: readonly Candidate[], tried: readonly string[]): string {
  const remedy = 'give its address with --prometheus URL';
  if (candidates.length === 0) {
    return `no service in the cluster at ${server} looks like Prometheus (by labels, name and port): ${remedy}`;
  }
  const left = candidates.length - tried.length;
  const others = left > 0 ? `, and ${left} less likely ones were not asked` : '';
  return `none of these answered as Prometheus: ${tried.join('; ')}${others}. When it is elsewhere, ${remedy}`;
}

function nameOf({ namespace, service, port, prefix = '' }: ServiceAddress): string {
  return `${namespace}/${service}:${port}${prefix}`;
}
