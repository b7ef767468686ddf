// Chance with the same budget: as many findings as a method opened, thrown at random series and times of the tape.
import { entityOf } from '#model/entity.ts';
import type { Finding } from '#model/finding.ts';
import type { SeriesInfo } from '#model/series.ts';
import { createRng } from '#stats/rng.ts';
import type { TapeHeader } from '#tape/contract.ts';

/** `like`'s findings with their lengths kept, elsewhere. The same seed throws the same. */
export function throwAtRandom(
  like: readonly Finding[],
  series: readonly SeriesInfo[],
  header: TapeHeader,
  seed: number,
): Finding[] {
  const random = createRng(seed);
  const lengths = header.segments.map((segment) => segment.toMs - segment.fromMs);
  const whole = lengths.reduce((sum, length) => sum + length, 0);
  return like.map((finding) => {
    const info = series[Math.floor(random.uniform() * series.length)];
    let offset = random.uniform() * whole;
    const at = header.segments.findIndex((_, index) => {
      const length = lengths[index] ?? 0;
      if (offset < length) return true;
      offset -= length;
      return false;
    });
    const seenMs = (header.segments[Math.max(0, at)]?.fromMs ?? header.fromMs) + offset;
    const lasted = (finding.closedSeenMs ?? header.toMs) - finding.seenMs;
    return {
      ...finding,
      entity: info === undefined ? finding.entity : entityOf(info.labels),
      seenMs,
      closedSeenMs: seenMs + lasted,
    };
  });
}
