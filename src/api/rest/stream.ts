// Server-sent events: where the replay is each second, and that findings changed. The number of clients is bounded, one
// that does not read is let go and counted; whoever is refused polls.
import type { ServerResponse } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '#kit/errors.ts';
import type { Context } from './context.ts';
import { watchSamples } from './sample-watch.ts';

export const MOST_CLIENTS = 100;
const BEAT_MS = 1000;
/** Proxies and laptops drop a connection that is silent; a comment keeps it without meaning anything. */
const HEARTBEAT_BEATS = 15;
/** What may wait unsent for one client before it is taken as not reading. */
const MOST_UNSENT_BYTES = 256 * 1024;

export interface StreamStats {
  readonly clients: number;
  /** Let go because they did not read. */
  readonly dropped: number;
  /** Turned away because there were too many. */
  readonly refused: number;
}

export interface Stream {
  accept(request: FastifyRequest, reply: FastifyReply): void;
  /** Tells everybody where the replay is, at once: after a command one does not wait a second. */
  tell(): void;
  /** Tells everybody that what is shown has changed, and is to be asked for again. */
  changed(): void;
  stats(): StreamStats;
  close(): void;
}

export function createStream({ replay, moments, clock, log }: Context): Stream {
  const clients = new Set<ServerResponse>();
  const closing = new AbortController();
  let [dropped, refused] = [0, 0];
  let beating = false;
  let version: number | undefined;
  const samples = watchSamples(replay);

  const send = (client: ServerResponse, text: string): void => {
    if (client.writableLength + text.length > MOST_UNSENT_BYTES) {
      dropped++;
      clients.delete(client);
      client.destroy();
      log.warn({ dropped }, 'an event stream was let go: its client does not read');
    } else {
      client.write(text);
    }
  };
  const sendAll = (text: string): void => {
    for (const client of [...clients]) send(client, text);
  };
  const replayEvent = (): string => event('replay', replay.state());

  const beat = async (count: number): Promise<void> => {
    sendAll(replayEvent());
    if (count % HEARTBEAT_BEATS === 0) sendAll(': still here\n\n');
    try {
      const moment = await moments.now();
      if (version !== undefined && (moment.version !== version || samples.isDue(count))) {
        sendAll(event('changed', { nowMs: moment.nowMs }));
        samples.told(count);
      }
      version = moment.version;
    } catch (error) {
      log.error({ err: error }, 'findings could not be read for the event stream');
    }
  };
  const run = async (): Promise<void> => {
    if (beating) return;
    beating = true;
    samples.told(0);
    for (let count = 1; clients.size > 0 && !closing.signal.aborted; count++) {
      await clock.sleep(BEAT_MS, closing.signal);
      if (clients.size > 0 && !closing.signal.aborted) await beat(count);
    }
    beating = false;
    version = undefined;
  };

  return {
    accept(request, reply) {
      if (clients.size >= MOST_CLIENTS || closing.signal.aborted) {
        refused++;
        throw new AppError('unavailable', `${MOST_CLIENTS} pages listen already; this one polls instead`);
      }
      reply.hijack();
      const client = reply.raw;
      clients.add(client);
      for (const end of ['close', 'error']) client.on(end, () => clients.delete(client));
      request.raw.socket.setNoDelay(true);
      reply
        .header('content-type', 'text/event-stream; charset=utf-8')
        .header('cache-control', 'no-store, no-transform');
      for (const [name, value] of Object.entries(reply.getHeaders())) {
        if (value !== undefined) client.setHeader(name, value);
      }
      client.writeHead(200);
      send(client, `retry: 2000\n\n${replayEvent()}`);
      void run();
    },
    tell: () => sendAll(replayEvent()),
    changed: () => sendAll(event('changed', { nowMs: replay.state().nowMs })),
    stats: () => ({ clients: clients.size, dropped, refused }),
    close() {
      closing.abort();
      for (const client of clients) client.end();
      clients.clear();
    },
  };
}

function event(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
