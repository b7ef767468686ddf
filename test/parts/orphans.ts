// Sees to it that no child outlives the test process, however that ends. A shell of a few lines holds the list of
// children and waits for its input to close, which it does even when the test process is killed; then it kills them.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';

const SHELL = `
trap '' INT TERM HUP
pids=
while read -r what pid; do
  rest=
  for other in $pids; do [ "$other" = "$pid" ] || rest="$rest $other"; done
  pids=$rest
  [ "$what" = - ] || pids="$pids $pid"
done
for pid in $pids; do kill -KILL "$pid"; done 2> /dev/null
`;

const children = new Set<number>();
let shell: ChildProcess | undefined;

/** From now on the process dies with this one, until it has ended itself. */
export function dieTogether(child: ChildProcess): void {
  const { pid } = child;
  if (pid === undefined) return;
  shell ??= startShell();
  children.add(pid);
  shell.stdin?.write(`+ ${pid}\n`);
  child.once('exit', () => {
    children.delete(pid);
    shell?.stdin?.write(`- ${pid}\n`);
  });
}

function startShell(): ChildProcess {
  // In a process group of its own, which Ctrl-C does not reach.
  const started = spawn('/bin/sh', ['-c', SHELL], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  started.unref();
  started.stdin.on('error', () => undefined);
  (started.stdin as Socket).unref();
  process.once('exit', killAll);
  return started;
}

function killAll(): void {
  for (const pid of children) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
  }
}
