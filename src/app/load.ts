// Opens what a replay needs (tape, detectors) and names the stream that the two make together.
import { readFile } from 'node:fs/promises';
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import type { Plan } from '#model/plan.ts';
import { parseDetectors } from '#resource/anomaly-detector/parse.ts';
import { OBSERVED } from '#resource/observe/catalogue.ts';
import { planSettingsHash } from '#resource/settings-hash.ts';

/** Stands for what `tidewatch run` watches a cluster with; a file of that name is `./observed`. */
export const OBSERVED_DETECTORS = 'observed';

/** The plans of a detectors file, or the built-in ones of that name. */
export async function loadDetectors(path: string): Promise<readonly Plan[]> {
  if (path === OBSERVED_DETECTORS) return OBSERVED.map(({ plan }) => plan);
  return parseDetectors(await readDetectorsFile(path), path, ALGORITHMS);
}

/** Its text. Rejects with `not-found`. */
export async function readDetectorsFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EISDIR' ? 'it is a folder; name a file in it' : message;
    throw new AppError('not-found', `cannot read the detectors file ${path}: ${why}`, { cause });
  }
}

/** The same tape under the same settings is the same stream; anything else must not be continued. */
export function streamName(checksum: string, plans: readonly Plan[]): string {
  return `${checksum.slice(0, 12)}-${planSettingsHash(plans).slice(0, 12)}`;
}
