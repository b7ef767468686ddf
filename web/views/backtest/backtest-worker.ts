// The thread in which a back-test is worked out: the browser's words around core/backtest/worker-loop.ts.
import type { ToWorker } from '../../core/backtest/runner.ts';
import { createLoop } from '../../core/backtest/worker-loop.ts';

const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

const hear = createLoop({
  nowMs: () => performance.now(),
  tell: (message) => postMessage(message),
  // A message to itself comes after those that wait already; a timer would wait four milliseconds.
  pause: () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    }),
});

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => void hear(data));
