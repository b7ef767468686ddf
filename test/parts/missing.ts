// Says what is missing of the real parts, and how to get it, so that a suite can be skipped loudly or fail under CI.
import { findBinary, PARTS, type Part, type PartName } from './catalogue.ts';

/** A sentence for each way to get what is missing of these parts; undefined when all are there. */
export function missingParts(names: readonly PartName[]): string | undefined {
  const missing = names.filter((name) => !isThere(name));
  const built = missing.filter((name) => PARTS[name].from === 'go');
  const packaged = missing.filter((name) => PARTS[name].from === 'apt');
  const sentences = [
    ...(built.length === 0
      ? []
      : [
          `${areMissing(built)}: run "node scripts/run.mjs test/parts/build.ts ${built.join(' ')}", which needs Go 1.26 ` +
            'or newer, 10 GB of disk and, the first time, some minutes',
        ]),
    ...(packaged.length === 0
      ? []
      : [`${areMissing(packaged)}: run "apt-get install --no-install-recommends ${packaged.join(' ')}"`]),
  ];
  return sentences.length === 0 ? undefined : sentences.join('; ');
}

/** The path of a part's binary, by default the one of its own name. Throws the sentence of what is missing. */
export function binaryOf(name: PartName, binary: string = name): string {
  const path = findBinary(name, binary);
  if (path === undefined) throw new Error(missingParts([name]) ?? `${name} brings no binary ${binary}`);
  return path;
}

function isThere(name: PartName): boolean {
  const part: Part = PARTS[name];
  const files = part.from === 'go' ? Object.keys({ ...part.binaries, ...part.files }) : part.binaries;
  return files.every((file) => findBinary(name, file) !== undefined);
}

function areMissing(names: readonly string[]): string {
  return `${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} missing`;
}
