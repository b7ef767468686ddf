// Memory of the engine alone: what one more series costs, by algorithm.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { dieTogether } from '../../test/parts/orphans.ts';
import type { EngineArguments, EngineReading } from './engine-process.ts';
import type { Size } from './world.ts';

/** Of one more series. */
export interface EngineMemory {
  readonly algorithm: string;
  readonly holds: string;
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly buffersBytes: number;
}

const HOLDS: Readonly<Record<string, string>> = {
  ema: 'eight figures',
  auto: '120 points with their times, and sorted',
};

export async function measureEngines(size: Size): Promise<EngineMemory[]> {
  const engines: EngineMemory[] = [];
  for (const [algorithm, holds] of Object.entries(HOLDS)) {
    const [few, all] = await readingsOf({ algorithm, size });
    if (few === undefined || all === undefined) throw new Error(`the engine with ${algorithm} ended without figures`);
    const each = (read: (reading: EngineReading) => number) => (read(all) - read(few)) / (all.series - few.series);
    engines.push({
      ...{ algorithm, holds, rssBytes: each(({ rssBytes }) => rssBytes) },
      ...{ heapBytes: each(({ heapBytes }) => heapBytes), buffersBytes: each(({ buffersBytes }) => buffersBytes) },
    });
  }
  return engines;
}

async function readingsOf(given: EngineArguments): Promise<readonly EngineReading[]> {
  const script = fileURLToPath(new URL('engine-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', script, JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  dieTogether(child);
  return JSON.parse(await text(child.stdout));
}
