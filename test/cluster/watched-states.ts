// Every state that a detector was ever in, for however short: the API server's own watch, from a version before the
// detectors were applied.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ControlPlane } from '../parts/control-plane.ts';
import { binaryOf } from '../parts/missing.ts';

export interface WatchedStates {
  /** The states of a detector so far, without repetitions in a row. */
  of(name: string): readonly string[];
  stop(): Promise<void>;
}

interface Told {
  readonly object: { readonly metadata: { readonly name: string }; readonly status?: { readonly state?: string } };
}

/** Of what is applied from now on. */
export async function watchStates(plane: ControlPlane, namespace: string): Promise<WatchedStates> {
  const path = `/apis/monitoring.my.company/v2/namespaces/${namespace}/anomalydetectors`;
  const { metadata } = JSON.parse((await plane.request(path)).text) as { metadata: { resourceVersion: string } };
  const watch = `${path}?watch=1&resourceVersion=${metadata.resourceVersion}`;
  const watching = spawn(binaryOf('kubectl'), ['--kubeconfig', plane.kubeconfig, 'get', '--raw', watch]);
  let text = '';
  watching.stdout.on('data', (piece) => {
    text += piece;
  });
  return {
    of(name) {
      const lines = text.split('\n').slice(0, -1);
      const objects = lines.map((line) => (JSON.parse(line) as Told).object);
      const states = objects.filter(({ metadata }) => metadata.name === name).map(({ status }) => status?.state ?? '');
      return states.filter((state, at) => state !== states[at - 1]);
    },
    async stop() {
      watching.kill();
      if (watching.exitCode === null && watching.signalCode === null) await once(watching, 'close');
    },
  };
}
