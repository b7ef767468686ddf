// What `kubectl apply` accepts is what we accept: thousands of random detectors are judged by us and by a real API server, with
// the very CRDs that are installed. Verdicts may not differ, nor may what the two make of an object (defaults, pruning).

import { ALGORITHMS } from '#detect/index.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { crdOf } from '#resource/crd.ts';
import { kindsOf } from '#resource/kinds.ts';
import { pathText } from '#resource/problem.ts';
import { checkObject } from '#resource/schema/check-object.ts';
import { isObject, type JsonValue, jsonText, parseJson, sameJson } from '#resource/schema/json-value.ts';
import { createRng } from '#stats/rng.ts';
import { tidewatch } from '../fixtures/command.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import type { CallOptions } from '../parts/http-call.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type RandomDetector, randomDetector } from './verdicts/random-detectors.ts';

export interface VerdictTests {
  readonly plane: ControlPlane;
  /** Called once for each test, in order; `error` is absent when it passed. */
  readonly report: (name: string, error?: Error) => void;
}

type Test = (plane: ControlPlane) => Promise<void>;

const DETECTORS = 4000;
const AT_ONCE = 12;
const SEED = 20261127;

export async function run({ plane, report }: VerdictTests): Promise<number> {
  let failed = 0;
  for (const [name, test] of Object.entries(TESTS)) {
    try {
      await test(plane);
      report(`verdicts: ${name}`);
    } catch (error) {
      failed++;
      report(`verdicts: ${name}`, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return failed;
}

const TESTS: Readonly<Record<string, Test>> = {
  'the definitions are valid, strictly, and are served': async (plane) => {
    for (const kind of kindsOf(ALGORITHMS)) {
      const crd = crdOf(kind, { group: DEFAULT_GROUP });
      await plane.kubectl(['apply', '--validate=strict', '-f', '-'], JSON.stringify(crd));
      await plane.kubectl(['wait', '--for=condition=Established', `crd/${crd.metadata.name}`, '--timeout=30s']);
      // What is established is served a moment later.
      for (const { name } of crd.spec.versions) {
        const path = `/apis/${DEFAULT_GROUP}/${name}/${crd.spec.names.plural}`;
        await waitUntil(`${path} to be served`, async () => (await plane.request(path)).status === 200);
      }
    }
  },
  [`${DETECTORS} random detectors get the same verdict and become the same object`]: async (plane) => {
    const rng = createRng(SEED);
    const waiting = Array.from({ length: DETECTORS }, () => randomDetector(rng));
    const differences: string[] = [];
    const counts = { accepted: 0, refused: 0 };
    const worker = async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const difference = await compare(plane, next, counts);
        if (difference !== undefined) differences.push(difference);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    if (counts.accepted < DETECTORS / 5 || counts.refused < DETECTORS / 5) {
      throw new Error(`too one-sided to tell: ${JSON.stringify(counts)}`);
    }
    if (differences.length > 0) {
      throw new Error(`${differences.length} of ${DETECTORS} differ:\n${differences.slice(0, 20).join('\n')}`);
    }
    console.log(`     ${counts.accepted} accepted, ${counts.refused} refused, by both`);
  },
  'what is stored in v1 is stored in v2 after a migration, and the old version may go': async (plane) => {
    const name = `anomalydetectors.${DEFAULT_GROUP}`;
    const storedIn = async (version: string) => {
      const versions = [0, 1].map((index) => ({
        op: 'replace',
        path: `/spec/versions/${index}/storage`,
        value: index === Number(version === 'v2'),
      }));
      await plane.kubectl(['patch', 'crd', name, '--type=json', '-p', JSON.stringify(versions)]);
    };
    const stored = async () => {
      const told = await plane.kubectl(['get', 'crd', name, '-o', 'jsonpath={.status.storedVersions}']);
      return JSON.parse(told) as readonly string[];
    };
    await storedIn('v1');
    for (let index = 0; index < 5; index++) {
      const spec = { selector: { app: 'x' }, metricName: 'm', algorithm: 'ema' };
      const object = {
        apiVersion: `${DEFAULT_GROUP}/v1`,
        kind: 'AnomalyDetector',
        metadata: { name: `old-${index}` },
        spec,
      };
      const path = `/apis/${DEFAULT_GROUP}/v1/namespaces/default/anomalydetectors`;
      await answered(plane, path, { method: 'POST', body: JSON.stringify(object) });
    }
    await storedIn('v2');
    if (!(await stored()).includes('v1')) throw new Error(`nothing was stored in v1: ${await stored()}`);
    const { code, stdout, stderr } = await tidewatch(['migrate', '--kubeconfig', plane.kubeconfig]);
    if (code !== 0 || !/v1.* → v2, 5 written again/.test(stdout)) throw new Error(`${code}: ${stdout}${stderr}`);
    if ((await stored()).join() !== 'v2') throw new Error(`still stored: ${await stored()}`);
    const again = await tidewatch(['migrate', '--kubeconfig', plane.kubeconfig]);
    if (!/v2 already, nothing to do/.test(again.stdout)) throw new Error(again.stdout);
  },
  'without a webhook an object is the same in both versions, and a write in v1 loses what only v2 says': async (
    plane,
  ) => {
    const at = (version: string) => `/apis/${DEFAULT_GROUP}/${version}/namespaces/default/anomalydetectors`;
    const spec = { selector: { app: 'x' }, metricName: 'm', algorithm: 'ema', suspend: true };
    const object = { apiVersion: `${DEFAULT_GROUP}/v2`, kind: 'AnomalyDetector', metadata: { name: 'both' }, spec };
    await answered(plane, at('v2'), { method: 'POST', body: JSON.stringify(object) });
    const seen = await answered(plane, `${at('v1')}/both`);
    if (!sameJson(specOf(seen), { selector: { app: 'x' }, metricName: 'm', algorithm: 'ema', threshold: 3 })) {
      throw new Error(`v1 shows ${jsonText(seen)}`);
    }
    const isSuspended = async () => {
      const spec = specOf(await answered(plane, `${at('v2')}/both`));
      return isObject(spec) && spec.suspend === true;
    };
    const patch = (version: string) =>
      answered(plane, `${at(version)}/both/status`, {
        method: 'PATCH',
        body: JSON.stringify({ status: { monitoredPods: 1 } }),
        headers: { 'content-type': 'application/merge-patch+json' },
      });
    await patch('v2');
    if (!(await isSuspended())) throw new Error('a status that is written in v2 changed the spec');
    await patch('v1');
    if (await isSuspended())
      throw new Error('a status that is written in v1 keeps what only v2 says: the documents say it is lost');
  },
};

async function answered(plane: ControlPlane, path: string, options?: CallOptions): Promise<JsonValue> {
  const { status, text } = await plane.request(path, options);
  if (status > 299) throw new Error(`${path} answered ${status}: ${text.slice(0, 500)}`);
  return parseJson(text);
}

async function compare(
  plane: ControlPlane,
  { of, object, done }: RandomDetector,
  counts: { accepted: number; refused: number },
): Promise<string | undefined> {
  const ours = checkObject(object, of);
  const inside = of.isNamespaced ? '/namespaces/default' : '';
  const path = `/apis/${of.apiVersion}${inside}/${of.of.plural}?dryRun=All&fieldValidation=Strict`;
  const { status, text } = await plane.request(path, { method: 'POST', body: jsonText(object) });
  const accepts = status === 201;
  const told = `${of.kind} ${of.version.name}, ${done}: ${jsonText(object)}`;
  if (ours.unjudged.length > 0) return `${told}: not judged by us: ${ours.unjudged[0]?.why}`;
  if (accepts !== (ours.problems.length === 0)) {
    const why = ours.problems.map(({ path: at, message }) => `${pathText(at)}: ${message}`).join('; ');
    return `${told}\n  we: ${why || 'good'}\n  API server: ${accepts ? 'good' : messageOf(text)}`;
  }
  counts[accepts ? 'accepted' : 'refused']++;
  if (!accepts) return undefined;
  const theirs = parseJson(text);
  const [one, other] = [specOf(ours.value), specOf(theirs)];
  return sameJson(one, other) ? undefined : `${told}\n  we: ${jsonText(one)}\n  API server: ${jsonText(other)}`;
}

function specOf(value: JsonValue): JsonValue {
  return isObject(value) ? (value.spec ?? null) : null;
}

function messageOf(text: string): string {
  const value = parseJson(text);
  return isObject(value) ? String(value.message) : text;
}
