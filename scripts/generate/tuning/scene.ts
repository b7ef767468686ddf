// What the tuning guide shows: a series, a stretch of it, and the settings that it is judged by. Names, ranges and defaults
// are those of the registry; a scene only says which values are worth a look, and what one sees.
import type { Moment, RatioShape, Shape } from './make-series.ts';

export type Value = number | string | boolean;

/** As `spec` of a detector has it; what is absent is as BASE has it. */
export interface Setting {
  readonly method?: string;
  readonly parameters?: Readonly<Record<string, Value>>;
  readonly threshold?: number;
  readonly guards?: {
    readonly persistence?: { readonly points: number; readonly of?: number; readonly clear?: number };
    readonly [guard: string]: unknown;
  };
  readonly calendar?: object;
}

/** What methods are shown with: four sigmas, no guards. */
export const BASE = { threshold: 4, guards: {} } as const;

export interface Scene {
  readonly series: Shape | RatioShape;
  /** What is shown and counted; the method has seen all that was before. */
  readonly from: Moment;
  /** Absent: the end of the series. */
  readonly to?: Moment;
  readonly setting?: Setting;
}

export interface FailScene extends Scene {
  /** What goes wrong in the picture; a test holds it to that. */
  readonly shows: 'miss' | 'false alarm';
}

export interface KnobScene extends Scene {
  /** Values beside the default. */
  readonly values: readonly Value[];
  /** What one sees, and when to turn it which way. */
  readonly says: string;
}

export interface MethodScenes {
  /** Where BASE's does not suit the method. */
  readonly threshold?: number;
  readonly shines: Scene;
  readonly fails: FailScene;
  /** One for each parameter of the registry. */
  readonly params: Readonly<Record<string, KnobScene>>;
}

/** The threshold or a guard, which the resource defines: a scene says how it is set. */
export interface GuardScene extends Scene {
  /** Where it stands below `spec`. */
  readonly path: string;
  /** From the least to the most. */
  readonly steps: readonly { readonly told: string; readonly setting: Setting }[];
  readonly says: string;
}
