// What a page of the report is drawn from, kept while the runs go by; nothing where no page is asked for.
import type { Finding } from '#model/finding.ts';
import type { TapeHeader } from '#tape/contract.ts';
import type { FaultsReport } from './faults/faults-report.ts';
import { type DetectorPictures, type DrawnRound, drawPictures, picturedTracks } from './html/pictures.ts';
import { createTraces, type Traces } from './html/traces.ts';
import type { LookOn, Played } from './play.ts';

export interface Drawing {
  readonly look: LookOn;
  /** Chooses what is drawn by what was found. */
  choose(clean: Played): void;
  lookOn(round: number): readonly LookOn[];
  onFindings(round: number, findings: readonly Finding[]): void;
  pictures(injection: FaultsReport | undefined): readonly DetectorPictures[];
}

export function createDrawing(header: TapeHeader): Drawing {
  const clean = createTraces(header);
  const runs = new Map<number, Traces>();
  const rounds = new Map<number, DrawnRound>();
  let pictured: ReadonlyMap<string, string> = new Map();
  let found: readonly Finding[] = [];
  return {
    look: clean.look,
    choose(played) {
      pictured = picturedTracks(played);
      found = played.findings;
    },
    lookOn(round) {
      const traces = createTraces(header, new Set(pictured.values()));
      runs.set(round, traces);
      return [traces.look];
    },
    onFindings(round, findings) {
      const traces = runs.get(round);
      if (traces !== undefined) rounds.set(round, { traces, findings });
    },
    pictures: (injection) =>
      drawPictures({
        ...{ span: header, pictured, clean, findings: found, known: header.answerKey },
        ...{ rounds, faults: injection?.faults ?? [] },
      }),
  };
}
