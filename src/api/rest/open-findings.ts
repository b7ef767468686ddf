// Which finding is open on a track. Detectors may share a series: what one of them found is not the others'. Near copies may be
// joined over detectors, though, and then the one that the finding names does not watch the series itself.
import type { Finding } from '#model/finding.ts';
import type { Track } from '#model/score.ts';

type Opened = Pick<Finding, 'id' | 'detector'> & { readonly members: readonly { readonly series: string }[] };

/** `findings` are open; `tracks` are all of the series in question. */
export function openFindingsOf(
  findings: readonly Opened[],
  tracks: readonly Pick<Track, 'key'>[],
): (track: Pick<Track, 'key' | 'series'>) => string | undefined {
  const known = new Set(tracks.map(({ key }) => key));
  const open = new Map<string, string>();
  for (const { id, detector, members } of findings) {
    for (const { series } of members) {
      const own = `${detector}|${series}`;
      open.set(known.has(own) ? own : series, id);
    }
  }
  return ({ key, series }) => open.get(key) ?? open.get(series);
}
