// Rules that are generated of detectors, evaluated by real Prometheus 2 and 3, give what this product gives in process: every
// point of expected value, band and score within 1e-6, the same gaps, and a finding open at the same points.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { toYaml } from '#app/manifests/yaml-text.ts';
import { ruleFile } from '#app/rules/rule-file.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { Plan } from '#model/plan.ts';
import { parseDetectors } from '#resource/anomaly-detector/parse.ts';
import { createCheck } from '../e2e/check.ts';
import { binaryOf } from '../parts/missing.ts';
import type { PrometheusPart } from '../parts/prometheus.ts';
import { runCommand } from '../parts/run-command.ts';
import { ALERT_MANIFEST, alertTestFile } from './rules/alert-case.ts';
import { AWKWARD, type CaseSet, DAILY } from './rules/cases.ts';
import { checkLive } from './rules/live-rules.ts';
import { TOLERANCE } from './rules/near.ts';
import { type Compared, promtoolFile } from './rules/promtool-file.ts';
import { judgeSeries, type Reference } from './rules/reference.ts';

export interface RulesTests {
  readonly folder: string;
  /** Called once for each test, in order; `error` is absent when it passed. */
  readonly report: (name: string, error?: Error) => void;
}

const OPTIONS = { namespace: 'default', selectBy: 'pods', alerts: true } as const;

/** Runs every test with each Prometheus. */
export async function run({ folder, report }: RulesTests): Promise<void> {
  const check = createCheck((name, error) => report(`rules: ${name}`, error));
  await mkdir(folder, { recursive: true });
  const sets = [AWKWARD, DAILY].map((set) => ({ set, compared: judgeAll(set) }));
  await check('stepping without a bound gives the same wherever no gap is within reach', async () =>
    checkReach(sets.flatMap(({ compared }) => compared)),
  );
  const parts = ['prometheus', 'prometheus-3'] as const;
  // It takes a minute of waiting, during which the others work.
  const live = parts.map((part) => ({ part, done: settled(checkLive(part, join(folder, part))) }));
  for (const part of parts) {
    for (const { set, compared } of sets) {
      const every = `every ${set.stepMs / 60_000} min`;
      const rules = await writeRules(folder, set.manifests);
      await check(`${part}: promtool finds nothing wrong with the rules, ${every}`, async () => {
        await runCommand(binaryOf(part, 'promtool'), ['check', 'rules', '--lint=all', '--lint-fatal', rules]);
      });
      await check(`${part}: the rules give what stepping gives, within ${TOLERANCE}, ${every}`, () =>
        compare(part, folder, rules, set, compared),
      );
    }
    await check(`${part}: an alert comes in its time and with its words`, () => checkAlert(part, folder));
    await check(`${part}: a difference of twice as much would have been seen`, () => checkSeen(part, folder));
  }
  for (const { part, done } of live) {
    await check(`${part}: running, it records what stepping gives`, async () => {
      const error = await done;
      if (error !== undefined) throw error;
    });
  }
}

/** What went wrong, if anything did: nothing is left unhandled meanwhile. */
async function settled(work: Promise<unknown>): Promise<Error | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function writeRules(folder: string, text: string): Promise<string> {
  const file = join(folder, 'rules.yaml');
  await writeFile(file, toYaml([{ groups: ruleFile(text, 'cases', OPTIONS).groups }]));
  return file;
}

interface JudgedSeries extends Compared {
  readonly plan: Plan;
  readonly asStepped: number;
  readonly scored: number;
}

function judgeAll({ manifests, series, stepMs }: CaseSet): JudgedSeries[] {
  return parseDetectors(manifests, 'cases', ALGORITHMS).flatMap((plan) =>
    series.map((watched) => {
      const judged = judgeSeries(plan, watched, stepMs, reachOf(plan, stepMs));
      return { ...judged, plan, detector: `shop/${plan.detector}`, pod: watched.pod };
    }),
  );
}

/** How far the method's rules reach back, in points' time; those with a state of their own as far as stepping. */
function reachOf({ algorithm, parameters }: Plan, stepMs = 60_000): number {
  if (algorithm === 'rolling-z-score') return Number(parameters.baselineMs) / stepMs;
  return algorithm === 'z-score' ? Number(parameters.windowMs) / stepMs - 1 : Number.POSITIVE_INFINITY;
}

function checkReach(judged: readonly JudgedSeries[]): void {
  for (const { plan, pod, asStepped, scored } of judged) {
    const least = pod === 'gaps' && Number.isFinite(reachOf(plan)) ? 0.2 * scored : scored;
    if (scored < 200 || asStepped < least) {
      throw new Error(`${plan.detector} of ${pod}: ${asStepped} of ${scored} points are as stepped`);
    }
  }
  for (const detector of new Set(judged.map((one) => one.detector))) {
    const found = judged.filter((one) => one.detector === detector).flatMap((one) => [...one.reference.anomalous]);
    const [open, normal] = [found.filter((one) => one === 1).length, found.filter((one) => one === 0).length];
    if (open < 10 || normal < 10) throw new Error(`${detector}: ${open} points within findings, ${normal} without`);
  }
}

async function compare(
  part: PrometheusPart,
  folder: string,
  rules: string,
  set: CaseSet,
  compared: readonly Compared[],
): Promise<void> {
  const file = join(folder, 'test.yaml');
  await writeFile(file, promtoolFile([rules], set, compared, TOLERANCE));
  await runCommand(binaryOf(part, 'promtool'), ['test', 'rules', file]);
}

/** The right words pass, and another one is seen. */
async function checkAlert(part: PrometheusPart, folder: string): Promise<void> {
  const own = join(folder, 'alert');
  await mkdir(own, { recursive: true });
  const rules = await writeRules(own, ALERT_MANIFEST);
  const promtool = binaryOf(part, 'promtool');
  await runCommand(promtool, ['check', 'rules', '--lint=all', '--lint-fatal', rules]);
  const file = join(own, 'test.yaml');
  await writeFile(file, alertTestFile(rules));
  await runCommand(promtool, ['test', 'rules', file]);
  await writeFile(file, alertTestFile(rules, 'bank'));
  const failure = await runCommand(promtool, ['test', 'rules', file]).catch((error: Error) => error);
  if (!(failure instanceof Error) || !failure.message.includes('bank')) throw new Error('another label was not seen');
}

/** One score of one series of one detector, moved by a little more than is borne. */
async function checkSeen(part: PrometheusPart, folder: string): Promise<void> {
  const own = join(folder, 'seen');
  await mkdir(own, { recursive: true });
  const [manifest = ''] = AWKWARD.manifests.split('---');
  const compared = judgeAll({ ...AWKWARD, manifests: manifest });
  const others = compared.map((one, index) => (index === 0 ? { ...one, reference: moved(one.reference) } : one));
  const failure = await compare(part, own, await writeRules(own, manifest), AWKWARD, others).catch(
    (error: Error) => error,
  );
  const lines = failure?.message.match(/expr:/g) ?? [];
  if (lines.length !== 1) throw new Error(`${lines.length} of the expressions failed, not one: ${failure?.message}`);
}

function moved(reference: Reference): Reference {
  return { ...reference, score: reference.score.map((one, index) => one + (index === 300 ? 2 * TOLERANCE : 0)) };
}
