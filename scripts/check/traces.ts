// Traces of the machine that somebody worked on: absolute paths of a home or a workspace, its own name. They mean
// nothing to anybody else, and say more about the author's machine than they should.

export interface Machine {
  /** Folders, names and addresses of this machine alone; what every machine has is left out by the caller. */
  readonly own: readonly string[];
}

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** A folder where people keep their work, on the systems that people use. A `<user>` or `$HOME` in its place is fine. */
const FOLDERS =
  /(?<![\w.$}~-])(?:\/(?:home|Users)\/[a-z][\w.-]*|\/root|\/work|\/workspaces?)\/[\w.-]+|[A-Z]:\\Users\\\w+/g;

/** One sentence for each trace: file, line and what it is. */
export function findTraces(files: readonly TextFile[], machine: Machine): string[] {
  const patterns = [
    FOLDERS,
    ...machine.own.map((name) => new RegExp(`(?<![\\w.-])${RegExp.escape(name)}(?![\\w-])`, 'g')),
  ];
  return files.flatMap(({ path, text }) => {
    const found = patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match.index));
    const lines = new Set(found.map((offset) => text.slice(0, offset).split('\n').length));
    return [...lines]
      .sort((a, b) => a - b)
      .map((line) => `${path}:${line} names something of one machine: ${excerpt(text, line)}`);
  });
}

function excerpt(text: string, line: number): string {
  const whole = (text.split('\n')[line - 1] ?? '').trim();
  return whole.length <= 100 ? whole : `${whole.slice(0, 100)}…`;
}
