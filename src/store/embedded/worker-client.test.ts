import { expect, test } from 'vitest';
import type { AppError } from '#kit/errors.ts';
import { FakeClock } from '../../../test/fixtures/fake-clock.ts';
import type { FrailOps } from '../../../test/store/frail-worker.ts';
import { startWorker } from './worker-client.ts';

const ENTRY = new URL('../../../test/store/frail-worker.ts', import.meta.url);

function open() {
  const clock = new FakeClock();
  const ended = Promise.withResolvers<AppError>();
  const worker = startWorker<FrailOps>(ENTRY, 'writer', { clock, onEnded: ended.resolve });
  return { clock, worker, ended: ended.promise };
}

test.each([
  ['an exception', (worker: ReturnType<typeof open>['worker']) => worker.call('throw', 'out of pages'), 'out of pages'],
  ['an exit', (worker: ReturnType<typeof open>['worker']) => worker.call('exit', 3), 'exit code 3'],
])('%s in a worker is told once, with its reason, and nothing waits for ever', async (_, kill, reason) => {
  const { worker, ended } = open();
  const waiting = worker.call('hang');
  const killing = Promise.allSettled([kill(worker)]);
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
  expect(await ended).toMatchObject({ code: 'internal', message: expect.stringContaining(reason) });
  await killing;
  await expect(worker.call('answer')).rejects.toMatchObject({ code: 'unavailable' });
});

test('a worker that was closed, or ended by whoever started it, has not died', async () => {
  for (const end of ['close', 'terminate'] as const) {
    const { worker, ended } = open();
    expect(await worker.call('answer')).toBe('here');
    await (end === 'close' ? worker.call('close') : worker.terminate());
    await worker.ended;
    expect(await Promise.race([ended, Promise.resolve('alive')])).toBe('alive');
  }
});

test('how long something waits without any answer is known, and an answer begins it anew', async () => {
  const { clock, worker } = open();
  await clock.advance(1000);
  expect(worker.stalledMs()).toBe(0);
  const hanging = Promise.allSettled([worker.call('hang')]);
  await clock.advance(1000);
  expect(worker.stalledMs()).toBe(1000);
  await worker.call('answer');
  expect(worker.stalledMs()).toBe(0);
  await clock.advance(500);
  expect(worker.stalledMs()).toBe(500);
  await worker.terminate();
  await hanging;
  expect(worker.stalledMs()).toBe(0);
});
