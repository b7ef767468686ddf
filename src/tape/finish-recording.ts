// Makes a tape of a recording: what was from before its start is one segment, marked as warm-up, and what was seen live is
// another. A recorder that ends does it, and so does `tape recover` with what a killed one left; both give the same tape.
import { rm } from 'node:fs/promises';
import { AppError } from '#kit/errors.ts';
import type { Signal } from '#model/signal.ts';
import type { TapeInfo, TapeSegment } from './contract.ts';
import { openRecording, type Recording } from './read-recording.ts';
import { createTapeWriter, type NewTapeHeader } from './writer.ts';

export interface FinishedRecording {
  readonly info: TapeInfo;
  /** Bytes at its end that were being written when the recorder was killed. */
  readonly lostBytes: number;
}

/** Packs well, and an hour of a large cluster in seconds. */
const LEVEL = 12;
const PRIVATE = 0o600;

/** A stretch of the recording while it is read. */
interface Stretch {
  fromMs: number;
  lastMs: number;
}

/**
 * Writes the tape at `path`, in place of what is there, and removes the recording. Rejects with `bad-input` when nothing
 * was recorded; whatever goes wrong, the recording stays.
 */
export async function finishRecording(recordingPath: string, path: string): Promise<FinishedRecording> {
  const recording = await openRecording(recordingPath);
  try {
    const info = await writeTape(recording, recordingPath, path);
    await rm(recordingPath);
    return { info, lostBytes: recording.lostBytes };
  } finally {
    await recording.close();
  }
}

async function writeTape(recording: Recording, recordingPath: string, path: string): Promise<TapeInfo> {
  const { header } = recording;
  const empty: NewTapeHeader = { ...header, fromMs: 0, toMs: 0, segments: [], answerKey: [] };
  const writer = await createTapeWriter(path, empty, { mode: PRIVATE, level: LEVEL });
  try {
    const stretches = new Map<boolean, Stretch>();
    let stepMs = Number.POSITIVE_INFINITY;
    for await (const { warmUp, signals } of recording.parts) {
      for (const signal of signals) {
        await writer.write(signal);
        stretch(stretches, warmUp, signal);
        if (signal.kind === 'series') for (const info of signal.series) stepMs = Math.min(stepMs, info.stepMs);
      }
    }
    const segments = segmentsOf(stretches, Number.isFinite(stepMs) ? Math.ceil(stepMs) : 1);
    const [first] = segments;
    if (first === undefined) throw new AppError('bad-input', `Nothing was recorded in ${recordingPath}: delete it.`);
    const toMs = segments.at(-1)?.toMs ?? first.toMs;
    return await writer.finish({ ...header, fromMs: first.fromMs, toMs, segments, answerKey: [] });
  } finally {
    await writer.discard();
  }
}

function stretch(stretches: Map<boolean, Stretch>, warmUp: boolean, { seenMs }: Signal): void {
  const known = stretches.get(warmUp);
  if (known === undefined) stretches.set(warmUp, { fromMs: seenMs, lastMs: seenMs });
  else known.lastMs = seenMs;
}

/** Each lasts until a step after its last signal, when the next one would have been seen; they do not overlap. */
function segmentsOf(stretches: ReadonlyMap<boolean, Stretch>, stepMs: number): TapeSegment[] {
  const [warm, live] = [stretches.get(true), stretches.get(false)];
  const segments: TapeSegment[] = [];
  if (warm !== undefined) {
    const toMs = Math.min(warm.lastMs + stepMs, live === undefined ? Number.POSITIVE_INFINITY : live.fromMs);
    segments.push({ name: 'history', fromMs: warm.fromMs, toMs, shiftedMs: 0, warmUp: true });
  }
  if (live !== undefined) {
    const toMs = live.lastMs + stepMs;
    segments.push({ name: 'recorded live', fromMs: live.fromMs, toMs, shiftedMs: 0, warmUp: false });
  }
  return segments;
}
