// A Dockerfile as instructions, and its COPY and RUN steps without Docker: each stage is a folder, below which its
// absolute paths lie. Knows what ours uses, and refuses the rest.
import { cp, mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runCommand } from '../parts/run-command.ts';

export interface Instruction {
  /** In capitals. */
  readonly word: string;
  readonly text: string;
}

export interface Stage {
  readonly base: string;
  readonly name: string | undefined;
  readonly instructions: readonly Instruction[];
}

export function readDockerfile(text: string): Stage[] {
  const stages: { base: string; name: string | undefined; instructions: Instruction[] }[] = [];
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  for (const line of lines.join('\n').replaceAll('\\\n', ' ').split('\n')) {
    const [, word = '', rest = ''] = /^(\w+) +(.*)$/.exec(line.trim()) ?? [];
    const from = word === 'FROM' ? /^(\S+)(?: AS (\S+))?$/.exec(rest) : null;
    if (from !== null) stages.push({ base: from[1] ?? '', name: from[2], instructions: [] });
    else stages.at(-1)?.instructions.push({ word: word.toUpperCase(), text: rest });
  }
  return stages;
}

export interface Copy {
  /** The stage it comes from; the repository when absent. */
  readonly from: string | undefined;
  readonly sources: readonly string[];
  readonly target: string;
}

export function readCopy({ text }: Instruction): Copy {
  const words = text.split(/ +/);
  const from = words[0]?.startsWith('--from=') === true ? words.shift()?.slice('--from='.length) : undefined;
  return { from, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
}

export interface BuildOptions {
  /** What is copied from when no stage is named. */
  readonly context: string;
  /** Where the stages' folders are made; it must be empty. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Of files in the context: whether Docker would be told of them. */
  readonly isSeen: (path: string) => boolean;
}

/** The folder that is the last stage's root. */
export async function buildStages(stages: readonly Stage[], options: BuildOptions): Promise<string> {
  let root = options.folder;
  for (const [index, { name, instructions }] of stages.entries()) {
    root = join(options.folder, name ?? String(index));
    let work = '/';
    for (const instruction of instructions) {
      if (instruction.word === 'WORKDIR') work = instruction.text;
      const place = join(root, work);
      await mkdir(place, { recursive: true });
      if (instruction.word === 'COPY') await copy(readCopy(instruction), place, options);
      if (instruction.word === 'RUN') {
        await runCommand('sh', ['-ec', instruction.text], { cwd: place, env: options.env });
      }
    }
  }
  return root;
}

async function copy({ from, sources, target }: Copy, place: string, options: BuildOptions): Promise<void> {
  for (const source of sources) {
    const origin = from === undefined ? join(options.context, source) : join(options.folder, from, source);
    const isFolder = target.endsWith('/');
    await cp(origin, join(place, target, isFolder ? basename(source) : ''), {
      recursive: true,
      filter: (path) => from !== undefined || options.isSeen(path),
    });
  }
}
