// `tidewatch run` as a process, for tests that ask its REST API.
import { once } from 'node:events';
import { start } from '../fixtures/command.ts';
import { waitUntil } from '../parts/wait-until.ts';

export interface LiveRun {
  readonly url: string;
  /** What it printed so far, errors last. */
  said(): string;
  /** Ends it as Ctrl-C does; does nothing when it has ended. */
  stop(): Promise<void>;
}

/** Resolves when its page is there. */
export async function beginRun(options: readonly string[], env: Record<string, string> = {}): Promise<LiveRun> {
  const running = start(['run', '--port', '0', ...options], env);
  const [, url = ''] = await running.printed(/Page +(http:\S+)/);
  return {
    url,
    said: () => `${running.stdout}\n${running.stderr}`,
    async stop() {
      running.process.kill('SIGTERM');
      if (running.process.exitCode === null) await once(running.process, 'close');
    },
  };
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects of a reply
export async function json(url: string, path: string): Promise<any> {
  const reply = await fetch(`${url}${path}`);
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

export function untilLive(url: string) {
  return waitUntil('the cluster to be live', async () => {
    const state = await json(url, '/api/replay');
    return state.state === 'live' && state;
  });
}
