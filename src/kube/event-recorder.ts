// Tells people through Kubernetes events (events.k8s.io/v1) what happened to a detector. Recording never waits and never
// throws: events are sent one by one in the background, what does not fit or is refused is counted, and what comes again
// within ten minutes is one event whose series counts it.
import type { Clock } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import { CALLS } from './calls.ts';
import type { EventRecorder, KubeClient } from './contract.ts';
import { createSeries } from './event-series.ts';
import { hasStatus, KubeError } from './kube-error.ts';
import { createReconnect } from './reconnect.ts';
import { eventBody, type RecordedEvent, seriesPatch } from './recorded-event.ts';

export interface EventRecorderOptions {
  readonly client: KubeClient;
  /** One that never steps: for what is waited for. */
  readonly clock: Clock;
  /** For the times that people read; `clock` unless told. */
  readonly wall?: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Who reports: a name of the house, and of this process. */
  readonly controller: string;
  readonly instance: string;
  /** 500 unless told. */
  readonly mostWaiting?: number;
}

/** Repeats that come in between are in the same patch. */
const PACE_MS = 100;
const MOST_TRIES = 5;
/** What is not sent by then is counted as dropped. */
const FAREWELL_MS = 3000;

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { clock, wall = clock, random, log, mostWaiting = 500 } = options;
  const now = () => ({ steadyMs: clock.nowMs(), wallMs: wall.nowMs() });
  const series = createSeries(random, 2 * mostWaiting);
  const waiting = new Set<RecordedEvent>();
  const stopping = new AbortController();
  let dropped = 0;
  let sending: Promise<void> | undefined;

  const sendAll = async () => {
    for (const event of waiting) {
      try {
        await sendInTime(event, waiting, options, stopping.signal);
      } catch (error) {
        dropped++;
        waiting.delete(event);
        series.forget(event);
        const why = error instanceof Error ? error.message : String(error);
        log.warn({ reason: event.note.reason, dropped }, `an event was not sent: ${why}`);
      }
      await clock.sleep(PACE_MS, stopping.signal);
    }
    sending = undefined;
  };
  return {
    record: (note) => {
      const event = series.find(note, now());
      if (stopping.signal.aborted || (!waiting.has(event) && waiting.size >= mostWaiting)) {
        dropped++;
        return;
      }
      series.count(event, now());
      waiting.add(event);
      sending ??= sendAll();
    },
    get dropped() {
      return dropped;
    },
    stop: async () => {
      stopping.abort();
      const done = new AbortController();
      await Promise.race([sending, clock.sleep(FAREWELL_MS, done.signal)]);
      done.abort();
      dropped += waiting.size;
      waiting.clear();
    },
  };
}

/** Rejects with what the last try said. */
async function sendInTime(
  event: RecordedEvent,
  waiting: Set<RecordedEvent>,
  options: EventRecorderOptions,
  stopped: AbortSignal,
): Promise<void> {
  const reconnect = createReconnect(options.random);
  for (let tries = 1; ; tries++) {
    try {
      // Whatever comes from now on is for the next patch.
      waiting.delete(event);
      if (event.sent < event.count) await send(options.client, event, options);
      return;
    } catch (error) {
      if (!(error instanceof KubeError) || !error.retryable || tries >= MOST_TRIES || stopped.aborted) throw error;
      await options.clock.sleep(reconnect.nextMs(error.retryAfterMs), stopped);
    }
  }
}

async function send(client: KubeClient, event: RecordedEvent, options: EventRecorderOptions): Promise<void> {
  const { count, lastMs } = event;
  const namespace = event.note.regarding.namespace || 'default';
  const isRepeat = event.sent > 0;
  if (isRepeat) {
    try {
      const body = seriesPatch(count, lastMs);
      const contentType = 'application/merge-patch+json';
      await client.request(CALLS.patchEvent, { namespace, name: event.name }, { body, contentType });
    } catch (error) {
      // Events live for an hour only.
      if (!hasStatus(error, 404)) throw error;
      await client.request(CALLS.createEvent, { namespace }, { body: eventBody(event, options) });
    }
  } else {
    try {
      await client.request(CALLS.createEvent, { namespace }, { body: eventBody(event, options) });
    } catch (error) {
      // The try before was heard, and its answer was not.
      if (!hasStatus(error, 409)) throw error;
    }
  }
  event.sent = count;
}
