// Step workers: in threads, or in this one. Both are the same stepper behind the same port.
import { Worker } from 'node:worker_threads';
import { createEngines } from '#detect/engine/engine.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import type { StepWorker } from '#pipeline/flow.ts';
import type { SteppedRecord } from '#pipeline/records.ts';
import { createStepper } from '#pipeline/stepper.ts';
import type { ThreadRequest } from './step-thread.ts';
import { type AnswerWire, buffersOf, createAnswerUnpacker, packRequests } from './step-wire.ts';

/** `count` workers; 0 steps in this thread. */
export function createStepWorkers(count: number, plans: readonly Plan[]): readonly StepWorker[] {
  if (count === 0) return [inThisThread(plans)];
  return Array.from({ length: count }, () => inThread(plans));
}

function inThisThread(plans: readonly Plan[]): StepWorker {
  const stepper = createStepper(createEngines(ALGORITHMS), plans);
  return {
    step: async (requests) => requests.map(({ partition, offset, record }) => stepper.step(partition, offset, record)),
    revoke: (partitions) => {
      for (const partition of partitions) stepper.revoke(partition);
    },
    close: async () => {},
  };
}

function inThread(plans: readonly Plan[]): StepWorker {
  const thread = new Worker(new URL('./step-thread.ts', import.meta.url), { workerData: plans });
  const unpack = createAnswerUnpacker();
  // Answers come in the order of the requests.
  const waiting: { resolve(stepped: readonly SteppedRecord[]): void; reject(error: unknown): void }[] = [];
  let failure: AppError | undefined;
  const fail = (cause: unknown) => {
    failure ??= new AppError(
      'internal',
      `a detection worker stopped: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
    for (const waiter of waiting.splice(0)) waiter.reject(failure);
  };
  thread.on('message', (answer: AnswerWire) => waiting.shift()?.resolve(unpack(answer)));
  thread.on('error', fail);
  thread.on('exit', (code) => fail(`exit code ${code}`));
  const post = (message: ThreadRequest, moved: ArrayBuffer[] = []) => thread.postMessage(message, moved);
  return {
    step: (requests) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) return reject(failure);
        waiting.push({ resolve, reject });
        const wire = packRequests(requests);
        post({ kind: 'step', requests: wire }, buffersOf(wire.samples));
      }),
    revoke: (partitions) => post({ kind: 'revoke', partitions }),
    close: async () => {
      await thread.terminate();
    },
  };
}
