// What is stored, as the keeper's page has it: the times of the scores by track, and whether each step is there once.
import { waitUntil } from '../../parts/wait-until.ts';
import { NAMESPACE } from '../shop.ts';
import { json } from './pages.ts';
import { LOAD, type Session } from './session.ts';

/** As much of a session as scores are read by. */
export type Scored = Pick<Session, 'roles' | 'pod'>;

/** Between two points of a declared detector, and of what is observed. */
export const STEP_MS = 30_000;
export const OBSERVED_STEP_MS = 60_000;

/** A check that failed is looked at again after five minutes. */
const NEWER_MS = 420_000;

export type Times = ReadonlyMap<string, readonly number[]>;

interface Tracked {
  readonly detector: string;
  /** Begins with the detector's name. */
  readonly track: string;
}

/** Times of the scores of the session's pod by track: of each of the load's detectors, and of what is observed. */
export async function timesOf({ roles, pod }: Scored): Promise<Times> {
  const { page } = roles.keeper;
  const { series } = await json(page, `/api/entity?key=pod/${NAMESPACE}/${pod}`);
  const ours = series.filter(({ detector: name }: Tracked) => isLoad(name) || isObserved(name));
  const times = await Promise.all(
    ours.map(async ({ track }: Tracked) => {
      const query = `track=${encodeURIComponent(track)}&fromMs=0&toMs=${Date.now()}`;
      return [track, (await json(page, `/api/series?${query}`)).timesMs] as const;
    }),
  );
  return new Map(times);
}

/** Once each detector of the load and what is observed have scores. */
export function completeTimes(session: Scored): Promise<Times> {
  return waitUntil('every detector to have scores', async () => {
    const times = await timesOf(session);
    return isComplete(times) && times;
  });
}

/** Waits until each track has a score of `fromMs` or later, and throws where one is lost, doubled or missing since. */
export async function checkNothingLost(
  session: Scored,
  before: Times,
  { fromMs, what = () => true }: { readonly fromMs: number; readonly what?: (track: string) => boolean },
): Promise<void> {
  const tracks = [...before].filter(([track]) => what(track));
  const after = await waitUntil(
    'newer scores of every detector',
    async () => {
      const times = await timesOf(session);
      const late = tracks.filter(([track]) => (times.get(track)?.at(-1) ?? 0) < fromMs);
      if (late.length > 0) throw new Error(`none yet of ${late.length}: ${late.slice(0, 3).map(([track]) => track)}`);
      return times;
    },
    { timeoutMs: NEWER_MS, everyMs: 1000 },
  );
  for (const [track, old] of tracks) checkWhole(track, old, after.get(track) ?? []);
}

export function isLoad(track: string): boolean {
  return track.startsWith(`${NAMESPACE}/load-`);
}

function isObserved(track: string): boolean {
  return track !== '' && !track.startsWith(`${NAMESPACE}/`) && !track.startsWith('*/');
}

export function isComplete(times: Times): boolean {
  const tracks = [...times.keys()];
  return tracks.filter(isLoad).length === LOAD && tracks.some(isObserved);
}

/** Nothing that was there is gone, and from the first on every step is there, and is there once. */
function checkWhole(track: string, before: readonly number[], after: readonly number[]): void {
  const stepMs = isObserved(track) ? OBSERVED_STEP_MS : STEP_MS;
  const kept = new Set(after);
  const lost = before.filter((timeMs) => !kept.has(timeMs));
  if (lost.length > 0) throw new Error(`${track}: ${lost.length} scores were lost`);
  const wrong = after.findIndex((timeMs, index) => index > 0 && timeMs - (after[index - 1] ?? 0) !== stepMs);
  if (wrong > 0) throw new Error(`${track}: ${after[wrong]} follows ${after[wrong - 1]}, in steps of ${stepMs} ms`);
}
