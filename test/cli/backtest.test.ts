// What `backtest` says of a CSV file and of faults that it injects, its gates, and every kind of input that is wrong.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FindingRow } from '../../src/app/backtest/finding-rows.ts';
import type { Verdict } from '../../src/app/backtest/gate.ts';
import type { BacktestReport, BacktestRow } from '../../src/app/backtest/report.ts';
import { SHIPPED } from '../../src/app/shipped.ts';
import { tidewatchHere } from '../fixtures/command-here.ts';
import { csvFile } from '../fixtures/csv-file.ts';

let folder: string;
let history: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidewatch-backtest-'));
  history = await file(
    'history.csv',
    csvFile(2 * 1440, [
      { name: 'latency_seconds{pod="cart-1"}', level: 0.2, seed: 1, risen: [2000, 2019] },
      { name: 'latency_seconds{pod="pay-1"}', level: 0.1, seed: 2 },
      { name: 'queue_length', level: 40, seed: 3 },
    ]),
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

const run = (...args: string[]) => tidewatchHere(['backtest', ...args, '--workers', '0']);

async function report(...args: string[]): Promise<BacktestReport> {
  const { code, stdout, stderr } = await run(...args, '--json');
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

describe('a CSV file', () => {
  test('is played by a method for each of its metrics, and what rose is found in its pod', async () => {
    const { total, detectors, recordedMinutes, method } = await report(history, '--method', 'median-mad');
    expect(recordedMinutes).toBe(2880);
    expect(method).toMatchObject({
      used: { algorithm: 'median-mad', threshold: 3, guards: { persistence: { points: 1, of: 1 } } },
      shipped: { algorithm: 'auto', threshold: 4, guards: { direction: 'above', minRelativeDeviation: 1 } },
    });
    expect(detectors.map(({ detector, series }) => [detector, series])).toEqual([
      ['latency_seconds', 2],
      ['queue_length', 1],
    ]);
    expect(total.findings).toBeGreaterThan(0);
    const verbose = await run(history, '--method', 'median-mad', '--verbose');
    expect(verbose.stdout).toMatch(
      /^Settings: method median-mad, threshold 3, .*, no other guard; the shipped detectors have method auto, threshold 4, .*, minRelativeDeviation 1, ends back$/m,
    );
    expect(verbose.stdout).toMatch(/2024-01-02 09:2\d {2}cart-1 {2}latency_seconds/);
  });

  test('is played by detectors of a file, by its labels', async () => {
    const detectors = await file(
      'cart.yaml',
      `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: cart }
spec: { targets: { matchLabels: { pod: cart-1 } }, metrics: [{ name: latency_seconds }] }
`,
    );
    const { detectors: rows } = await report(history, '-f', detectors);
    expect(rows.map(({ detector, series }) => [detector, series])).toEqual([['cart', 1]]);
  });

  describe('of latencies beneath which requests are asked for', () => {
    const asking = async (name: string, columns: Parameters<typeof csvFile>[1]) => {
      const csv = await file(`${name}.csv`, csvFile(2 * 1440, columns));
      const detectors = await file(
        `${name}.yaml`,
        `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: slow }
spec:
  targets: { matchExpressions: [{ key: pod, operator: Exists }] }
  metrics: [{ name: latency_seconds }]
  guards: { denominator: { metricName: requests, min: 5 } }
`,
      );
      return (...more: string[]) => run(csv, '-f', detectors, ...more);
    };
    const LATENCY = { name: 'latency_seconds{pod="cart-1"}', level: 0.2, seed: 1, risen: [2000, 2019] } as const;

    test('finds what rose where there were enough', async () => {
      const backtest = await asking('enough', [LATENCY, { name: 'requests{pod="cart-1"}', level: 50, seed: 2 }]);
      const { code, stdout, stderr } = await backtest('--json', '--max-findings-per-day', '1000');
      expect([code, stderr]).toEqual([0, '']);
      const { denominators, total }: BacktestReport = JSON.parse(stdout);
      expect(denominators).toEqual([
        { detector: 'slow', metricName: 'requests', series: 1, seriesWithout: 0, pointsWithout: 0 },
      ]);
      expect(total.findings).toBeGreaterThan(0);
    });

    test('passes no gate where nobody counts them, and says so in each report', async () => {
      const backtest = await asking('nobody', [LATENCY]);
      const junit = join(folder, 'nobody.xml');
      const html = join(folder, 'nobody.html');
      const { code, stdout, stderr } = await backtest(
        ...['--max-findings-per-day', '1000', '--junit', junit, '--html', html],
      );
      const says = /slow: its denominator requests is never there, so that nothing could be a finding/;
      expect(code).toBe(1);
      expect(stderr).toMatch(says);
      expect(stdout).toMatch(says);
      expect(await readFile(html, 'utf8')).toMatch(says);
      expect(await readFile(junit, 'utf8')).toMatch(/name="has-denominator" time="0">\s*<failure /);
      expect(await backtest('--json')).toMatchObject({ code: 0, stderr: expect.stringMatching(says) });
    });

    test('says of how many series nobody counts them', async () => {
      const backtest = await asking('some', [
        ...[LATENCY, { name: 'latency_seconds{pod="cart-2"}', level: 0.2, seed: 5 }],
        { name: 'requests{pod="cart-1"}', level: 50, seed: 2 },
      ]);
      expect(await backtest('--max-findings-per-day', '1000')).toMatchObject({
        ...{ code: 0, stdout: expect.stringMatching(/requests is never there for 1 of 2 series, and not for 50\.0 %/) },
      });
    });
  });

  test('with nothing that looks at it says how to look', async () => {
    const { code, stderr } = await run(history);
    expect(code).toBe(65);
    expect(stderr).toMatch(
      /no series of .*history\.csv matches .*it has latency_seconds, queue_length: .*--method auto/,
    );
  });

  test.each([
    ['cut', 'timestamp,a,b\n1,2,3\n2,3', 65, /cut\.csv:3 has 2 fields/],
    ['words', 'timestamp,value\n1,NaN\n2,high\n', 65, /words\.csv:3: value is "high"/],
    ['doubled', 'timestamp,value\n1,2\n1,3\n', 65, /doubled\.csv:3 has the time of the line before/],
    ['mixed', 'timestamp,value\n2,2\n1,3\n', 65, /mixed\.csv:3 is earlier than the line before/],
    ['empty', '', 65, /empty\.csv is empty/],
    ['rowless', 'timestamp,value\n', 65, /rowless\.csv has a header and no rows/],
    ['timeless', 'a,b\n1,2\n', 65, /timeless\.csv has no column called timestamp/],
  ])('that is %s is refused in a sentence', async (name, text, code, says) => {
    const outcome = await run(await file(`${name}.csv`, text), '--method', 'auto');
    expect(outcome).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(says) });
    expect(outcome.stderr).not.toMatch(/\n\s+at /);
  });

  test('of nothing but missing values is quiet, and none of it is scored', async () => {
    const rows = Array.from({ length: 300 }, (_, row) => `${1_704_067_200 + row * 60},NaN`);
    const path = await file('nan.csv', `time,value\n${rows.join('\n')}\n`);
    const { code, stdout, stderr } = await run(path, '--method', 'auto', '--json');
    const says = 'nan: nothing was judged: no point of its 1 series was scored (there was no value)';
    expect([code, stderr]).toEqual([0, `${says}\n`]);
    const { total, unscored }: BacktestReport = JSON.parse(stdout);
    expect(total).toMatchObject({ series: 1, findings: 0 });
    expect(unscored).toEqual([{ detector: 'nan', series: 1, seriesUnscored: 1, mostValues: 0 }]);
  });

  test('of too few points to score by passes no gate, and each report says so', async () => {
    const rows = Array.from({ length: 10 }, (_, row) => `${1_704_067_200 + row * 60},${row}`);
    const path = await file('small.csv', `time,value\n${rows.join('\n')}\n`);
    const [html, junit] = [join(folder, 'small.html'), join(folder, 'small.xml')];
    const { code, stdout, stderr } = await run(
      ...[path, '--method', 'auto', '--max-findings-per-day', '5', '--html', html, '--junit', junit],
    );
    const says =
      /small: nothing was judged: no point of its 1 series was scored \(10 values at most, too few to score by/;
    expect(code).toBe(1);
    expect(stdout).toMatch(says);
    expect(stderr).toMatch(says);
    expect(await readFile(html, 'utf8')).toMatch(says);
    const xml = await readFile(junit, 'utf8');
    expect(xml).toMatch(/name="scores-something" time="0">\s*<failure /);
    expect(xml).toContain('failures="1" errors="0" skipped="2"');
  });

  test('with the truth in it says that nobody reads it', async () => {
    const path = await file('label.csv', 'timestamp,value,label\n1,2,0\n2,3,1\n');
    expect((await run(path, '--method', 'auto')).stderr).toMatch(/^Not read: label of .*label\.csv/);
  });

  test('with numbers that nothing measures says that they are missing', async () => {
    const path = await file('large.csv', 'timestamp,value\n1,2\n2,1e200\n3,-1e200\n');
    expect((await run(path, '--method', 'auto')).stderr).toMatch(
      /^Taken for missing: 2 of the numbers of .*large\.csv, which are beyond ±1e\+140/,
    );
  });

  test('of another name says how a CSV file is called', async () => {
    const path = await file('latency.txt', 'timestamp,value\n1,2\n');
    const says = /latency\.txt is not a tape: .* The name of a CSV file ends in \.csv or \.csv\.gz\.$/m;
    expect(await run(path, '--method', 'auto')).toMatchObject({ code: 65, stderr: expect.stringMatching(says) });
  });

  test('that is not there is said to be away', async () => {
    expect(await run(join(folder, 'away.csv'), '--method', 'auto')).toMatchObject({ code: 66 });
  });
});

describe('injected faults', () => {
  const inject = (...more: string[]) => report(history, '--method', 'median-mad', '--inject', ...more);

  test('are the same with the same seed, lie after the warm-up, and leave the findings a day as they are', async () => {
    const [first, again, other, clean] = [
      await inject('spike,shift', '--seed', '3'),
      await inject('spike,shift', '--seed', '3'),
      await inject('spike,shift', '--seed', '4'),
      await report(history, '--method', 'median-mad'),
    ];
    expect(again).toEqual(first);
    const { injection, ...rest } = first;
    expect(rest).toEqual(clean);
    const placed = (one: BacktestReport) => one.injection?.faults.map(({ fromMs, series }) => [series, fromMs]);
    expect(placed(other)).not.toEqual(placed(first));
    // A quarter of two days.
    expect(injection?.faults.every(({ fromMs }) => fromMs >= Date.UTC(2024, 0, 1, 12))).toBe(true);
    expect(new Set(injection?.faults.map(({ kind }) => kind))).toEqual(new Set(['spike', 'shift']));
  });

  test('that are large are caught more often than small ones, and each miss has a reason', async () => {
    const { injection } = await inject('shift,spike');
    const ratioOf = (size: number) =>
      injection?.kinds.find((row) => row.kind === 'shift' && row.size === size)?.caughtRatio;
    expect(ratioOf(16)).toBeGreaterThan(ratioOf(4) ?? 1);
    for (const { injected, caught, missed } of injection?.kinds ?? []) {
      const reasons = Object.values(missed).reduce((sum, count) => sum + count, 0);
      expect(reasons).toBe(injected - caught);
    }
    expect(injection?.total.medianDelayMinutes).not.toBeNull();
  });

  test.each([
    ['in quiet hours', 'calendar: { quiet: [{ from: "00:00", to: "24:00" }] }', 'calendar'],
    ['of hardly a request', 'denominator: { metricName: queue_length, min: 1000000 }', 'denominator'],
  ])('that are missed %s say so', async (name, guard, why) => {
    const detectors = await file(
      `${why}.yaml`,
      `apiVersion: monitoring.my.company/v2
kind: AnomalyDetector
metadata: { name: cart }
spec:
  targets: { matchLabels: { pod: cart-1 } }
  metrics: [{ name: latency_seconds }]
  guards: { ${guard} }
`,
    );
    const { injection } = await report(history, '-f', detectors, '--inject', 'shift');
    const missed = injection?.kinds.find(({ size }) => size === 16)?.missed ?? {};
    const guards = Object.keys(missed).filter((reason) => reason !== 'below-threshold');
    expect(guards, name).toEqual([why]);
    expect(injection?.total.caught).toBe(0);
  });

  test('that have no place are told with the reason', async () => {
    const rows = Array.from({ length: 600 }, (_, row) => `${1_704_067_200 + row * 60},7`);
    const path = await file('constant.csv', `time,value\n${rows.join('\n')}\n`);
    const { stdout } = await run(path, '--method', 'auto', '--inject', 'all');
    expect(stdout).toMatch(/Not injected: spike in 1 place, whose series never move/);
    expect(stdout).toMatch(/0 faults injected with seed 1/);
  });
});

describe('a gate', () => {
  const gate = (...more: string[]) => run(history, '--method', 'median-mad', ...more);

  test('of findings says which detectors were too loud', async () => {
    const { code, stderr } = await gate('--max-findings-per-day', '0');
    expect(code).toBe(1);
    expect(stderr).toMatch(/\d findings a day \(\d+ in all\) are more than the 0 that --max-findings-per-day allows/);
    expect(stderr).toMatch(/\n {2}latency_seconds: /);
  });

  test('of what is caught fails below the share, and passes at it', async () => {
    const failed = await gate('--inject', 'shift', '--min-caught', '1');
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/\d+ of \d+ injected faults caught .* --min-caught/),
    });
    expect(await gate('--inject', 'shift', '--min-caught', '0')).toMatchObject({ code: 0, stderr: '' });
  });

  test('stands in the JSON with what it says of each detector; without one there is none', async () => {
    const { code, stdout } = await gate('--max-findings-per-day', '0', '--json');
    expect(code).toBe(1);
    const { gates, total }: { gates: Verdict[]; total: BacktestRow } = JSON.parse(stdout);
    expect(gates.map(({ detector, gate, state }) => [detector, gate, state])).toEqual([
      ['latency_seconds', 'max-findings-per-day', 'failed'],
      ['queue_length', 'max-findings-per-day', expect.stringMatching(/^(passed|failed)$/)],
      ['', 'max-findings-per-day', 'failed'],
    ]);
    expect(gates.at(-1)?.message).toContain(`(${total.findings} in all)`);
    expect(await report(history, '--method', 'median-mad')).toMatchObject({ gates: [] });
  });

  test('over nothing that could be injected fails', async () => {
    const rows = Array.from({ length: 100 }, (_, row) => `${1_704_067_200 + row * 60},7`);
    const path = await file('short.csv', `time,value\n${rows.join('\n')}\n`);
    const outcome = await run(path, '--method', 'auto', '--inject', 'shift', '--min-caught', '0');
    expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('no fault could be injected') });
  });
});

test('each finding says what the method chose when it opened, in the terminal, in JSON and on the page', async () => {
  const html = join(folder, 'chosen.html');
  const { stdout } = await run(history, '--method', 'auto', '--verbose', '--html', html);
  const [lines = ''] = stdout.split('\n\n');
  const endings = lines.split('\n').map((line) => /auto: (recent level|time of (day|week))$/.exec(line)?.[0]);
  expect(endings.length).toBeGreaterThan(0);
  expect(endings).not.toContain(undefined);
  expect(await readFile(html, 'utf8')).toMatch(/sigmas at most, auto: (recent level|time of)/);
  const whole = await run(history, '--method', 'auto', '--verbose', '--json');
  const { findings, total }: { findings: FindingRow[]; total: BacktestRow } = JSON.parse(whole.stdout);
  expect(findings.map(({ algorithm }) => algorithm)).toEqual(endings);
  expect(findings).toHaveLength(total.findings);
  // Without --verbose there is none: of a month there may be thousands.
  expect(await report(history, '--method', 'auto')).not.toHaveProperty('findings');
});

describe('a report in a file', () => {
  const write = (...more: string[]) => run(history, '--method', 'median-mad', ...more);

  test('is written as a page and as JUnit, also where a gate fails', async () => {
    const [html, junit] = [join(folder, 'report.html'), join(folder, 'gates.xml')];
    const { code } = await write('--html', html, '--junit', junit, '--max-findings-per-day', '0');
    expect(code).toBe(1);
    const xml = await readFile(junit, 'utf8');
    expect(xml).toContain('<testcase classname="latency_seconds" name="max-findings-per-day" time="0">');
    expect(xml.match(/<failure /g)?.length).toBeGreaterThanOrEqual(2);
    expect(await readFile(html, 'utf8')).toContain('Settings: method median-mad, threshold 3');
    expect(await readFile(html, 'utf8')).toContain('latency_seconds{pod=&quot;cart-1&quot;}');
  });

  test.each([
    [['--html', '-'], 64, /--html needs the name of a file/],
    [['--junit', '/no/such/folder/x.xml'], 73, /cannot write the report to .* there is no folder/],
  ])('%j is refused before anything is played', async (args, code, says) => {
    expect(await write(...args)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(says) });
  });

  test('never takes the place of the history', async () => {
    const outcome = await write('--html', history);
    expect(outcome).toMatchObject({ code: 64, stderr: expect.stringContaining('would overwrite') });
  });
});

test.each([
  [['x.csv', '--method', 'zscore'], 66, /x\.csv/],
  [['x.csv', '--method', 'auto', '-f', 'y.yaml'], 64, /--method .* or -f/],
  [['x.csv', '--html', 'r', '--junit', './r'], 64, /--html and --junit both write \.\/r/],
  [['http://127.0.0.1:1', '-n', 'a"} or b'], 64, /--namespace .* is invalid/],
  [['x.csv', '--min-caught', '0.5'], 64, /--min-caught says nothing without --inject/],
  [['x.csv', '--min-caught', '5', '--inject', 'all'], 64, /a number from 0 to 1/],
  [['x.csv', '--inject', 'spike,boom'], 64, /"boom" is none of spike, shift/],
  [['x.csv', '--seed', '-1'], 64, /a whole number/],
  [['x.csv', '--days', '3'], 64, /--days is of a Prometheus/],
  [['x.tape', '--from', '2024-01-01'], 64, /--from is of a Prometheus/],
  [['http://127.0.0.1:1', '--method', 'auto'], 64, /says no metric to ask/],
  [['http://127.0.0.1:1', '--days', '3', '--from', '2024-01-01'], 64, /--from and --days both/],
  [['http://127.0.0.1:1'], 69, /no answer from .*127\.0\.0\.1:1 .* Else give another in place of it$/m],
  [['http://127.0.0.1:1', '--from', '2024-01-02', '--to', '2024-01-01'], 64, /--from 2024-01-02 must be before --to/],
  [['http://127.0.0.1:1', '--from', 'noon'], 64, /--from noon is not a time/],
  [['http://127.0.0.1:1', '--to', 'noon'], 64, /--to noon is not a time/],
])('%j is refused with what was meant', async (args, code, says) => {
  const outcome = await tidewatchHere(['backtest', ...args]);
  expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(says) });
});

test('a method that does not exist, or needs a bound, is refused by name', async () => {
  expect((await run(history, '--method', 'zscore')).stderr).toMatch(
    /--method: unknown method "zscore"; did you mean "z-score"\? \(all: auto, /,
  );
  expect((await run(history, '--method', 'Auto')).stderr).toMatch(/did you mean "auto"\?/);
  expect((await run(history, '--method', 'gradient-boosting')).stderr).toMatch(/known: auto, cusum/);
  expect((await run(history, '--method', 'static-threshold')).stderr).toMatch(
    /--method static-threshold: .*write a detector/,
  );
  expect(await run(SHIPPED.tape, '--method', 'zscore')).toMatchObject({ code: 64 });
});
