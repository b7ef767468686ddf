// What the roles hold over time, and whether it grows: the slope between what the least of each minute was (Theil and Sen:
// the median of the slopes between all pairs), so that neither a collection of garbage nor a single peak counts.
import type { Role } from '../cluster/roles/processes.ts';
import { readUse } from './process-use.ts';

const HOUR = 3_600_000;
/** From which span on a slope is judged: what is warmed up in a few minutes looks like growth. */
const JUDGED_MS = 20 * 60_000;
const MOST_MEBIBYTES_PER_HOUR = 32;
const MOST_DESCRIPTORS_PER_HOUR = 10;

interface Sample {
  readonly timeMs: number;
  /** Of all processes. */
  readonly pids: string;
  readonly mebibytes: number;
  readonly descriptors: number;
}

export interface Slope {
  readonly role: string;
  readonly mebibytes: number;
  readonly mebibytesPerHour: number;
  readonly descriptors: number;
  readonly descriptorsPerHour: number;
  readonly spanMs: number;
  /** Undefined when it is as it should be, or cannot be known yet. */
  readonly trouble: string | undefined;
}

export interface UseSampler {
  /** What each group holds now. One of which a process does not run is left out. */
  sample(): Promise<void>;
  /** Of what was sampled since a time, of the processes that then ran. */
  slopes(sinceMs: number): readonly Slope[];
}

/** Roles of one group count together: who leads holds more than who stands by, and they take turns. */
export function createUseSampler(groups: readonly (readonly [name: string, roles: readonly Role[]])[]): UseSampler {
  const samples = new Map<string, Sample[]>(groups.map(([name]) => [name, []]));
  return {
    async sample() {
      for (const [name, roles] of groups) {
        const pids = roles.map(({ running }) => running?.process.pid ?? 0);
        const uses = await Promise.all(pids.map((pid) => readUse(pid))).catch(() => undefined);
        if (uses === undefined) continue;
        const sum = (what: 'rssBytes' | 'descriptors') => uses.reduce((total, use) => total + use[what], 0);
        const sample = { timeMs: performance.now(), pids: pids.join(), descriptors: sum('descriptors') };
        samples.get(name)?.push({ ...sample, mebibytes: sum('rssBytes') / 2 ** 20 });
      }
    },
    slopes: (sinceMs) =>
      [...samples].map(([role, all]) => {
        const newest = all.at(-1)?.pids;
        return slopeOf(
          role,
          all.filter(({ timeMs, pids }) => timeMs >= sinceMs && pids === newest),
        );
      }),
  };
}

function slopeOf(role: string, samples: readonly Sample[]): Slope {
  const spanMs = (samples.at(-1)?.timeMs ?? 0) - (samples[0]?.timeMs ?? 0);
  const mebibytesPerHour = slope(leastOf(samples, spanMs, 'mebibytes'));
  const descriptorsPerHour = slope(leastOf(samples, spanMs, 'descriptors'));
  const grows = [
    ...(mebibytesPerHour > MOST_MEBIBYTES_PER_HOUR ? [`${mebibytesPerHour.toFixed(1)} MiB/h`] : []),
    ...(descriptorsPerHour > MOST_DESCRIPTORS_PER_HOUR ? [`${descriptorsPerHour.toFixed(1)} descriptors/h`] : []),
  ];
  const last = samples.at(-1);
  return {
    ...{ role, mebibytesPerHour, descriptorsPerHour, spanMs },
    ...{ mebibytes: last?.mebibytes ?? Number.NaN, descriptors: last?.descriptors ?? Number.NaN },
    trouble: spanMs >= JUDGED_MS && grows.length > 0 ? `${role} grows by ${grows.join(' and ')}` : undefined,
  };
}

type Point = readonly [timeMs: number, value: number];

/** The least of each minute; of a short run of each twentieth. */
function leastOf(samples: readonly Sample[], spanMs: number, what: 'mebibytes' | 'descriptors'): readonly Point[] {
  const windowMs = Math.max(1, Math.min(60_000, spanMs / 20));
  const least = new Map<number, number>();
  for (const sample of samples) {
    const window = Math.floor(sample.timeMs / windowMs);
    least.set(window, Math.min(least.get(window) ?? Number.POSITIVE_INFINITY, sample[what]));
  }
  return [...least].map(([window, value]) => [window * windowMs, value]);
}

/** An hour's; NaN of fewer than two points. */
export function slope(points: readonly Point[]): number {
  const slopes = points.flatMap(([timeMs, value], index) =>
    points.slice(index + 1).map(([laterMs, later]) => ((later - value) / (laterMs - timeMs)) * HOUR),
  );
  slopes.sort((a, b) => a - b);
  const middle = slopes.length / 2;
  return ((slopes[Math.ceil(middle) - 1] ?? Number.NaN) + (slopes[Math.floor(middle)] ?? Number.NaN)) / 2;
}
