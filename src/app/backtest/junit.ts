// A back-test as JUnit's XML, which every CI shows: a case for each detector and gate, and one for all together. Without a gate
// the cases say the numbers, and pass.
import { denominatorVerdicts, isUnjudged, unscoredVerdicts, type Verdict } from './gate.ts';
import { escapeMarkup, html, type Markup } from './markup.ts';
import type { BacktestReport } from './report.ts';

export interface JunitTimes {
  /** When it began, and how long it took. */
  readonly startMs: number;
  readonly tookMs: number;
}

/** The file's text, of one suite; seconds, as JUnit has them. */
export function junitReport(report: BacktestReport, verdicts: readonly Verdict[], times: JunitTimes): string {
  const judged = verdicts.length > 0 ? verdicts : numbersOnly(report);
  const count = (state: Verdict['state']) => judged.filter((verdict) => verdict.state === state).length;
  const seconds = (times.tookMs / 1000).toFixed(3);
  const timestamp = new Date(times.startMs).toISOString().slice(0, 19);
  const [failures, skipped] = [count('failed'), count('not-judged')];
  const { markup } =
    html`<testsuites name="tidewatch backtest" tests="${judged.length}" failures="${failures}" errors="0" time="${seconds}">
  <testsuite name="${report.source}" tests="${judged.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds}" timestamp="${timestamp}" hostname="localhost">
    <properties>
      <property name="from" value="${report.from}"/>
      <property name="to" value="${report.to}"/>
      <property name="recordedMinutes" value="${report.recordedMinutes}"/>
    </properties>
${judged.map(testCase)}  </testsuite>
</testsuites>
`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${markup}`;
}

function testCase({ detector, gate, state, message }: Verdict): Markup {
  return html`    <testcase classname="${detector === '' ? 'all detectors' : detector}" name="${gate}" time="0">
      ${outcomeOf(state, message)}
    </testcase>
`;
}

function outcomeOf(state: Verdict['state'], message: string): Markup {
  switch (state) {
    case 'failed':
      return html`<failure type="gate-failed" message="${message}">${message}</failure>`;
    case 'not-judged':
      return html`<skipped message="${message}"/>`;
    case 'passed':
      return { markup: `<system-out>${escapeMarkup(message)}</system-out>` };
  }
}

/** What cannot be relied on is not passed, also where nothing is asked. */
function numbersOnly(report: BacktestReport): Verdict[] {
  const lacking = [...unscoredVerdicts(report), ...denominatorVerdicts(report)].map((verdict): Verdict => {
    return verdict.state === 'failed' ? { ...verdict, state: 'not-judged' } : verdict;
  });
  const numbers = [...report.detectors, report.total].map((row): Verdict => {
    const { detector, findings, findingsPerDay } = row;
    const gate = 'max-findings-per-day';
    if (isUnjudged(row, report)) return { detector, gate, state: 'not-judged', message: 'no point was scored' };
    const message = `${findingsPerDay.toFixed(1)} findings a day (${findings} in all); no gate was asked for`;
    return { detector, gate, state: 'passed', message };
  });
  return [...lacking, ...numbers];
}
