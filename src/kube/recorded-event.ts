// An event as the API server takes it. What it says is fixed once it is there; only its series may change.
import type { EventNote } from './contract.ts';
import { microTime } from './micro-time.ts';

export interface RecordedEvent {
  readonly key: string;
  readonly note: EventNote;
  readonly name: string;
  /** When it was last heard of, on the steady clock; the others are the wall clock's. */
  heardMs: number;
  readonly firstMs: number;
  lastMs: number;
  count: number;
  /** The count that the API server knows; 0 before it knows of it. */
  sent: number;
}

const MOST_NOTE_BYTES = 1024;

export function eventBody(
  { note, name, firstMs, lastMs, count }: RecordedEvent,
  { controller, instance }: { readonly controller: string; readonly instance: string },
) {
  const { regarding, type, reason, action } = note;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name, namespace: regarding.namespace || 'default' },
    ...{ eventTime: microTime(firstMs), reportingController: controller, reportingInstance: instance.slice(0, 128) },
    ...{ regarding, type, reason: reason.slice(0, 128), action: action.slice(0, 128), note: cut(note.note) },
    ...(count > 1 ? seriesPatch(count, lastMs) : {}),
  };
}

export function seriesPatch(count: number, lastMs: number) {
  return { series: { count, lastObservedTime: microTime(lastMs) } };
}

/** At most 1 kB, and never half a letter. */
function cut(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MOST_NOTE_BYTES) return text;
  const end = '…';
  const kept = bytes.subarray(0, MOST_NOTE_BYTES - Buffer.byteLength(end)).toString('utf8');
  return `${kept.replace(/\uFFFD+$/, '')}${end}`;
}
