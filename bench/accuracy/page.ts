// The page docs/accuracy.md, from figures alone.
import type { Figures } from './judge.ts';
import { faultTable, type Judged, methodTable } from './quiet.ts';

export function accuracyPage(sets: readonly (readonly Judged[])[]): string {
  const [first, ...rest] = sets;
  const services = rest.filter(([judged]) => judged?.figures.faults.length === 0);
  const withFaults = rest.filter(([judged]) => (judged?.figures.faults.length ?? 0) > 0);
  return `${[
    '# Accuracy',
    '',
    '<!-- Printed by ./tidewatch bench accuracy --task quiet --data DIR --write; do not edit. -->',
    '',
    INTRODUCTION,
    ...(first === undefined ? [] : ownSection(first)),
    ...withFaults.flatMap(ownSection),
    ...(services.length === 0 ? [] : servicesSection(services)),
  ].join('\n')}\n`;
}

const INTRODUCTION = `\`./tidewatch bench accuracy --task quiet\` prints the first part from what ships; with \`--data DIR\` (a folder
with \`nezha/2023-01-30\` and \`jumpstarter/train\`) all of it. The detectors are those of \`detectors/online-boutique.yaml\`: one
setting for every series of every set. Nothing looks at the truth but the scoring.

How the setting came about, so that nobody takes these for held-out figures: six sigmas, at least twice the usual, three points of
three were known to do well on the shipped day. Some eighty variations were then scored on these same sets; of what that suggested,
one thing was taken over, to leave out what a pod sees of others (client latency, which is their latency, counted to the wrong one) and
network bytes. The threshold was left alone: between 4 and 20 sigmas the number of faults coloured hardly moves.

- **Red**: a finding that passed every guard is open on any pod, service, call or the front end.
- **Coloured (own)**: a new finding is confirmed within five minutes of the injection on the fault's own pod or service; a call
  counts to its callee. Only another service coloured (a neighbour or not) is a column of its own, and not a hit.
- **Chance**: the same count with the times of the faults slid through the quiet hours; and for the five minutes before each injection.
- **Random** throws as many findings as the shipped detectors opened, of the same lengths, at random series and times.
`;

function ownSection(judged: readonly Judged[]): string[] {
  const [shipped] = judged;
  if (shipped === undefined) return [];
  const { set, figures } = shipped;
  return [
    `## ${set.name}`,
    '',
    `Quiet: ${set.quiet}; ${figures.quietMinutes} minutes.`,
    '',
    methodTable(judged),
    '',
    faultTable(figures),
    '',
    `${figures.unexplained.findings} of the ${figures.unexplained.of} findings in the hours with faults came in no fault's five minutes; a fault's late effects count here too.`,
    '',
  ];
}

/** Many sets of one kind without known faults: one row each for the shipped detectors, and the sum. */
function servicesSection(sets: readonly (readonly Judged[])[]): string[] {
  const rows = sets.flatMap(([shipped, simplest]) =>
    shipped === undefined || simplest === undefined
      ? []
      : [`| ${shipped.set.name} | ${quietCells(shipped.figures)} | ${quietCells(simplest.figures)} |`],
  );
  const mean = (at: number, pick: (figures: Figures) => number) =>
    sets.reduce((sum, judged) => sum + (judged[at] === undefined ? 0 : pick(judged[at].figures)), 0) / sets.length;
  const meanCells = (at: number) =>
    `${(mean(at, (figures) => figures.redRatio) * 100).toFixed(2)} % | ${mean(at, (figures) => figures.findingsPerSeriesAndDay).toFixed(3)}`;
  return [
    '## JumpStarter, training part',
    '',
    'Eight services of a large company, 19 metrics each, five minutes apart, 20 days. Nothing is labelled; there may be real trouble in it.',
    '',
    `| service | red, ${sets[0]?.[0]?.method ?? ''} | findings a series and day | red, ${sets[0]?.[1]?.method ?? ''} | findings a series and day |`,
    '| --- | --- | --- | --- | --- |',
    ...rows,
    `| mean | ${meanCells(0)} | ${meanCells(1)} |`,
  ];
}

function quietCells(figures: Figures): string {
  return `${(figures.redRatio * 100).toFixed(2)} % | ${figures.findingsPerSeriesAndDay.toFixed(3)}`;
}
