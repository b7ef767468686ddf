// A back-test as one page that needs nothing else: no network, no script, and whatever somebody called a pod or a detector is
// text in it. The policy of its content says so to the browser.
import { createHash } from 'node:crypto';
import { denominatorLines } from '../../denominators.ts';
import { formatMinute } from '../../tape-time.ts';
import type { FaultsReport } from '../faults/faults-report.ts';
import type { Verdict } from '../gate.ts';
import { html, type Markup } from '../markup.ts';
import type { BacktestReport } from '../report.ts';
import {
  DETECTORS_HEAD,
  detectorCells,
  detectorText,
  FINDINGS_HEAD,
  findingsCells,
  KINDS_HEAD,
  KNOWN_HEAD,
  kindCells,
  knownCells,
  skippedText,
  timesText,
} from '../report-cells.ts';
import { methodText } from '../settings-text.ts';
import { unscoredLines } from '../unscored.ts';
import { chartMarkup } from './chart.ts';
import type { DetectorPictures } from './pictures.ts';
import { STYLE } from './style.ts';
import { tableMarkup } from './table.ts';

/** The page's text: HTML with its style in it. */
export function reportPage(
  report: BacktestReport,
  verdicts: readonly Verdict[],
  pictures: readonly DetectorPictures[],
): string {
  const hash = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  const { injection } = report;
  const style: Markup = { markup: `<style>${STYLE}</style>` };
  const { markup } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Back-test of ${report.source}</title>
${style}
</head>
<body>
<header>
<h1>Back-test of ${report.source}</h1>
<p class="muted">${formatMinute(Date.parse(report.from))} to ${formatMinute(Date.parse(report.to))} UTC, ${report.recordedMinutes.toLocaleString('en')} minutes recorded</p>
${report.method === undefined ? '' : html`<p class="muted">${methodText(report.method)}.</p>`}
</header>
<nav aria-label="Parts of the report">
${verdicts.length > 0 ? html`<a href="#gates">Gates</a>` : ''}
<a href="#findings">Findings</a>
${report.faults.length > 0 ? html`<a href="#known">Known faults</a>` : ''}
${injection === undefined ? '' : html`<a href="#injected">Injected faults</a>`}
<a href="#pictures">Pictures</a>
</nav>
<main>
${verdicts.length > 0 ? gates(verdicts) : ''}
${findings(report)}
${report.faults.length > 0 ? knownFaults(report) : ''}
${injection === undefined ? '' : injectedFaults(injection)}
${drawn(report, pictures)}
</main>
<footer>Made by tidewatch backtest. Near copies of one thing make one finding, counted to the detector that was first.</footer>
</body>
</html>
`;
  return markup;
}

function gates(verdicts: readonly Verdict[]): Markup {
  const failedFirst = [...verdicts].sort((a, b) => Number(b.state === 'failed') - Number(a.state === 'failed'));
  const rows = failedFirst.map(({ detector, gate, state, message }) => [
    detectorText(detector),
    html`<span class="name">${gate}</span>`,
    html`<span class="${state}">${state.replace('-', ' ')}</span>`,
    message,
  ]);
  return html`<section id="gates"><h2>Gates</h2>
${tableMarkup(['detector', 'gate', 'outcome', 'numbers'], rows, [])}</section>`;
}

function findings({ detectors, total, unscored, denominators }: BacktestReport): Markup {
  return html`<section id="findings"><h2>Findings</h2>
${tableMarkup(FINDINGS_HEAD, [...detectors, total].map(findingsCells), [1, 2, 3, 4, 5])}
${[...unscoredLines(unscored), ...denominatorLines(denominators)].map((line) => html`<p class="failed">${line}.</p>`)}</section>`;
}

function knownFaults(report: BacktestReport): Markup {
  const rows = report.faults.map((fault) => {
    const [time, pod, type, outcome, delay] = knownCells(fault);
    const look = fault.outcome === 'coloured' ? 'passed' : 'failed';
    return [time, pod, type, html`<span class="${look}">${outcome}</span>`, delay];
  });
  return html`<section id="known"><h2>Known faults</h2>
<p>${report.coloured} of ${report.faults.length} coloured; ${report.unexplained.findings} of ${report.unexplained.of} findings outside the quiet hours came in no fault’s five minutes.</p>
${tableMarkup(KNOWN_HEAD, rows, [4])}</section>`;
}

function injectedFaults(injection: FaultsReport): Markup {
  const { kinds, faults, seed, rounds, skipped } = injection;
  return html`<section id="injected"><h2>Injected faults</h2>
<p>${faults.length} faults with seed ${seed}, the history played ${timesText(rounds)} more. A fault counts once for each detector that looks for it; a sigma is that of the series’ own noise. Findings a day are those without the faults.</p>
${tableMarkup(KINDS_HEAD, kinds.map(kindCells), [1, 2, 3, 4, 5])}
<h2>Caught by detector</h2>
${tableMarkup(DETECTORS_HEAD, detectorCells(injection), [1, 2, 3, 4])}
${skipped.map((row) => html`<p class="muted">${skippedText(row)}.</p>`)}</section>`;
}

function drawn({ detectors, injection, faults }: BacktestReport, pictures: readonly DetectorPictures[]): Markup {
  const rest = detectors.length - pictures.length;
  const keys = [
    html`<li><i class="value"></i>value</li><li><i class="band"></i>band</li><li><i class="finding"></i>finding</li>`,
    ...(faults.length > 0 ? [html`<li><i class="known"></i>known fault</li>`] : []),
    ...(injection === undefined
      ? []
      : [html`<li><i class="caught"></i>injected, caught</li><li><i class="missed"></i>injected, missed</li>`]),
  ];
  return html`<section id="pictures"><h2>Pictures</h2>
<p>Of each detector the series in which it found most.</p>
<ul class="key">${keys}</ul>
${pictures.map(
  ({ detector, clean, faulty }) => html`<section class="detector"><h3>${detector}</h3>
${chartMarkup(clean)}${faulty === undefined ? '' : chartMarkup(faulty)}</section>
`,
)}
${rest > 0 ? html`<p class="muted">${rest} more detectors have no picture.</p>` : ''}</section>`;
}
