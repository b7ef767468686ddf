// The thread side of a step worker: holds the engines of the partitions it owns and answers requests in order.
import { parentPort, workerData } from 'node:worker_threads';
import { createEngine } from '#detect/engine.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { Plan } from '#model/plan.ts';
import type { StepRequest } from '#pipeline/flow.ts';
import { createStepper } from '#pipeline/stepper.ts';

export type ThreadRequest =
  | { readonly kind: 'step'; readonly requests: readonly StepRequest[] }
  | { readonly kind: 'revoke'; readonly partitions: readonly number[] };

if (parentPort !== null) {
  const port = parentPort;
  const stepper = createStepper((plans) => createEngine(plans, ALGORITHMS), workerData as readonly Plan[]);
  port.on('message', (message: ThreadRequest) => {
    if (message.kind === 'revoke') {
      for (const partition of message.partitions) stepper.revoke(partition);
      return;
    }
    const stepped = message.requests.map(({ partition, offset, record }) => stepper.step(partition, offset, record));
    // Columns are handed over, not copied. What came in is copied: the bus keeps it until it is committed.
    port.postMessage(
      stepped,
      stepped.flatMap(({ scores }) => Object.values(scores).map((column) => column.buffer)),
    );
  });
}
