// Whether the keeper has of each series what was measured, no step missing and none twice. Of a quarter of a million series some
// are read, spread over all of them; how many there are is counted.
import { WINDOW_STEP_MS } from '#pipeline/window-plan.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { appsOf, labelsOf, type Size, valueAt, variantOf } from './world.ts';

const LOOKED_AT = 500;

export interface Comparison {
  readonly tracks: number;
  readonly lookedAt: number;
  readonly points: number;
  readonly missing: number;
  readonly doubled: number;
  readonly otherValue: number;
}

export async function compareStore(folder: string, { perDetector, detectors }: Size): Promise<Comparison> {
  const apps = new Map(appsOf({ perDetector, detectors }).map((app) => [app.name, app]));
  const store = await openEmbeddedStore({ folder });
  try {
    const tracks = (await store.tracks()).filter(({ detector }) => detector.includes('/'));
    const every = Math.max(1, Math.floor(tracks.length / LOOKED_AT));
    const some = tracks.filter((_, index) => index % every === 0).slice(0, LOOKED_AT);
    const found = { points: 0, missing: 0, doubled: 0, otherValue: 0 };
    const read = await store.scores(
      some.map(({ key }) => key),
      { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER },
    );
    for (const { track, timesMs, values } of read) {
      const { __name__: metric = '', pod = '', container = '', service = '' } = track.labels;
      const app = apps.get(service);
      if (app === undefined) throw new Error(`${track.key} is of no app`);
      const place = labelsOf(app, pod, perDetector).findIndex((labels) => labels.container === container);
      const variant = variantOf(metric, pod, place);
      const steps = Array.from(timesMs, (timeMs) => timeMs / WINDOW_STEP_MS);
      const distinct = new Set(steps);
      found.points += steps.length;
      found.doubled += steps.length - distinct.size;
      found.missing += Math.max(...steps) - Math.min(...steps) + 1 - distinct.size;
      found.otherValue += steps.filter((step, row) => values[row] !== valueAt(variant, step)).length;
    }
    return { tracks: tracks.length, lookedAt: read.length, ...found };
  } finally {
    await store.close();
  }
}
