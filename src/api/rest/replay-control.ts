// What the API asks of whatever plays the tape. The root wires the two, so that neither knows the other.
import type { SeriesInfo } from '#model/series.ts';
import type { KnownFault } from '#model/signal.ts';
import type { ReplayCommand, ReplayState } from './contract.ts';

export interface ReplayControl {
  /** Cheap: called several times a second. */
  state(): ReplayState;
  /** Resolves as soon as the command is taken, with the state as it then is. */
  command(command: ReplayCommand): Promise<ReplayState>;
  /**
   * The listener is called when the playhead, the state or anything in the store has changed; several times a second is
   * fine. Returns what ends it.
   */
  onChange(listener: () => void): () => void;
  /** Truth, to be shown and never used. Empty when the tape has none. */
  answerKey(): readonly KnownFault[];
  /** Every series of samples on the tape, so that what is there is shown before it is scored. */
  series(): readonly SeriesInfo[];
}
