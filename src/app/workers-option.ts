// How many threads step series, and how the option is read.
import { availableParallelism } from 'node:os';
import { InvalidArgumentError, Option } from 'commander';

/** One core stays with the source, the store and the page. */
export function defaultWorkers(): number {
  return Math.max(1, Math.min(4, availableParallelism() - 1));
}

/** More than this only costs memory. */
const MOST_WORKERS = 4 * availableParallelism();

export function workersOption(): Option {
  return new Option('--workers <n>', 'threads that step series; 0 uses none')
    .default(defaultWorkers(), `${defaultWorkers()}, one less than the cores`)
    .argParser((text) => {
      const count = Number(text);
      if (!Number.isInteger(count) || count < 0 || count > MOST_WORKERS)
        throw new InvalidArgumentError(`a whole number from 0 to ${MOST_WORKERS} (four a core).`);
      return count;
    });
}

/** `max`, or how many times faster than it happened. */
export function parseSpeed(text: string): number | 'max' {
  const speed = text === 'max' ? text : Number(text.replace(/[x×]$/, ''));
  if (speed !== 'max' && !(speed >= 0.1 && speed <= 100_000)) {
    throw new InvalidArgumentError('max, or a number from 0.1 to 100000 (60 plays an hour in a minute).');
  }
  return speed;
}
