// What the scale run came to, as the page docs/scale.md and for the terminal. Where a floor is not reached it says so.
import { markdownTable } from '../measure.ts';
import type { Comparison } from './compare.ts';
import type { EngineFigures } from './engine.ts';
import type { Memory, Restart, ScaleFigures, Steady } from './stages.ts';
import type { Size } from './world.ts';

export interface ScaleRun extends ScaleFigures {
  readonly size: Size;
  readonly comparison: Comparison;
  readonly engines: readonly EngineFigures[];
  /** How many processes wanted a core, on how many cores. */
  readonly load: number;
  readonly cores: number;
}

const SLOPE = { floor: 2048, aim: 614, netdata: 18 * 1024 };
const FIRST_SCORE = { floorMs: 15_000, aimMs: 5000 };
const LABELS = 10;

export function scalePage(run: ScaleRun): string {
  const { size, steady, load, cores } = run;
  const count = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 0 });
  return `# Scale: many detectors on two cores

<!-- Printed by ./tidewatch bench scale --write; do not edit. -->

\`./tidewatch bench scale\` prints this: ${count(size.detectors)} AnomalyDetectors on a real API server 1.36 with ${count(size.detectors * size.perDetector)} series of ${LABELS} labels
each, an hour of each looked at every minute. The operator runs its own terms and scores in its own process; the keeper is the one
that users start. The metrics come from a stand-in that speaks Prometheus' API, because a real one of that size would have the machine to
itself. Everything ran on ${cores} cores${sharedBy(load, cores)}.

## Memory

Resident memory, the median of nine readings after rubbish was cleared away, while the checks go on.

${memoryTable(run.memory)}

${slopeSentence(run.memory)}

## Lag, and what was shed

${steadyTable(steady)}

Nothing is left out unless it is counted here: a detector with more series than one check may hold is refused, and a check that comes too
late looks at the same hour and so misses nothing.

## A new start

${restartTable(run.restart, steady.series)}

The first check of a series stores its whole hour, here ${count(120)} points of each; the keeper's writing is what that waits for.

${engineSection(run.engines, load, cores)}
## The same data

${comparisonSentence(run.comparison, size)}
`;
}

/** What stands between two headings, so that it can be printed without the rest. */
export function engineSection(engines: readonly EngineFigures[], load: number, cores: number): string {
  return `## The engine alone

What one more series costs where points are scored one by one, as for what is observed in every cluster: ten labels each, no store and no
cluster around it. Pods come with all their series, as when a cluster grows. And how long a new start takes, from that of the process: all
series are named again, and history is stepped until one has a score, and until all have.

${engineTable(engines)}

${engineSentence(engines)} ${cores} cores${sharedBy(load, cores)}.

`;
}

/** The page with that section in place of the one it has. */
export function withEngineSection(page: string, section: string): string {
  const from = page.indexOf('## The engine alone');
  const to = page.indexOf('\n## ', from) + 1;
  return page.slice(0, from) + section + page.slice(to);
}

/** The run itself keeps about as many busy as there are. */
function sharedBy(load: number, cores: number): string {
  if (load <= 2 * cores) return '';
  return `, which other work shared: ${load.toFixed(0)} processes wanted one at a time. So times are upper bounds`;
}

function memoryTable(memory: readonly Memory[]): string {
  const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
  return markdownTable(
    ['series', 'operator, MiB', 'of that heap', 'of that buffers', 'keeper, MiB'],
    memory.map(({ series, rssBytes, heapBytes, buffersBytes, keeperBytes }) => [
      series.toLocaleString('en'),
      ...[rssBytes, heapBytes, buffersBytes, keeperBytes].map(mebibytes),
    ]),
  );
}

function slopeSentence(memory: readonly Memory[]): string {
  const rss = slopeOf(memory, ({ rssBytes }) => rssBytes);
  const heap = slopeOf(memory, ({ heapBytes }) => heapBytes);
  const keeper = slopeOf(memory, ({ keeperBytes }) => keeperBytes);
  return (
    `P19, slope of the operator's resident memory: **${bytes(rss)} a series** (floor ${bytes(SLOPE.floor)}, aim ${bytes(SLOPE.aim)}; ` +
    `Netdata publishes ${bytes(SLOPE.netdata)}): ${verdict(rss, SLOPE.floor, SLOPE.aim)}. Of its heap alone: ${bytes(heap)}. What each ` +
    `detector costs beside its series is in it. The keeper, whose caches fill meanwhile: ${bytes(keeper)}.${tooFew(memory)}`
  );
}

/** What the allocators hold grows in steps of tens of mebibytes. */
const FEW = 100_000;

function tooFew(memory: readonly Memory[]): string {
  const most = Math.max(...memory.map(({ series }) => series));
  return most >= FEW
    ? ''
    : ` Of fewer than ${FEW.toLocaleString('en')} series the slopes of resident memory are mostly chance.`;
}

function steadyTable(steady: Steady): string {
  const sorted = [...steady.lagsMs].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  const perMinute = (cpu: number) => `${((cpu / steady.seconds) * 60).toFixed(1)} s`;
  const perDetector = steady.series / steady.detectors;
  const lag = [0.5, 0.95, 1].map((share) => `${(at(share) / 1000).toFixed(1)} s`).join(', ');
  return markdownTable(
    ['figure', `over ${steady.seconds.toFixed(0)} s`],
    [
      ['lag from due to scored: median, 95 %, longest', lag],
      ['detectors checked a second', (steady.checked / steady.seconds).toFixed(0)],
      ['series scored a second', ((steady.checked * perDetector) / steady.seconds).toFixed(0)],
      ['checks refused as too much, and counted', String(steady.tooMuch)],
      ['checks that failed, and counted, since the start', String(steady.failed)],
      [
        'terms that the operator led, since the start (more than 1: it was so starved that it lost its lease)',
        String(steady.terms),
      ],
      ['statuses written a second (promised: five at most)', (steady.statusWrites / steady.seconds).toFixed(1)],
      ['CPU a minute, operator', perMinute(steady.cpuSeconds.operator)],
      ['CPU a minute, keeper', perMinute(steady.cpuSeconds.keeper)],
      ['CPU a minute, stand-in for Prometheus', perMinute(steady.cpuSeconds.standIn)],
    ],
  );
}

function restartTable({ firstScoreMs, allScoredMs }: Restart, series: number): string {
  const { floorMs, aimMs } = FIRST_SCORE;
  return markdownTable(
    ['from the start of the operator, with all of them there', 'took', 'floor', 'aim', ''],
    [
      [
        'to the first score',
        ...[firstScoreMs, floorMs, aimMs].map((ms) => `${(ms / 1000).toFixed(1)} s`),
        verdict(firstScoreMs, floorMs, aimMs),
      ],
      [`until all ${series.toLocaleString('en')} were scored once`, `${(allScoredMs / 1000).toFixed(0)} s`, '', '', ''],
    ],
  );
}

function engineTable(engines: readonly EngineFigures[]): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  return markdownTable(
    [
      ...['algorithm', 'held of each series', 'a series', 'of that heap', 'of that buffers', ''],
      ...['first score', '', 'its CPU', 'all scored'],
    ],
    engines.map(({ algorithm, holds, rssBytes, heapBytes, buffersBytes, restart }) => [
      algorithm,
      holds,
      ...[rssBytes, heapBytes, buffersBytes].map(bytes),
      verdict(rssBytes, SLOPE.floor, SLOPE.aim),
      seconds(restart.firstScoreMs),
      verdict(restart.firstScoreMs, FIRST_SCORE.floorMs, FIRST_SCORE.aimMs),
      ...[restart.firstScoreCpuMs, restart.allScoredMs].map(seconds),
    ]),
  );
}

function engineSentence(engines: readonly EngineFigures[]): string {
  const isAbove = ({ rssBytes, restart }: EngineFigures) =>
    rssBytes > SLOPE.floor || restart.firstScoreMs > FIRST_SCORE.floorMs;
  const losers = engines.filter(isAbove).map(({ algorithm }) => `\`${algorithm}\``);
  if (losers.length === 0) return 'All are within the floors.';
  return `**Above the floor: ${losers.join(', ')}.**`;
}

function comparisonSentence(
  { tracks, lookedAt, points, missing, doubled, otherValue }: Comparison,
  size: Size,
): string {
  const wanted = size.detectors * size.perDetector;
  return (
    `The keeper knows ${tracks.toLocaleString('en')} series of ${wanted.toLocaleString('en')}. Of ${lookedAt} spread over them all ${points.toLocaleString('en')} points were read back: ` +
    `${missing} missing, ${doubled} twice, ${otherValue} with another value than was served.`
  );
}

/** By least squares. */
export function slopeOf(memory: readonly Memory[], read: (memory: Memory) => number): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(memory.map(({ series }) => series)), mean(memory.map(read))];
  const across = memory.reduce((sum, one) => sum + (one.series - meanX) * (read(one) - meanY), 0);
  return across / memory.reduce((sum, { series }) => sum + (series - meanX) ** 2, 0);
}

function bytes(value: number): string {
  return `${Math.round(value).toLocaleString('en')} B`;
}

function verdict(value: number, floor: number, aim: number): string {
  if (value > floor) return `above the floor, ${(value / floor).toFixed(1)}×`;
  return value > aim ? `within the floor, ${(value / floor).toFixed(2)}× of it` : 'within the aim';
}
