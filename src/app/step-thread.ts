// The thread side of a step worker: holds the engines of the partitions it owns and answers requests in order.
import { parentPort, workerData } from 'node:worker_threads';
import { createEngines } from '#detect/engine/engine.ts';
import { ALGORITHMS } from '#detect/index.ts';
import type { Plan } from '#model/plan.ts';
import { createStepper } from '#pipeline/stepper.ts';
import { buffersOf, createAnswerPacker, type RequestWire, unpackRequests } from './step-wire.ts';

export type ThreadRequest =
  | { readonly kind: 'step'; readonly requests: RequestWire }
  | { readonly kind: 'revoke'; readonly partitions: readonly number[] };

if (parentPort !== null) {
  const port = parentPort;
  const stepper = createStepper(createEngines(ALGORITHMS), workerData as readonly Plan[]);
  const answers = createAnswerPacker();
  port.on('message', (message: ThreadRequest) => {
    if (message.kind === 'revoke') {
      for (const partition of message.partitions) {
        stepper.revoke(partition);
        answers.forget(partition);
      }
      return;
    }
    const requests = unpackRequests(message.requests);
    const stepped = requests.map(({ partition, offset, record }) => stepper.step(partition, offset, record));
    const answer = answers.pack(stepped);
    for (const { partition, record } of requests) if (record.gone.length > 0) answers.forget(partition);
    port.postMessage(answer, [answer.tracks.buffer as ArrayBuffer, ...buffersOf(answer.scores)]);
  });
}
