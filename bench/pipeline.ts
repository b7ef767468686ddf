// Samples a second through the whole pipeline: decoding the tape, splitting, bus, stepping, guards, episodes, joining;
// once into nothing and once into the embedded store. CPU seconds count every thread, so "a core" means a core's worth.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sink } from '#pipeline/records.ts';
import { createStoreSink } from '#pipeline/store-sink.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { openTape } from '#tape/reader.ts';
import { loadDetectors } from '../src/app/load.ts';
import { runTape } from '../src/app/run-tape.ts';
import { SHIPPED } from '../src/app/shipped.ts';
import { markdownTable, measure, spread } from './measure.ts';

const RUNS = 5;

export const bench = {
  name: 'pipeline',
  summary: 'samples a second through the whole pipeline, the shipped tape at full speed',
  async run(): Promise<void> {
    const plans = await loadDetectors(SHIPPED.detectors);
    const rows: string[][] = [];
    for (const workers of [0, 1, 4]) {
      for (const into of ['nothing', 'embedded store'] as const) {
        let samples = 0;
        const runs = await measure(RUNS, async () => {
          samples = await playOnce(plans, workers, into === 'nothing');
        });
        rows.push([
          into,
          workers === 0 ? 'same thread' : `${workers} thread${workers === 1 ? '' : 's'}`,
          spread(
            runs.map((run) => run.wallSeconds),
            2,
          ),
          spread(
            runs.map((run) => samples / run.wallSeconds),
            0,
          ),
          spread(
            runs.map((run) => samples / run.cpuSeconds),
            0,
          ),
        ]);
      }
    }
    process.stdout.write(
      `${markdownTable(['into', 'stepping in', 'seconds', 'samples/s', 'samples per CPU second'], rows)}\n`,
    );
  },
};

async function playOnce(
  plans: Awaited<ReturnType<typeof loadDetectors>>,
  workers: number,
  dropped: boolean,
): Promise<number> {
  const reader = await openTape(SHIPPED.tape);
  const folder = await mkdtemp(join(tmpdir(), 'tidewatch-bench-'));
  const store = dropped ? undefined : await openEmbeddedStore({ folder });
  try {
    const sink: Sink =
      store === undefined
        ? { write: async () => {} }
        : createStoreSink(store, {
            epoch: await store.nextEpoch(),
            stream: 'bench',
            storedMs: Number.NEGATIVE_INFINITY,
          });
    return (await runTape({ reader, plans, workers, speed: 'max', sink })).samples;
  } finally {
    await store?.close();
    await reader.close();
    await rm(folder, { recursive: true });
  }
}
