// A store against the model, with random batches: repeated, out of order, scored again, with the store opened again between.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AppendBatch, Store, TimeRange } from '#store/contract.ts';
import type { CurrentStore } from './store.ts';
import { ALL_TIME, MINUTE, makeBatch, makeFinding, podTrack, T0 } from './store-fixtures.ts';
import { COLUMNS, createStoreModel, type StoreModel } from './store-model.ts';

const TRACKS = Array.from({ length: 4 }, (_, index) => podTrack(`pod-${index}`));

const point = fc.record({
  track: fc.nat(3),
  timeMs: fc.oneof(
    fc.nat(12).map((minute) => T0 + minute * MINUTE),
    fc.integer({ min: T0, max: T0 + 12 * MINUTE }),
  ),
  value: fc.double(),
  score: fc.oneof(fc.double(), fc.constant(Number.NaN)),
  flags: fc.oneof(fc.nat(255), fc.nat(65_535)),
});

const finding = fc
  .record({ id: fc.nat(5), minute: fc.nat(12), open: fc.boolean(), peakScore: fc.double({ noNaN: true }) })
  .map(({ id, minute, open, peakScore }) =>
    makeFinding(`f${id}`, {
      startMs: T0 + minute * MINUTE,
      peakScore,
      ...(open ? {} : { closedMs: T0 + 99 * MINUTE }),
    }),
  );

/** A stretch of minutes of all tracks, long enough for several to be compacted; or a handful of points anywhere. */
const points = fc.oneof(
  { weight: 3, arbitrary: fc.array(point, { maxLength: 12 }) },
  {
    weight: 1,
    arbitrary: fc.record({ from: fc.nat(600), length: fc.integer({ min: 100, max: 400 }) }).map(({ from, length }) =>
      Array.from({ length }, (_, minute) =>
        TRACKS.map((_, track) => ({
          track,
          timeMs: T0 + (from + minute) * MINUTE,
          value: minute,
          score: track,
          flags: minute & 0xffff,
        })),
      ).flat(),
    ),
  },
);

type Action =
  | { readonly kind: 'append'; readonly batches: readonly AppendBatch[] }
  | { readonly kind: 'reopen' }
  | { readonly kind: 'retain'; readonly minute: number };

const batch = fc
  .record({ key: fc.nat(12), points, findings: fc.array(finding, { maxLength: 3 }), seen: fc.nat(100) })
  .map(({ key, points, findings, seen }) =>
    makeBatch(`k${key}`, { tracks: TRACKS, points, findings, position: { seenMs: T0 + seen, stream: 'tape-a' } }),
  );

const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.array(batch, { minLength: 1, maxLength: 4 }).map((batches) => ({ kind: 'append' as const, batches })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.nat(700).map((minute) => ({ kind: 'retain' as const, minute })) },
);

export function describeProperties(current: CurrentStore): void {
  test('whatever is appended, in whatever order and how often, reads as the model says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { maxLength: 8 }),
        fc.integer({ min: -5, max: 700 }),
        fc.nat(300),
        async (actions, from, length) => {
          await current.store.clear();
          const model = createStoreModel();
          for (const one of actions) await perform(current, model, one);
          const range = { fromMs: T0 + from * MINUTE, toMs: T0 + (from + length) * MINUTE };
          await expectSame(
            current.store,
            model,
            range,
            actions.some(({ kind }) => kind === 'retain'),
          );
        },
      ),
      { numRuns: 24 },
    );
  }, 120_000);
}

async function perform(current: CurrentStore, model: StoreModel, action: Action): Promise<void> {
  switch (action.kind) {
    case 'append': {
      const expected = action.batches.map((one) => model.append(one));
      const outcomes = await Promise.all(action.batches.map((one) => current.store.append(one)));
      expect(outcomes.map(({ outcome }) => outcome)).toEqual(expected);
      return;
    }
    case 'reopen':
      return current.reopen();
    case 'retain': {
      const beforeMs = T0 + action.minute * MINUTE;
      expect(await current.store.retain(beforeMs)).toBe(model.retainScores(beforeMs));
      return;
    }
  }
}

async function expectSame(store: Store, model: StoreModel, range: TimeRange, retained: boolean): Promise<void> {
  expect(await store.position()).toEqual(model.position);
  expect((await store.info()).scores).toBe(model.count);
  for (const asked of [ALL_TIME, range]) {
    const scores = await store.scores(
      TRACKS.map((track) => track.key),
      asked,
    );
    const read = new Map(
      scores.map((one) => [
        one.track.key,
        Array.from(one.timesMs, (_, row) => COLUMNS.map((column) => one[column][row])),
      ]),
    );
    for (const [key, expected] of model.scores(asked)) expect(read.get(key) ?? []).toEqual(expected);
  }
  // Retention removes findings and minutes by their own end; the model keeps them.
  if (retained) return;
  expect(await store.rollUps(ALL_TIME, MINUTE)).toEqual(model.rollUps(MINUTE));
  expect(await store.rollUps(ALL_TIME, 60 * MINUTE)).toEqual(model.rollUps(60 * MINUTE));
  const { findings, total } = await store.findings({ limit: 100 });
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  expect([...findings].sort(byId)).toEqual(model.findings().sort(byId));
  expect(total).toBe(findings.length);
}
