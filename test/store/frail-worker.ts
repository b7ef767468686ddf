// A worker for the tests of its client: it answers, it never answers, or it ends, as it is told.
import { parentPort } from 'node:worker_threads';
import type { Handlers } from '../../src/store/embedded/protocol.ts';
import { serve } from '../../src/store/embedded/serve.ts';

export interface FrailOps {
  answer(): string;
  hang(): void;
  exit(code: number): void;
  throw(message: string): void;
  close(): void;
}

const handlers: Handlers<FrailOps> = {
  answer: () => 'here',
  hang: () => new Promise(() => {}),
  exit: (code) => process.exit(code),
  throw(message) {
    setImmediate(() => {
      throw new Error(message);
    });
  },
  close: () => {},
};

if (parentPort !== null) serve<FrailOps>(parentPort, handlers);
