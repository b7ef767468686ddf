// What `kubectl get --watch` tells of the detectors' states, from before they are applied: every state that was ever
// there for a moment, in order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ControlPlane } from '../parts/control-plane.ts';
import { binaryOf } from '../parts/missing.ts';

export interface WatchedStates {
  /** The states of a detector so far, without repetitions in a row. */
  of(name: string): readonly string[];
  stop(): Promise<void>;
}

export function watchStates(plane: ControlPlane, namespace: string): WatchedStates {
  const columns = 'custom-columns=NAME:.metadata.name,STATE:.status.state';
  const what = ['get', 'anomalydetectors', '-n', namespace, '--watch', '--no-headers', '-o', columns];
  const watching = spawn(binaryOf('kubectl'), ['--kubeconfig', plane.kubeconfig, ...what]);
  let text = '';
  watching.stdout.on('data', (piece) => {
    text += piece;
  });
  return {
    of(name) {
      const rows = text.split('\n').map((line) => line.trim().split(/\s+/));
      const states = rows.filter(([one]) => one === name).map(([, state = '']) => state);
      return states.filter((state, at) => state !== states[at - 1]);
    },
    async stop() {
      watching.kill();
      if (watching.exitCode === null && watching.signalCode === null) await once(watching, 'close');
    },
  };
}
