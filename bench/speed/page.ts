// What `bench speed` came to, as the page docs/speed.md and for the terminal: a part for each section, so that one can be
// measured anew alone. Where we are the slower it says so.
import { markdownTable } from '../measure.ts';
import type { Outcome, Section } from './section.ts';

export interface Measured extends Outcome {
  readonly section: Section;
  readonly times: number;
  /** How many processes wanted a core meanwhile, on how many cores. */
  readonly load: number;
  readonly cores: number;
}

const HEAD = `# Speed beside others

<!-- Printed by ./tidewatch bench speed --write; do not edit. -->

\`./tidewatch bench speed\` prints this: the same work by us and by a peer, on the same data, in turn on one machine, one thread each. First it
is checked that both do the same; a row whose results differ has no times, and says by how much. Ratios above 1 are in our favour: of
the medians by the clock, with the range over the rounds, and of the medians in CPU seconds. The start of an interpreter, imports,
compiling and reading files are in nobody's figures. What shares the machine makes ranges wide; CPU seconds bear it better.
`;

/** The part of one section, which begins with its heading. */
export function partOf(measured: Measured): string {
  const { section, lines, note, load, cores, times, versions } = measured;
  const rows = lines.map((line) => {
    const { row, work, peer, ours, theirs, faster, lessCpu, equal, target } = line;
    return [row, work, peer, ours, theirs, faster, lessCpu, equal, target];
  });
  const head = ['row', 'work', 'peer', 'ours, ms', 'peer, ms', 'faster (range)', 'less CPU', 'equal', 'floor → aim'];
  const machine = `${times} rounds on a virtual machine with ${cores} cores${sharedBy(load, cores)}; Node ${process.versions.node}${versionsOf(versions)}.`;
  const paragraphs = [
    headingOf(section),
    ...(lines.length === 0 ? [] : [markdownTable(head, rows)]),
    ...lostIn(measured),
    ...(note === undefined ? [] : [note]),
    machine,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

/** The page with these parts in place of their former ones, all in the order of `sections`. */
export function speedPage(before: string, sections: readonly Section[], parts: ReadonlyMap<Section, string>): string {
  const former = before.split(/^(?=## )/m);
  const kept = sections.flatMap((section) => {
    const part = parts.get(section) ?? former.find((one) => one.startsWith(`${headingOf(section)}\n`));
    return part === undefined ? [] : [part.trimEnd()];
  });
  return `${[HEAD.trimEnd(), ...kept].join('\n\n')}\n`;
}

function headingOf({ rows, title }: Section): string {
  return `## ${rows.join(', ')}: ${title}`;
}

function sharedBy(load: number, cores: number): string {
  if (load <= cores) return '';
  return `, which other work shared: ${load.toFixed(0)} processes wanted one at a time`;
}

function lostIn({ lines }: Measured): string[] {
  const lost = lines.filter(({ faster }) => Number.parseFloat(faster.replaceAll(',', '')) < 1);
  if (lost.length === 0) return [];
  return [`**The peer is the faster one** in ${lost.map(({ row, peer }) => `${row} (${peer})`).join(', ')}.`];
}

function versionsOf(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([name, version]) => `, ${name} ${version}`)
    .join('');
}
