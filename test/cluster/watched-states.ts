// Every state that a detector was ever in, for however short: the API server's own watch, from a version before the
// detectors were applied.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ControlPlane } from '../parts/control-plane.ts';
import { binaryOf } from '../parts/missing.ts';
import { waitUntil } from '../parts/wait-until.ts';

export interface WatchedStates {
  /** The states of a detector so far, without repetitions in a row. */
  of(name: string): readonly string[];
  stop(): Promise<void>;
}

interface Listed {
  readonly items: readonly Told['object'][];
  readonly metadata: { readonly resourceVersion: string };
}

interface Told {
  readonly type: string;
  readonly object: {
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
    readonly status?: { readonly state?: string };
  };
}

/**
 * Of what is applied from now on. A watch that the server ends, as when it serves the definition anew, goes on where it was; where
 * the server no longer knows of that version, from a list.
 */
export async function watchStates(plane: ControlPlane, namespace: string): Promise<WatchedStates> {
  const path = `/apis/monitoring.my.company/v2/namespaces/${namespace}/anomalydetectors`;
  const objects: Told['object'][] = [];
  const stopping = new AbortController();
  const { signal } = stopping;

  /** While a definition is served anew, the server knows nothing of its objects. */
  async function list(): Promise<string> {
    const { items, metadata } = await waitUntil('the list of detectors', async () => {
      const { status, text } = await plane.request(path);
      if (status !== 200) throw new Error(`${status} ${text}`);
      return JSON.parse(text) as Listed;
    });
    objects.push(...items);
    return metadata.resourceVersion;
  }
  /** Ends with the watch; undefined when the version is too old. */
  async function watchFrom(version: string): Promise<string | undefined> {
    const watch = `${path}?watch=1&resourceVersion=${version}`;
    const watching = spawn(binaryOf('kubectl'), ['--kubeconfig', plane.kubeconfig, 'get', '--raw', watch]);
    const end = () => watching.kill();
    signal.addEventListener('abort', end);
    const closed = once(watching, 'close');
    let last: string | undefined = version;
    for await (const line of createInterface({ input: watching.stdout })) {
      const told = toldIn(line);
      if (told?.type === 'ERROR') last = undefined;
      else if (told !== undefined) {
        objects.push(told.object);
        last = told.object.metadata.resourceVersion;
      }
    }
    await closed;
    signal.removeEventListener('abort', end);
    return last;
  }
  async function goOn(first: string): Promise<void> {
    let version: string | undefined = first;
    while (!signal.aborted) {
      version = await watchFrom(version ?? (await list()));
      await sleep(200, undefined, { signal }).catch(() => {});
    }
  }
  const watching = goOn(await list());
  // A definition that was just made is served anew at first: a watch that lives through this second lives on.
  await sleep(1000);
  return {
    of(name) {
      const states = objects.filter((one) => one.metadata.name === name).map(({ status }) => status?.state ?? '');
      return states.filter((state, at) => state !== states[at - 1]);
    },
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}

/** A line that was cut off is told again by the next watch. */
function toldIn(line: string): Told | undefined {
  try {
    return JSON.parse(line) as Told;
  } catch {
    return undefined;
  }
}
