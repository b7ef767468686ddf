// The caller's side of the track numbers: a track travels to the writer once, after that its number does.
import type { Track } from '#model/score.ts';

export interface Definitions {
  readonly first: number;
  readonly tracks: readonly Track[];
}

export interface TrackDictionary {
  /** The numbers of the tracks, and the definitions that the writer does not have yet. */
  encode(tracks: readonly Track[]): { readonly numbers: Uint32Array; readonly fresh: Definitions };
}

interface Entry {
  readonly track: Track;
  readonly number: number;
}

export function createTrackDictionary(): TrackDictionary {
  const entries = new Map<string, Entry>();
  let next = 0;
  return {
    encode: (tracks) => {
      const first = next;
      const fresh: Track[] = [];
      const numbers = Uint32Array.from(tracks, (track) => {
        const known = entries.get(track.key);
        if (known !== undefined && isSame(known.track, track)) return known.number;
        fresh.push(track);
        entries.set(track.key, { track, number: next });
        return next++;
      });
      return { numbers, fresh: { first, tracks: fresh } };
    },
  };
}

/** A series' key is its labels, so that labels need no comparison. */
function isSame(a: Track, b: Track): boolean {
  return (
    a === b ||
    (a.threshold === b.threshold && a.stepMs === b.stepMs && a.series === b.series && a.detector === b.detector)
  );
}
