// Whoever writes detectors while admission is broken: creates them in both versions, changes them, and writes down how each ended,
// so that what the API server acknowledged can be compared with what it has.
import type { Rng } from '#stats/rng.ts';
import { call, pathOf, type Session } from '../cluster/admission/session.ts';
import { unlessBusy } from '../cluster/admission/unless-busy.ts';
import { detectorOf, listed } from './admitted.ts';

export interface OwnWrite {
  readonly what: 'create' | 'change';
  readonly name: string;
  readonly version: 'v1' | 'v2';
  readonly status: number;
  readonly message: string;
  readonly tookMs: number;
}

export interface OwnWrites {
  /** As they ended. */
  readonly ended: readonly OwnWrite[];
  /** One write; which, is chance. */
  write(): Promise<OwnWrite>;
  /** The same, and another where a review came late because the machine had no time for it. */
  writeUnlessBusy(): Promise<OwnWrite>;
  /** Acknowledged ones that are not there, and refused ones that are. */
  compare(): Promise<{ readonly lost: number; readonly doubled: number }>;
}

const MERGE = { 'content-type': 'application/merge-patch+json' };

/** `only`: in no other version. */
export function createOwnWrites(session: Pick<Session, 'plane'>, rng: Rng, only?: 'v1' | 'v2'): OwnWrites {
  const ended: OwnWrite[] = [];
  /** What the API server has acknowledged of each, or refused it with. */
  const thresholds = new Map<string, number>();
  let serial = 0;
  const send = async (what: OwnWrite['what'], name: string, version: 'v1' | 'v2', threshold: number) => {
    const beganMs = performance.now();
    const isNew = what === 'create';
    const { status, body } = await call(session, isNew ? pathOf(version) : pathOf(version, name), {
      method: isNew ? 'POST' : 'PATCH',
      body: JSON.stringify(isNew ? detectorOf(name, version, 'shop', { threshold }) : { spec: { threshold } }),
      ...(isNew ? {} : { headers: MERGE }),
    });
    const isTaken = status >= 200 && status <= 299;
    if (isTaken) thresholds.set(name, threshold);
    const write = { what, name, version, status, message: isTaken ? '' : String(body.message) };
    ended.push({ ...write, tookMs: performance.now() - beganMs });
    return ended.at(-1) as OwnWrite;
  };
  const write = () => {
    const names = [...thresholds.keys()];
    const version = only ?? (rng.uniform() < 0.3 ? 'v1' : 'v2');
    const threshold = 1 + (++serial % 49);
    const known = names[Math.floor(rng.uniform() * names.length)];
    if (known !== undefined && rng.uniform() < 0.5) return send('change', known, version, threshold);
    return send('create', `own-${serial}`, version, threshold);
  };
  return {
    ended,
    write,
    writeUnlessBusy: () => unlessBusy(write, ({ message }) => message),
    async compare() {
      const items = await listed<{ metadata: { name: string }; spec: { threshold: number } }>(session);
      const there = new Map(items.map(({ metadata, spec }) => [metadata.name, spec.threshold]));
      const lost = [...thresholds].filter(([name, threshold]) => there.get(name) !== threshold);
      const doubled = [...there.keys()].filter((name) => name.startsWith('own-') && !thresholds.has(name));
      return { lost: lost.length, doubled: doubled.length };
    },
  };
}
