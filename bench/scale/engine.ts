// The engine alone, by algorithm: what one more series costs, and how soon it scores again after a start.
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { dieTogether } from '../../test/parts/orphans.ts';
import type { EngineArguments, EngineReading, EngineRestart } from './engine-process.ts';
import type { Size } from './world.ts';

export interface EngineFigures {
  readonly algorithm: string;
  readonly holds: string;
  readonly restart: EngineRestart;
  /** Of one more series. */
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly buffersBytes: number;
}

const HOLDS: Readonly<Record<string, string>> = {
  ema: 'seven figures',
  auto: 'what it remembers of days',
};

/** Takes about two minutes; `say` tells how far it is. */
export async function measureEngines(size: Size, say: (line: string) => void): Promise<EngineFigures[]> {
  const engines: EngineFigures[] = [];
  for (const [algorithm, holds] of Object.entries(HOLDS)) {
    say(`the engine with ${algorithm}: a new start …`);
    const restart: EngineRestart = await answerOf({ algorithm, size, measures: 'restart' });
    say(`the engine with ${algorithm}: memory …`);
    const [few, all]: readonly EngineReading[] = await answerOf({ algorithm, size, measures: 'memory' });
    if (few === undefined || all === undefined) throw new Error(`the engine with ${algorithm} ended without figures`);
    const each = (read: (reading: EngineReading) => number) => (read(all) - read(few)) / (all.series - few.series);
    engines.push({
      ...{ algorithm, holds, restart, rssBytes: each(({ rssBytes }) => rssBytes) },
      ...{ heapBytes: each(({ heapBytes }) => heapBytes), buffersBytes: each(({ buffersBytes }) => buffersBytes) },
    });
  }
  return engines;
}

/** What the process of its own answers; `T` follows from what it was to measure. */
async function answerOf<T>(given: EngineArguments): Promise<T> {
  const script = fileURLToPath(new URL('engine-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--expose-gc', script, JSON.stringify(given)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  dieTogether(child);
  return JSON.parse(await text(child.stdout));
}
