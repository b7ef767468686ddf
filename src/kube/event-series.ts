// Which recorded event a note belongs to: one that said the same within ten minutes, or a new one. It remembers a bounded
// number of them, those of the latest repeats.
import type { EventNote } from './contract.ts';
import type { RecordedEvent } from './recorded-event.ts';
import type { Moment } from './term.ts';

const SERIES_MS = 10 * 60_000;
/** Names of objects have at most 253 letters; 17 are ours. */
const MOST_OF_NAME = 230;

export interface Series {
  /** Not counted yet: whoever records it may have no room. */
  find(note: EventNote, now: Moment): RecordedEvent;
  count(event: RecordedEvent, now: Moment): void;
  forget(event: RecordedEvent): void;
}

export function createSeries(random: () => number, most: number): Series {
  /** The longest untouched first. */
  const recent = new Map<string, RecordedEvent>();
  const forgetOld = (nowMs: number) => {
    for (const [key, event] of recent) {
      if (nowMs - event.heardMs < SERIES_MS && recent.size < most) return;
      recent.delete(key);
    }
  };
  return {
    find: (note, { steadyMs: heardMs, wallMs }) => {
      forgetOld(heardMs);
      const key = keyOf(note);
      const times = { heardMs, firstMs: wallMs, lastMs: wallMs };
      const fresh = { key, note, name: nameOf(note, random), ...times, count: 0, sent: 0 };
      return recent.get(key) ?? fresh;
    },
    count: (event, { steadyMs, wallMs }) => {
      event.count++;
      event.heardMs = steadyMs;
      event.lastMs = wallMs;
      recent.delete(event.key);
      recent.set(event.key, event);
    },
    forget: ({ key }) => {
      recent.delete(key);
    },
  };
}

function keyOf({ regarding, type, reason, action, note }: EventNote): string {
  return JSON.stringify([
    regarding.kind,
    regarding.namespace,
    regarding.name,
    regarding.uid,
    type,
    reason,
    action,
    note,
  ]);
}

function nameOf({ regarding }: EventNote, random: () => number): string {
  const letters = () =>
    Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  return `${regarding.name.slice(0, MOST_OF_NAME)}.${letters()}${letters()}`;
}
