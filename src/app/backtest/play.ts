// One run of a history through the pipeline, with what it found; whoever wants to see the rows themselves looks on.
import type { Stretch } from '#model/answer-key.ts';
import type { Finding } from '#model/finding.ts';
import type { Plan } from '#model/plan.ts';
import type { Track } from '#model/score.ts';
import { createFindingsSink } from '#pipeline/findings-sink.ts';
import type { LookBeneath } from '#pipeline/join-denominators.ts';
import type { DroppedSamples, TickOutput } from '#pipeline/records.ts';
import type { TapeReader } from '#tape/contract.ts';
import { runTape } from '../run-tape.ts';
import { formatMinute } from '../tape-time.ts';

export type LookOn = (tick: TickOutput) => void;

export interface Played {
  readonly findings: readonly Finding[];
  readonly tracks: ReadonlyMap<string, Track>;
  readonly dropped: DroppedSamples;
}

export interface PlayOptions {
  readonly reader: TapeReader;
  readonly plans: readonly Plan[];
  readonly workers: number;
  readonly lookOn?: readonly LookOn[];
  readonly lookBeneath?: LookBeneath;
  /** Told how far it is, again and again: a million points may take minutes. */
  onProgress?(text: string): void;
}

/** What a run at full speed found. Rejects with what made the pipeline fail. */
export async function play(options: PlayOptions): Promise<Played> {
  const { reader, plans, workers, lookOn = [], lookBeneath, onProgress } = options;
  const { fromMs, toMs } = reader.info.header;
  const sink = createFindingsSink();
  const { dropped } = await runTape({
    ...{ reader, plans, workers, speed: 'max' },
    ...(lookBeneath && { lookBeneath }),
    onStatus: ({ nowMs }) => onProgress?.(progressText(nowMs, { fromMs, toMs })),
    sink: {
      async write(tick) {
        for (const look of lookOn) look(tick);
        await sink.write(tick);
      },
    },
  });
  return { findings: sink.findings(), tracks: sink.tracks, dropped };
}

function progressText(nowMs: number, { fromMs, toMs }: Stretch): string {
  const ratio = (nowMs - fromMs) / Math.max(1, toMs - fromMs);
  return `${Math.round(100 * Math.min(1, Math.max(0, ratio)))} % (${formatMinute(nowMs)} UTC)`;
}

/** Calls `visit` with each row that a detector scored. */
export function eachRow({ tracks, scores }: TickOutput, visit: (track: Track, row: number) => void): void {
  for (let row = 0; row < scores.tracks.length; row++) {
    const track = tracks[scores.tracks[row] ?? -1];
    if (track !== undefined && track.detector !== '') visit(track, row);
  }
}
