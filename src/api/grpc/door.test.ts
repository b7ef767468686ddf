// The doors of keeper and analyser with mutual TLS, called by the very clients of the operator while certificates change.
import { afterEach, describe, expect, test } from 'vitest';
import { createGrpcAnalyser } from '#analysis/grpc/client.ts';
import { makeAuthority, makeLeaf, type Pair, type TlsRole } from '#app/certificates/issue.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { Certificates } from '#kit/certificates.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { createKeeperClient } from '#store/keeper/client.ts';
import { makeBatch, T0 } from '../../../test/conformance/store-fixtures.ts';
import { createKeeperServer } from './keeper.ts';
import { createAnalysisServer } from './server.ts';

const log = createLog('silent');
const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const deps = { clock: systemClock, random: Math.random, log };
const INFO = { path: '', sizeBytes: 0, schemaVersion: 1, epoch: 0, tracks: 0, scores: 0, findings: 0 };
const period = () => ({ nowMs: Date.now(), endMs: Date.now() + 600_000 });
const newAuthority = () => makeAuthority('watch', period());

/** A role's certificates, which `change` replaces as a mounted Secret would. */
class Changing implements Certificates {
  cert = '';
  key = '';
  ca = '';
  readonly #listeners = new Set<() => void>();

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  change(next: Partial<Record<'cert' | 'key' | 'ca', string>>): void {
    Object.assign(this, next);
    for (const listener of this.#listeners) listener();
  }
}

async function leafOf(role: TlsRole, authority: Pair, namespace = 'watch') {
  const { certificate: cert, key } = await makeLeaf(role, namespace, authority, period());
  return { cert, key };
}

async function certificatesOf(role: TlsRole, authority: Pair, namespace?: string): Promise<Changing> {
  const made = new Changing();
  made.change({ ...(await leafOf(role, authority, namespace)), ca: authority.certificate });
  return made;
}

async function openKeeper(credentials: Certificates, maxConnectionAgeMs = 600_000) {
  const server = createKeeperServer({
    store: {
      ...{ append: async () => ({ outcome: 'stored' }), info: async () => INFO, position: async () => undefined },
      findings: async () => ({ findings: [], total: 0, facets: { entity: [], metric: [], state: [] } }),
    },
    onReport: () => {},
    ...{ clock: systemClock, log, credentials, maxConnectionAgeMs },
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  endings.push(() => server.close(0));
  return async (client: Certificates) => {
    const named = withName(client, 'tidewatch-keeper.watch.svc');
    const address = `https://127.0.0.1:${port}`;
    const keeper = await createKeeperClient({ address, credentials: named, maxSpoolBytes: 0, ...deps });
    endings.push(() => keeper.close());
    return keeper;
  };
}

async function openAnalyser(credentials: Certificates) {
  const server = createAnalysisServer({
    ...{ algorithms: ALGORITHMS, version: '1', clock: systemClock, log, credentials },
    maxConnectionAgeMs: 100,
  });
  const { port } = await server.listen({ port: 0 });
  endings.push(() => server.close(0));
  return (client: Certificates) => {
    const named = withName(client, 'tidewatch-analysers.watch.svc');
    const analyser = createGrpcAnalyser({ addresses: `127.0.0.1:${port}`, credentials: named, ...deps });
    endings.push(() => analyser.close());
    return analyser;
  };
}

/** As they are, for a server that is called by an address and not by its name. */
function withName(client: Certificates, serverName: string) {
  return {
    ...{ serverName, onChange: (listener: () => void) => client.onChange?.(listener) ?? (() => {}) },
    get cert() {
      return client.cert;
    },
    get key() {
      return client.key;
    },
    get ca() {
      return client.ca;
    },
  };
}

const JOB = {
  ...{ metricName: 'm', algorithm: 'z-score', parameters: {}, threshold: 3 },
  series: {
    stepMs: 1000,
    timesMs: Float64Array.from({ length: 20 }, (_, index) => T0 + index * 1000),
    values: Float64Array.from({ length: 20 }, (_, index) => index % 3),
  },
};

describe('who may call', () => {
  test('the operator appends and has windows scored', async () => {
    const authority = await newAuthority();
    const operator = await certificatesOf('operator', authority);
    const keeper = await (await openKeeper(await certificatesOf('keeper', authority)))(operator);
    const analyser = (await openAnalyser(await certificatesOf('analyser', authority)))(operator);
    expect(await keeper.append(makeBatch('a'))).toEqual({ outcome: 'stored' });
    await keeper.report(1, { ...FACTS });
    expect((await analyser.analyse([JOB]))[0]).not.toHaveProperty('refusal');
  });

  test.each([
    ['another role of the same authority', 'analyser', 'watch', 'spiffe://tidewatch/watch/analyser'],
    ['the operator of another installation', 'operator', 'other', 'spiffe://tidewatch/other/operator'],
  ] as const)('%s is refused', async (_, role, namespace, told) => {
    const authority = await newAuthority();
    const caller = await certificatesOf(role, authority, namespace);
    const keeper = await (await openKeeper(await certificatesOf('keeper', authority)))(caller);
    const analyser = (await openAnalyser(await certificatesOf('analyser', authority)))(caller);
    const refusal = { code: 'forbidden', message: expect.stringContaining(told) };
    await expect(keeper.append(makeBatch('a'))).rejects.toMatchObject(refusal);
    await expect(keeper.position()).rejects.toMatchObject(refusal);
    await expect(keeper.report(1, {})).rejects.toMatchObject(refusal);
    await expect(analyser.analyse([JOB])).rejects.toMatchObject(refusal);
  });

  test('a caller of another authority is not heard at all', async () => {
    const [own, other] = [await newAuthority(), await newAuthority()];
    const stranger = await certificatesOf('operator', other);
    stranger.change({ ca: own.certificate });
    const keeper = await (await openKeeper(await certificatesOf('keeper', own)))(stranger);
    await expect(keeper.append(makeBatch('a'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

test('certificates and authorities change under calls on old and new connections, and none fails', async () => {
  let authority = await newAuthority();
  const [keeperTls, analyserTls, operatorTls] = [
    await certificatesOf('keeper', authority),
    await certificatesOf('analyser', authority),
    await certificatesOf('operator', authority),
  ];
  const roles = { keeper: keeperTls, analyser: analyserTls, operator: operatorTls };
  const connect = await openKeeper(keeperTls, 200);
  const old = await connect(operatorTls);
  const analyser = (await openAnalyser(analyserTls))(operatorTls);
  const failures: unknown[] = [];
  const issuers = new Set<string>();
  let calls = 0;
  let isDone = false;
  const again = async (call: () => Promise<unknown>) => {
    while (!isDone) {
      await call().then(
        () => calls++,
        (error: unknown) => failures.push(error),
      );
    }
  };
  const fresh = async () => {
    const keeper = await connect(operatorTls);
    issuers.add(operatorTls.ca);
    await keeper.append(makeBatch('b')).finally(() => keeper.close());
  };
  const running = [again(() => old.append(makeBatch('a'))), again(() => analyser.analyse([JOB])), again(fresh)];
  for (let round = 0; round < 6; round++) {
    const next = await newAuthority();
    const both = authority.certificate + next.certificate;
    for (const tls of Object.values(roles)) tls.change({ ca: both });
    await callsAfter(calls);
    for (const [role, tls] of Object.entries(roles)) {
      tls.change(await leafOf(role as TlsRole, next));
      await callsAfter(calls);
    }
    for (const tls of Object.values(roles)) tls.change({ ca: next.certificate });
    await callsAfter(calls);
    authority = next;
  }
  isDone = true;
  await Promise.all(running);
  expect(failures).toEqual([]);
  expect(issuers.size).toBeGreaterThan(6);

  async function callsAfter(before: number): Promise<void> {
    while (calls < before + 20 && failures.length === 0) await systemClock.sleep(1);
  }
}, 30_000);

const FACTS = {
  ...{ state: 'live', progress: null, message: null, newestMs: T0, samplesPerSecond: 1, droppedSamples: 0 },
  live: { cluster: 'c', prometheus: 'http://p', series: 1, stepMs: 60_000, troubles: [] },
  ...{ detectors: [], services: [] },
};
