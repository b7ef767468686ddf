// What is said of a recording that has become a tape.
import type { TapeInfo } from '#tape/contract.ts';
import { printable } from './printable.ts';
import { durationText } from './record-options.ts';

/** Lines: what it holds, and what to do with it. */
export function finishedLines(path: string, info: TapeInfo): readonly string[] {
  const { header, series, samples, sizeBytes } = info;
  const spans = header.segments.map(({ name, fromMs, toMs }) => `${durationText(toMs - fromMs)} ${segmentWord(name)}`);
  const figure = (count: number) => count.toLocaleString('en');
  return [
    `Wrote     ${path}: ${spans.join(' and ')}; ${figure(series.length)} series, ${figure(samples)} samples, ${figure(sizeBytes)} bytes`,
    `          Play it with: tidewatch replay ${path} --detectors observed`,
  ].map(printable);
}

function segmentWord(name: string): string {
  return name === 'history' ? 'of history' : name;
}
