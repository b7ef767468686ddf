import { describe, expect, it } from 'vitest';
import { ALGORITHMS } from '#detect/index.ts';
import { convertDetector } from '#resource/anomaly-detector/convert.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { kindSchemas } from '#resource/kinds.ts';
import { checkObject } from '#resource/schema/check-object.ts';
import { fillDefaults } from '#resource/schema/fill-defaults.ts';
import { isObject, type JsonObject, sameJson } from '#resource/schema/json-value.ts';
import { createRng } from '#stats/rng.ts';
import { goodDetector } from '../cluster/verdicts/random-detectors.ts';

const ROUNDS = 10_000;
const KINDS = kindSchemas(ALGORITHMS, DEFAULT_GROUP).filter(({ kind }) => kind === 'AnomalyDetector');
const [V1, V2] = KINDS;
if (V1 === undefined || V2 === undefined) throw new Error('both versions are needed');

/** As it comes out of a cluster: with what others write into an object. */
function dressed(object: JsonObject, index: number): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const annotations = [undefined, {}, { 'example.org/note': 'x' }, { [`${DEFAULT_GROUP}/v2-spec`]: '{"spec":1}' }][
    index % 4
  ];
  return {
    ...object,
    metadata: { ...metadata, uid: `u${index}`, generation: index, ...(annotations && { annotations }) },
    status: { state: 'Active', conditions: [] },
  };
}

describe.each([
  ['v1', 'v2', V1],
  ['v2', 'v1', V2],
] as const)('%s → %s and back', (from, to, kind) => {
  it(`${ROUNDS} random detectors come back as they were`, () => {
    const rng = createRng(1);
    const different: unknown[] = [];
    for (let index = 0; index < ROUNDS; index++) {
      const object = dressed(fillDefaults(goodDetector(kind, rng), kind.schema) as JsonObject, index);
      const there = convertDetector(object, to);
      const back = convertDetector(there, from);
      if (!sameJson(back, object)) different.push({ object, there, back });
    }
    expect(different.slice(0, 3)).toEqual([]);
  });
});

it('what v2 becomes in v1 is a good v1', () => {
  const rng = createRng(2);
  const bad: unknown[] = [];
  for (let index = 0; index < 2000; index++) {
    const { value, problems } = checkObject(goodDetector(V2, rng), V2);
    if (problems.length > 0) continue;
    const shown = convertDetector(value as JsonObject, 'v1');
    const verdict = checkObject(shown, V1);
    if (verdict.problems.length > 0) bad.push({ shown, problems: verdict.problems });
  }
  expect(bad.slice(0, 3)).toEqual([]);
});
