// The same history again, with faults in it, as often as it takes for each detector to have had some of each kind and size.

import type { Finding } from '#model/finding.ts';
import type { FaultKind } from '#stats/fault.ts';
import { wantedFaults } from '#stats/place-faults.ts';
import type { TapeReader } from '#tape/contract.ts';
import type { Progress } from '../../progress.ts';
import { type LookOn, play } from '../play.ts';
import { type CleanRun, readFamilies } from './families.ts';
import { type FaultsReport, reportFaults } from './faults-report.ts';
import { faultyReader } from './faulty-reader.ts';
import { type JudgedInjection, watchFaults } from './judge-faults.ts';
import { hadKey, planRound, type Round } from './plan-round.ts';

export interface InjectOptions {
  readonly reader: TapeReader;
  readonly workers: number;
  readonly kinds: readonly FaultKind[];
  readonly seed: number;
  readonly say: Progress;
  /** Looks at the rows of a run that has so many faults. */
  readonly lookOn?: (round: number) => readonly LookOn[];
  /** Told of what each run found. */
  onFindings?(round: number, findings: readonly Finding[]): void;
}

/** So many of each kind and size for each detector. */
const ENOUGH = 4;
const MOST_ROUNDS = 8;

/** What was caught of all faults. Rejects with what made a run fail. */
export async function injectRuns(clean: CleanRun, options: InjectOptions): Promise<FaultsReport> {
  const { reader, workers, kinds, seed, say, lookOn } = options;
  const families = await readFamilies(reader, clean);
  const byKey = new Map(families.map((family) => [family.key, family]));
  const wanted = wantedFaults(kinds);
  const detectors = [...new Set(families.flatMap(({ lookers }) => lookers.map(({ detector }) => detector)))].sort();
  const had = new Map<string, number>();
  const judged: JudgedInjection[] = [];
  const skipped: Round['skipped'][number][] = [];
  let rounds = 0;
  const isEnough = () =>
    detectors.every((one) => wanted.every(({ kind, size }) => (had.get(hadKey(one, kind, size)) ?? 0) >= ENOUGH));
  while (rounds < MOST_ROUNDS && !isEnough()) {
    const round = planRound(families, wanted, seed * 1000 + rounds, had);
    for (const one of round.skipped) skipped.push(one);
    if (round.faults.length === 0) break;
    rounds++;
    const playing = `Playing it again with faults: ${round.faults.length} in run ${rounds} of at most ${MOST_ROUNDS}`;
    say.update(`${playing} …`);
    const watch = watchFaults(round.faults, byKey);
    const { findings } = await play({
      ...{ reader: faultyReader(reader, round.values), plans: clean.plans, workers },
      lookOn: [(tick) => watch.look(tick), ...(lookOn?.(rounds) ?? [])],
      onProgress: (far) => say.update(`${playing}: ${far}`),
    });
    options.onFindings?.(rounds, findings);
    for (const one of watch.judge(findings, rounds)) judged.push(one);
  }
  say.update('');
  return reportFaults({ seed, rounds, judged, skipped, detectors, kinds });
}
