import { beforeAll, beforeEach, expect, test } from 'vitest';
import type { Clock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { KubeError } from '#kube/kube-error.ts';
import { makeAuthority, makeLeaf, type Pair } from '../certificates/issue.ts';
import { createRotation, type Rotation } from './rotation.ts';

const START = Date.now();
const LIFE = 100_000;

/** The first two of one authority, the third of another. */
let made: { readonly cert: string; readonly key: string; readonly ca: string }[];

beforeAll(async () => {
  const authority = () => makeAuthority('watch', { nowMs: START, endMs: START + 10 * LIFE });
  const [old, next] = [await authority(), await authority()];
  const leaf = async (of: Pair, ca: string) => {
    const pair = await makeLeaf('keeper', 'watch', of, { nowMs: START, endMs: START + LIFE });
    return { cert: pair.certificate, key: pair.key, ca };
  };
  made = [
    await leaf(old, old.certificate),
    await leaf(old, old.certificate),
    await leaf(next, old.certificate + next.certificate),
  ];
});

let nowMs: number;
let files: (typeof made)[number];
let told: { fails: boolean; has: Set<string>; absent: string[] };
let served: string[];
let retries: string[];
let rotation: Rotation;

function take(index: number): void {
  files = made[index] ?? files;
}

beforeEach(() => {
  take(0);
  [nowMs, served, retries] = [START, [], []];
  told = { fails: false, has: new Set(), absent: [] };
  const clock: Clock = { nowMs: () => nowMs, sleep: () => new Promise(() => {}) };
  rotation = createRotation({
    certificates: {
      get cert() {
        return files.cert;
      },
      get key() {
        return files.key;
      },
      get ca() {
        return files.ca;
      },
    },
    bundles: {
      async fill(authorities) {
        if (told.fails) throw new KubeError(0, 'Unreachable', 'no answer from the API server');
        const isNew = authorities.some((one) => !told.has.has(one));
        for (const one of authorities) told.has.add(one);
        return { changed: isNew, absent: told.absent };
      },
    },
    use: ({ cert }) => served.push(cert),
    metrics: { retried: (stage, code) => retries.push(`${stage} ${code}`) },
    ...{ settleMs: 5000, clock, log: createLog('silent') },
  });
});

async function after(ms: number): Promise<void> {
  nowMs += ms;
  await rotation.look();
}

test('it is ready when the API server has had time to hear whom to trust', async () => {
  expect(rotation.ready()).toMatch(/not known yet to trust/);
  await after(0);
  expect(rotation.ready()).toMatch(/not known yet to trust/);
  await after(5000);
  expect(rotation.ready()).toBeUndefined();
});

test('a new certificate of the same authority is served at once', async () => {
  await after(0);
  await after(5000);
  take(1);
  await after(1000);
  expect(served).toEqual([made[1]?.cert]);
});

test('one of a new authority only when all bundles have had it for a while', async () => {
  await after(0);
  await after(5000);
  take(2);
  await after(1000);
  await after(4999);
  expect(served).toEqual([]);
  await after(1);
  expect(served).toEqual([made[2]?.cert]);
  expect(rotation.ready()).toBeUndefined();
});

test('while the API server is away the former is served, which is counted and told', async () => {
  await after(0);
  await after(5000);
  told.fails = true;
  take(2);
  for (let turn = 0; turn < 20; turn++) await after(1000);
  expect(served).toEqual([]);
  expect(retries.length).toBeGreaterThan(0);
  expect(new Set(retries)).toEqual(new Set(['bundle away']));
  expect(rotation.ready()).toBeUndefined();
  expect(rotation.notes()).toEqual(['no answer from the API server']);
  told.fails = false;
  await after(1000);
  await after(5000);
  expect(served).toEqual([made[2]?.cert]);
  expect(rotation.notes()).toEqual([]);
});

test('before it ends it is not ready, and says so', async () => {
  await after(0);
  await after(5000);
  nowMs = START + LIFE - 6000;
  expect(rotation.ready()).toBeUndefined();
  nowMs = START + LIFE - 4999;
  expect(rotation.ready()).toMatch(/^its certificate ends in [34] s, and no new one has come$/);
});

test('what nobody asks it for is told', async () => {
  told.absent = ['MutatingWebhookConfiguration x'];
  await after(0);
  expect(rotation.notes()).toEqual(['MutatingWebhookConfiguration x is not there, or does not ask us']);
});
