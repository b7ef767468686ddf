// What a validation came to: for people, for programs (JSON), and for code review (SARIF 2.1.0).
import { relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { problemText } from '#resource/problem.ts';
import { printable, printableLines } from '../printable.ts';
import { type CostOfObject, costsOf, costTable } from './cost/report-costs.ts';
import type { Judgement, Level, Remark } from './judge.ts';

export type Format = 'text' | 'json' | 'sarif';

/** `costs` where a Prometheus was asked. */
export interface Validation extends Judgement {
  readonly costs?: readonly CostOfObject[];
}

export function reportOf(judgement: Validation, format: Format, version: string): string {
  switch (format) {
    case 'text':
      return textOf(judgement);
    case 'json':
      return `${JSON.stringify(summaryOf(judgement), null, 2)}\n`;
    case 'sarif':
      return `${JSON.stringify(sarifOf(judgement, version), null, 2)}\n`;
  }
}

const WORDS: Readonly<Record<Level, string>> = {
  ...{ error: '', warning: 'warning: ', unjudged: 'not checked: ', beyond: 'too dear: ', note: 'note: ' },
};

function textOf(judgement: Validation): string {
  const { remarks, objects, skipped, noObject, noYaml, costs } = judgement;
  const lines = remarks.map(({ file, line, column, level, path, message }) => {
    return printable(`${file}:${line}:${column} ${WORDS[level]}${problemText({ path, message })}`);
  });
  const { errors, warnings, unjudged, beyond } = countsOf(remarks);
  const parts = [
    `${objects} ${objects === 1 ? 'object' : 'objects'}`,
    `${errors} ${errors === 1 ? 'problem' : 'problems'}`,
    ...(warnings > 0 ? [`${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`] : []),
    ...(unjudged > 0 ? [`${unjudged} not checked`] : []),
    ...(beyond > 0 ? [`${beyond} beyond ${beyond === 1 ? 'a bound' : 'bounds'}`] : []),
    ...(skipped.length > 0 ? [`${skipped.length} of other kinds passed over (--schema-file judges them)`] : []),
    ...(noObject.length > 0
      ? [`${filesOf(noObject)} ${noObject.length === 1 ? 'holds' : 'hold'} no Kubernetes object`]
      : []),
    ...(noYaml.length > 0 ? [`${filesOf(noYaml)} ${noYaml.length === 1 ? 'is' : 'are'} no YAML`] : []),
  ];
  const table = costs === undefined || costs.length === 0 ? [] : [printableLines(costTable(costs)), ''];
  return `${[...lines, ...table, parts.join(', ')].join('\n')}\n`;
}

function filesOf(files: readonly string[]): string {
  return `${files.length} ${files.length === 1 ? 'file' : 'files'}`;
}

function summaryOf({ remarks, objects, skipped, noObject, noYaml, costs }: Validation) {
  return { objects, ...countsOf(remarks), skipped, noObject, noYaml, remarks, ...(costs && { costs: costsOf(costs) }) };
}

export function countsOf(remarks: readonly Remark[]) {
  const count = (wanted: Level) => remarks.filter(({ level }) => level === wanted).length;
  return { errors: count('error'), warnings: count('warning'), unjudged: count('unjudged'), beyond: count('beyond') };
}

const RULES: readonly { readonly id: Level; readonly text: string }[] = [
  { id: 'error', text: 'A cluster refuses it.' },
  { id: 'warning', text: 'It is let in, and does not do all that it says.' },
  { id: 'unjudged', text: 'Something that could not be checked here.' },
  { id: 'beyond', text: 'It costs more than its bound.' },
  { id: 'note', text: 'Nothing is wrong; it is told so that nobody wonders.' },
];

const SARIF_LEVELS = { error: 'error', warning: 'warning', unjudged: 'note', beyond: 'error', note: 'note' } as const;

function sarifOf({ remarks, costs }: Validation, version: string) {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'tidewatch validate',
            version,
            rules: RULES.map(({ id, text }) => ({ id, shortDescription: { text } })),
          },
        },
        results: remarks.map(({ file, line, column, level: of, path, message, object }) => ({
          ruleId: of,
          level: SARIF_LEVELS[of],
          message: { text: problemText({ path, message }) },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file) },
                region: { startLine: line, startColumn: column },
              },
              ...(object !== '' && { logicalLocations: [{ fullyQualifiedName: object }] }),
            },
          ],
        })),
        ...(costs && { properties: { costs: costsOf(costs) } }),
      },
    ],
  };
}

/** From the working folder, as code review wants it; what is elsewhere is named whole. */
function uriOf(file: string): string {
  if (file === '-') return file;
  const parts = relative('.', resolve(file)).split(sep);
  return parts[0] === '..' ? pathToFileURL(file).href : parts.map(encodeURIComponent).join('/');
}
