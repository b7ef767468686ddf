// The product as a process of its own, played to the end of the shipped tape.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { AppError } from '#kit/errors.ts';
import { SHIPPED } from '../../src/app/shipped.ts';

export interface Product {
  readonly url: string;
  stop(): Promise<void>;
}

/** Resolves when the page is up and the tape has been played to its end. */
export async function startProduct(folder: string): Promise<Product> {
  const args = [
    '--disable-warning=ExperimentalWarning',
    `${SHIPPED.repository}src/app/main.ts`,
    'start',
    '--data',
    folder,
    '--port',
    '0',
    '--speed',
    'max',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  for await (const text of child.stdout) {
    printed += text;
    if (printed.includes('The tape has ended')) break;
  }
  const url = printed.match(/http:\S+/)?.[0];
  if (url === undefined) throw new AppError('internal', 'the product did not start');
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}
