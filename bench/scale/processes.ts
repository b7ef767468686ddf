// The processes of the scale run, each measured from outside by what Linux says of it: the stand-in for Prometheus, the keeper as
// users start it, and the operator, which can be asked.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { start } from '../../test/fixtures/command.ts';
import { dieTogether } from '../../test/parts/orphans.ts';
import { freePorts } from '../../test/parts/ports.ts';
import type { OperatorArguments, Reading } from './operator-process.ts';
import type { Size } from './world.ts';

const END_MS = 60_000;

export interface Started {
  readonly pid: number;
  stop(): Promise<void>;
}

export interface OperatorProcess extends Started {
  /** With rubbish cleared away first; a glance takes it as it is. */
  ask(what: 'measure' | 'glance' | 'snapshot', path?: string): Promise<Reading>;
}

export async function startStandIn(size: Size): Promise<Started & { readonly url: string }> {
  const child = spawn(process.execPath, [scriptOf('prometheus-process.ts'), JSON.stringify(size)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const url of createInterface(child.stdout)) return { ...started(child), url };
  throw new Error('the stand-in for Prometheus ended without a word');
}

export async function startKeeper(folder: string): Promise<Started & { readonly url: string; readonly data: string }> {
  const [page, append, health] = await freePorts(3);
  const data = join(folder, 'keeper');
  const ports = [`--page-port=${page}`, `--append-port=${append}`, `--health-port=${health}`];
  const running = start(['keeper', `--data=${data}`, ...ports, '--health-host=127.0.0.1']);
  await running.printed(/Operators +\S+/);
  running.process.once('exit', (code, signal) => {
    if (code !== 0) process.stderr.write(`the keeper ended with ${code ?? signal}: ${running.stderr.slice(-2000)}\n`);
  });
  return { ...started(running.process), url: `http://127.0.0.1:${append}`, data };
}

export function startOperator(given: OperatorArguments): OperatorProcess {
  const child = spawn(process.execPath, ['--expose-gc', scriptOf('operator-process.ts'), JSON.stringify(given)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    ...started(child),
    async ask(ask, path) {
      const asking = new AbortController();
      const { signal } = asking;
      const answer = once(child, 'message', { signal });
      const ended = once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`the operator ended with ${code}`);
      });
      child.send({ ask, path });
      try {
        const [reading] = await Promise.race([answer, ended]);
        return reading as Reading;
      } finally {
        asking.abort();
        await Promise.allSettled([answer, ended]);
      }
    },
  };
}

/** CPU seconds and resident memory of a process, as Linux counts them. */
export async function usageOf(pid: number): Promise<{ readonly cpuSeconds: number; readonly rssBytes: number }> {
  const [stat, status] = await Promise.all(['stat', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')));
  const fields = (stat ?? '').slice((stat ?? '').lastIndexOf(')') + 2).split(' ');
  const rssBytes = 1024 * Number(/VmRSS:\s+(\d+)/.exec(status ?? '')?.[1]);
  return { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, rssBytes };
}

function started(child: ChildProcess): Started {
  dieTogether(child);
  const ended = once(child, 'exit');
  return {
    pid: child.pid ?? 0,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const stubborn = setTimeout(() => child.kill('SIGKILL'), END_MS);
      child.kill('SIGTERM');
      await ended.finally(() => clearTimeout(stubborn));
    },
  };
}

function scriptOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}
