// What `--task detect` prints: one table a set, one row a method; and each series where that is asked for.
import { markdownTable } from '../../measure.ts';
import type { SetFigures } from './judge-answer.ts';
import type { DetectResult } from './task.ts';

const TITLES: Readonly<Record<string, string>> = {
  nab: 'NAB, the open series',
  jumpstarter: 'JumpStarter, test part',
  kpi: 'Operations KPIs',
  generated: 'Generated KPIs',
  'jumpstarter train': 'JumpStarter, training part',
  nezha: 'Nezha, every metric',
  petshop: 'PetShop without an issue',
};

const WORDS: Readonly<Record<string, string>> = {
  nab: `The score is NAB's own, 0 for never and 100 for perfect, but of these series alone: NAB's published table is of 58. Its threshold is the best
for each method, as NAB has it; "findings" is what the guards let through, with nothing chosen afterwards.`,
  jumpstarter:
    'Eight services, 19 metrics each; a row scores as its most anomalous metric. The training part is played before it.',
  generated:
    'Three weeks of minutes from a seed, four series of each of six classes; anomalies of six kinds. Nobody tunes to them.',
  'jumpstarter train': 'Nothing is labelled, and there may be real trouble in it.',
  nezha: 'Every column of every file, faults included; nothing is labelled by row.',
};

/** The second part of docs/accuracy.md. */
export function detectPage(results: readonly DetectResult[]): string {
  const sets = [...new Set(results.flatMap(({ sets }) => [...sets.keys()]))];
  const order = Object.keys(TITLES);
  sets.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const sections = sets.flatMap((set) => [
    `### ${titleOf(set, results)}`,
    '',
    ...words(set),
    tableOf(set, results),
    '',
  ]);
  return [DETECT_MARK, '## Methods, one by one', '', INTRODUCTION, '', ...sections, ...quietSection(results)].join(
    '\n',
  );
}

/** Where the part begins. */
export const DETECT_MARK =
  '<!-- Printed by ./tidewatch bench accuracy --task detect --data DIR --write; do not edit. -->';

const INTRODUCTION = `Every method runs through the engine with the one setting of the shipped detectors (only the algorithm differs), forwards
in time, from a cold start, and sees no label.

- **VUS-PR**, **VUS-ROC**: volume under the surface, windows 0 to 100 (Paparrizos et al., 2022); means over the series that have an anomaly.
- **Found**: anomalies with a finding open in them; **delay** from their first row. Findings are what the guards let through: upward, twice the usual, two points in a row.
- **Red outside**: share of the rows outside anomalies with a finding open; **false a day**: findings that opened there, a file and day.
- **random** scores normal noise; **simplest** is the z-score of an hour, 3.5σ, without guards.
- **isolation-forest**, **spectral-residual** and **stl-residual** score a whole window for each point, which takes hours over all of this: they run
  when they are named, and stand here on the sets on which they did (\`--method NAME --out DIR\`, then \`--answers NAME=DIR\`): by their
  scores, for the guards have changed since, and what would be found by them is not known.
- Peers in Python, where they stand, are those of test/reference/detect; where ours has the same name theirs ends in **-python**. **poly**,
  **poly-volatility** and **isolation-forest-python** see what comes after a point as well; the others look back only. What counts as their finding is a score beyond mean + 3 deviations of all their scores, which looks ahead too.`;

function titleOf(set: string, results: readonly DetectResult[]): string {
  const figures = results.find(({ sets }) => sets.has(set))?.sets.get(set);
  return `${TITLES[set] ?? set} (${figures?.parts.length ?? 0} files, ${figures?.scored ?? 0} with anomalies)`;
}

function words(set: string): string[] {
  return WORDS[set] === undefined ? [] : [WORDS[set], ''];
}

function tableOf(set: string, results: readonly DetectResult[]): string {
  const rows = results.flatMap(({ method, sets }) => {
    const figures = sets.get(set);
    return figures === undefined ? [] : [{ method, figures }];
  });
  const labelled = rows.some(({ figures }) => figures.scored > 0);
  const columns = labelled ? [...LABELLED, ...(set === 'nab' ? NAB : []), ...FOUND, ...QUIET] : QUIET;
  return markdownTable(
    ['method', ...columns.map(({ name }) => name)],
    rows.map(({ method, figures }) => [method, ...columns.map(({ cell }) => cell(figures))]),
  );
}

interface Cells {
  readonly name: string;
  cell(figures: SetFigures): string;
}

const digits = (count: number, pick: (figures: SetFigures) => number) => (figures: SetFigures) =>
  Number.isFinite(pick(figures)) ? pick(figures).toFixed(count) : '–';
const minutes = (pick: (figures: SetFigures) => number) => (figures: SetFigures) =>
  Number.isFinite(pick(figures)) ? `${(pick(figures) / 60_000).toFixed(0)} min` : '–';

const LABELLED: readonly Cells[] = [
  { name: 'VUS-PR', cell: digits(3, ({ vusPr }) => vusPr) },
  { name: 'median', cell: digits(3, ({ vusPrMedian }) => vusPrMedian) },
  { name: 'VUS-ROC', cell: digits(3, ({ vusRoc }) => vusRoc) },
  { name: 'AUC-PR', cell: digits(3, ({ aucPr }) => aucPr) },
];
const NAB: readonly Cells[] = [
  { name: 'NAB standard', cell: digits(1, ({ nabStandard }) => nabStandard) },
  { name: 'low FP', cell: digits(1, ({ nabLowFalsePositives }) => nabLowFalsePositives) },
  { name: 'findings', cell: digits(1, ({ nabFindings }) => nabFindings) },
];
const FOUND: readonly Cells[] = [
  { name: 'found', cell: ({ found, anomalies }) => (Number.isNaN(found) ? '–' : `${found} of ${anomalies}`) },
  { name: 'delay, median', cell: minutes(({ delayMedianMs }) => delayMedianMs) },
  { name: 'p90', cell: minutes(({ delayP90Ms }) => delayP90Ms) },
];
const QUIET: readonly Cells[] = [
  { name: 'red outside', cell: ({ redRatio }) => (Number.isNaN(redRatio) ? '–' : `${(redRatio * 100).toFixed(2)} %`) },
  { name: 'false a day', cell: digits(2, ({ falseFindings }) => falseFindings) },
];

/** Quiet hours and faults of the recordings of `--task quiet`. */
function quietSection(results: readonly DetectResult[]): string[] {
  const measured = results.filter(({ quiet }) => quiet.length > 0);
  const sets = measured[0]?.quiet.map(({ set }) => set) ?? [];
  return sets.flatMap((set, at) => [
    `### ${set}: quiet hours and faults`,
    '',
    markdownTable(
      ['method', 'quiet minutes red', 'findings a series and day', 'coloured: own', 'delay, median', 'p90'],
      measured.flatMap(({ method, quiet }) => {
        const figures = quiet[at];
        if (figures === undefined) return [];
        const delay = (value: number) => (Number.isFinite(value) ? `${value.toFixed(1)} min` : '–');
        return [
          [
            method,
            `${(figures.redRatio * 100).toFixed(2)} %`,
            figures.findingsPerSeriesAndDay.toFixed(3),
            `${figures.own} of ${figures.faults}`,
            delay(figures.delayMedianMinutes),
            delay(figures.delayP90Minutes),
          ],
        ];
      }),
    ),
    '',
  ]);
}

/** Every series of every set, and how many anomalies of each kind were found. */
export function detailPage(results: readonly DetectResult[]): string {
  return results
    .flatMap(({ method, sets }) =>
      [...sets].flatMap(([set, { parts }]) => [
        `\n${method}, ${set}`,
        markdownTable(
          ['series', 'VUS-PR', 'AUC-PR', 'found', 'red outside', 'false findings'],
          parts.map((part) => [
            part.path,
            Number.isNaN(part.vusPr) ? '–' : part.vusPr.toFixed(3),
            Number.isNaN(part.aucPr) ? '–' : part.aucPr.toFixed(3),
            `${part.anomalies.filter(({ delayMs }) => delayMs !== undefined).length} of ${part.anomalies.length}`,
            `${(part.redRatio * 100).toFixed(2)} %`,
            String(part.falseFindings),
          ]),
        ),
        kindsOf(parts.flatMap((part) => part.anomalies)),
      ]),
    )
    .join('\n');
}

function kindsOf(anomalies: readonly { readonly kind?: string; readonly delayMs?: number }[]): string {
  const kinds = [...new Set(anomalies.flatMap(({ kind }) => (kind === undefined ? [] : [kind])))].sort();
  return kinds
    .map((kind) => {
      const of = anomalies.filter((one) => one.kind === kind);
      return `${kind}: ${of.filter(({ delayMs }) => delayMs !== undefined).length} of ${of.length}`;
    })
    .join(', ');
}
