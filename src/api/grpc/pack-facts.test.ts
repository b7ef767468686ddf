// A report of any cluster fits into a message, and says what it lacks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REPORT_BYTES } from '#store/keeper/contract.ts';
import { type KeeperFacts, parseFacts } from './keeper-facts.ts';
import { packFacts } from './pack-facts.ts';
import { createNameReader, createNameTable } from './pod-names.ts';

const NONE = { detectors: 0, services: 0, scrapeTargets: 0 };
const FACTS: KeeperFacts = {
  ...{ state: 'live', progress: null, message: null, newestMs: 1, samplesPerSecond: 1, droppedSamples: 0 },
  live: { cluster: 'c', prometheus: 'http://p', series: 1, stepMs: 60_000, troubles: [] },
  ...{ detectors: [], unscored: [], services: [], scrapeTargets: [], leftOut: NONE },
};

const letters = 'bcdfghjklmnpqrstvwxz2456789';
/** As a Deployment calls its pods. */
function podName(app: number, pod: number): string {
  const suffix = Array.from({ length: 5 }, (_, at) => letters[(app * 31 + pod * 17 + at * at * 13) % letters.length]);
  return `checkout-service-${app}-${(app * 2_654_435_761).toString(16).slice(0, 9)}-${suffix.join('')}${pod}`;
}

function detectorOf(index: number, pods: string[]): KeeperFacts['detectors'][number] {
  return {
    ...{ namespace: `team-${index % 100}`, name: `checkout-latency-${index}`, state: 'Active', monitoredPods: 30 },
    ...{ anomalousPods: [], anomalousPodCount: 0, lastCheckMs: 1_760_000_000_000, lastScoreMs: 1_760_000_000_000 },
    ...{ series: 90, message: '30 pods are scored', pods },
  };
}

const podsOf = (index: number) => Array.from({ length: 30 }, (_, pod) => podName(index, pod)).sort();
const textOf = (facts: KeeperFacts, most?: number) => JSON.stringify(packFacts(facts, most));

test('ten thousand detectors with thirty pods each, all of them others, fit, with their services', () => {
  const detectors = Array.from({ length: 10_000 }, (_, index) => detectorOf(index, podsOf(index)));
  const services = Array.from({ length: 5000 }, (_, index) => ({
    ...{ namespace: `team-${index % 100}`, name: `checkout-${index}`, pods: podsOf(index) },
  }));
  const facts = { ...FACTS, detectors, services };
  expect(JSON.stringify(facts).length).toBeGreaterThan(REPORT_BYTES);
  const text = textOf(facts);
  expect(Buffer.byteLength(text)).toBeLessThan(0.9 * REPORT_BYTES);
  expect(parseFacts(text)).toEqual(facts);
});

describe('a report that is too large', () => {
  const facts: KeeperFacts = {
    ...FACTS,
    detectors: Array.from({ length: 50 }, (_, index) => detectorOf(index, podsOf(index))),
    services: Array.from({ length: 20 }, (_, index) => ({ namespace: 'n', name: `é-${index}`, pods: podsOf(index) })),
    scrapeTargets: Array.from({ length: 30 }, (_, index) => ({
      targets: [`10.0.0.${index}:80`],
      labels: { pod: 'p' },
    })),
    unscored: [{ labels: { __name__: 'cpu' }, stepMs: 60_000 }],
  };

  test.each(Array.from({ length: 30 }, (_, index) => 1000 + index * 1500))(
    'has at most %i bytes, and counts the rest',
    (most) => {
      const text = textOf(facts, most);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(most);
      const { leftOut, ...told } = parseFacts(text);
      for (const list of ['detectors', 'services', 'scrapeTargets'] as const) {
        expect(told[list]).toEqual(facts[list].slice(0, told[list].length));
        expect(told[list].length + leftOut[list]).toBe(facts[list].length);
      }
      // What is left is not wasted.
      expect(most - Buffer.byteLength(text) < 2000 || leftOut.detectors === 0).toBe(true);
    },
  );

  test('leaves nothing out that fits', () => {
    expect(parseFacts(textOf(facts))).toEqual(facts);
  });

  test('has no more of a list than the keeper takes', () => {
    const services = Array.from({ length: 20_003 }, (_, index) => ({ namespace: 'n', name: `s${index}`, pods: [] }));
    const { services: told, leftOut } = parseFacts(textOf({ ...FACTS, services }));
    expect([told.length, leftOut.services]).toEqual([20_000, 3]);
  });

  test('without a score is told of few series, and of none that the keeper would refuse the report for', () => {
    const series = { labels: { __name__: 'cpu' }, stepMs: 60_000 };
    const unscored = [
      { labels: { long: 'x'.repeat(3000) }, stepMs: 60_000 },
      ...Array.from({ length: 1500 }, () => series),
    ];
    expect(parseFacts(textOf({ ...FACTS, unscored })).unscored).toEqual(Array.from({ length: 1000 }, () => series));
  });
});

test('a report that names the pods as older operators do is understood', () => {
  const old = { ...FACTS, services: [{ namespace: 'n', name: 's', pods: ['b', 'a'] }], leftOut: undefined };
  expect(parseFacts(JSON.stringify(old)).services).toEqual([{ namespace: 'n', name: 's', pods: ['b', 'a'] }]);
});

test.each([
  ['runs beyond the table', [0, 3], ['0a', '0b']],
  [
    'many times the whole table',
    Array.from({ length: 5000 }, (_, at) => (at % 2) * 1000),
    Array.from({ length: 1000 }, () => '0a'),
  ],
])('a report with %s is refused', (_, pods, podNames) => {
  const service = { namespace: 'n', name: 's', pods };
  const facts = { ...FACTS, services: [service, ...(podNames.length > 2 ? [service] : [])], podNames };
  expect(() => parseFacts(JSON.stringify(facts))).toThrow(expect.objectContaining({ code: 'bad-input' }));
});

test('names come back, whatever they are and however lists overlap', () => {
  const lists = fc.array(fc.array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), { maxLength: 12 }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(lists, (given) => {
      const table = createNameTable();
      const runs = given.map((names) => table.add([...new Set(names)]));
      const reader = createNameReader(JSON.parse(JSON.stringify(table.list())), 10_000);
      expect(runs.map((one) => reader.read(one).sort())).toEqual(given.map((names) => [...new Set(names)].sort()));
    }),
  );
});
