// What `tidewatch tape info|cut|verify|convert` do. Each writes its lines with `print` and throws an AppError when it
// cannot do its work; flags are read in main.ts.
import { access, readFile } from 'node:fs/promises';
import { convertNezha } from '#collect/nezha.ts';
import { checkNezha } from '#collect/nezha-check.ts';
import { AppError } from '#kit/errors.ts';
import type { Labels } from '#model/series.ts';
import type { Signal } from '#model/signal.ts';
import type { TapeInfo } from '#tape/contract.ts';
import { cutTape } from '#tape/cut.ts';
import { openTape } from '#tape/reader.ts';
import { verifyTape } from '#tape/verify.ts';
import { createTapeWriter, type NewTapeHeader } from '#tape/writer.ts';
import { cutNotes } from './tape-cut-notes.ts';
import { describeTape, summariseTape } from './tape-text.ts';
import { parseMoment } from './tape-time.ts';

export type Print = (line: string) => void;

export interface OutputFlags {
  readonly output: string;
  /** Replace a file that is there already. */
  readonly force?: boolean | undefined;
}

export interface CutFlags extends OutputFlags {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** `label=value`, all of which must hold. */
  readonly match?: readonly string[] | undefined;
}

export interface ConvertFlags extends OutputFlags {
  readonly name?: string | undefined;
  readonly source?: string | undefined;
  /** File with the notice that must travel with the data; by default LICENSE in the folder or above it. */
  readonly licence?: string | undefined;
  readonly namespace?: string | undefined;
  readonly partOf?: string | undefined;
  /** From here on the recording is quiet: it is played first, a day earlier. */
  readonly quietFrom?: string | undefined;
  /** Compare every value on the tape with the files afterwards. */
  readonly check?: boolean | undefined;
}

/** Prints what is on the tape, as text or as JSON. */
export async function tapeInfo(
  path: string,
  flags: { readonly json?: boolean | undefined },
  print: Print,
): Promise<void> {
  const tape = await openTape(path);
  await tape.close();
  if (flags.json === true) print(JSON.stringify(summariseTape(tape.info, path), null, 2));
  else for (const line of describeTape(tape.info, path)) print(line);
}

/** Reads the whole tape and says that it is sound, or throws with what is not. */
export async function tapeVerify(path: string, print: Print): Promise<void> {
  const info = await verifyTape(path);
  print(`${path} is sound: ${counts(info)}, SHA-256 ${info.checksum}.`);
}

/** Writes a part of a tape as a tape of its own. */
export async function tapeCut(path: string, flags: CutFlags, print: Print): Promise<void> {
  await mustBeFree(flags);
  const tape = await openTape(path);
  try {
    const { header } = tape.info;
    const fromMs = flags.from === undefined ? header.fromMs : parseMoment(flags.from, '--from', header.fromMs);
    const toMs = flags.to === undefined ? header.toMs : parseMoment(flags.to, '--to', fromMs + 1);
    const match = parseMatch(flags.match ?? []);
    const part = cutTape(tape, { fromMs, toMs, match });
    await writeTape(flags.output, part.header, part.signals, print);
    for (const note of cutNotes(tape.info, part.header, match)) print(note);
  } finally {
    await tape.close();
  }
}

/** Converts a folder in the layout of the Nezha data set. With `check`, throws `gate-failed` when a value differs. */
export async function tapeConvert(dir: string, flags: ConvertFlags, print: Print): Promise<void> {
  await mustBeFree(flags);
  const { name, source, licence, namespace, partOf, quietFrom } = flags;
  const options = {
    ...(name === undefined ? {} : { name }),
    ...(source === undefined ? {} : { source }),
    ...(licence === undefined ? {} : { licence: await readNotice(licence) }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(partOf === undefined ? {} : { partOf }),
    ...(quietFrom === undefined ? {} : { quietFromMs: parseMoment(quietFrom, '--quiet-from') }),
  };
  const { header, signals } = await convertNezha(dir, options);
  await writeTape(flags.output, header, signals, print);
  if (flags.check !== true) return;
  const tape = await openTape(flags.output);
  try {
    const { cells, differences } = await checkNezha(dir, options, tape.signals());
    if (differences.length > 0) {
      throw new AppError('gate-failed', `${flags.output} is not what ${dir} says:\n  ${differences.join('\n  ')}`);
    }
    print(`All ${cells.toLocaleString('en')} values are what the files say.`);
  } finally {
    await tape.close();
  }
}

async function writeTape(
  path: string,
  header: NewTapeHeader,
  signals: Iterable<Signal> | AsyncIterable<Signal>,
  print: Print,
): Promise<void> {
  const writer = await createTapeWriter(path, header);
  try {
    for await (const signal of signals) await writer.write(signal);
    const info = await writer.finish();
    print(`Wrote ${path}: ${counts(info)}, ${info.sizeBytes.toLocaleString('en')} bytes.`);
  } finally {
    await writer.discard();
  }
}

async function mustBeFree({ output, force }: OutputFlags): Promise<void> {
  const taken = await access(output).then(
    () => true,
    () => false,
  );
  if (taken && force !== true) {
    throw new AppError('bad-usage', `${output} exists: choose another name, or replace it with --force.`);
  }
}

async function readNotice(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('not-found', `--licence ${path} cannot be read: name the file with the notice.`, { cause });
  });
}

function parseMatch(pairs: readonly string[]): Labels {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at > 0) return [pair.slice(0, at), pair.slice(at + 1)];
      throw new AppError('bad-usage', `--match ${pair} is not label=value, such as --match service=frontend.`);
    }),
  );
}

function counts({ series, samples, spans, blocks }: TapeInfo): string {
  const count = (size: number, noun: string): string => `${size.toLocaleString('en')} ${noun}${size === 1 ? '' : 's'}`;
  const seriesCount = `${series.length.toLocaleString('en')} series`;
  return [seriesCount, count(samples, 'sample'), count(spans, 'span'), count(blocks, 'block')].join(', ');
}
