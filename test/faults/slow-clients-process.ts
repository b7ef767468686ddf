// Clients that are slow on purpose, in a process of their own. Told the ports of the page, of the health checks and for
// operators; whoever is let go comes again. Says when all are there, and how they were answered when its input ends.
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface SlowReport {
  readonly clients: number;
  /** Times that one was let go and came again. */
  readonly letGo: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
}

interface Slow {
  readonly port: number;
  readonly count: number;
  /** Sent at once. */
  readonly begin?: string;
  /** Sent a byte a second, over and over. */
  readonly drip?: string;
  readonly reads: 'all' | 'a byte a second' | 'nothing';
}

const [page = 0, health = 0, append = 0] = process.argv.slice(2).map(Number);
const ask = (path: string) => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
const HEADERS =
  'GET / HTTP/1.1\r\nhost: localhost\r\nx-slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
const LARGE = ask('/api/findings?limit=500');
const KINDS: readonly Slow[] = [
  { port: page, count: 70, drip: HEADERS, reads: 'all' },
  { port: page, count: 80, begin: ask('/api/stream'), reads: 'nothing' },
  { port: page, count: 30, begin: ask('/api/stream'), reads: 'all' },
  { port: page, count: 10, begin: LARGE, reads: 'a byte a second' },
  { port: page, count: 9, begin: ask('/'), reads: 'a byte a second' },
  { port: page, count: 1, begin: LARGE.repeat(500), reads: 'nothing' },
  { port: health, count: 150, drip: HEADERS, reads: 'all' },
  { port: health, count: 50, begin: ask('/healthz'), reads: 'a byte a second' },
  { port: append, count: 100, drip: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', reads: 'nothing' },
  { port: append, count: 100, begin: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', reads: 'nothing' },
];
/** Clients that were let go wait before they try again, as browsers and probes do. */
const AGAIN_MS = 5000;

const statuses: Record<string, number> = {};
let letGo = 0;
const clients = KINDS.flatMap((kind) => Array.from({ length: kind.count }, () => kind));
const connected = clients.map((kind) => {
  const there = Promise.withResolvers<void>();
  void keepComing(kind, there.resolve);
  return there.promise;
});
await Promise.all(connected);
process.stdout.write('there\n');
process.stdin.on('end', () => {
  const report: SlowReport = { clients: clients.length, letGo, statuses };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
});
process.stdin.resume();

async function keepComing(kind: Slow, there: () => void): Promise<never> {
  for (;;) {
    await once(kind, there);
    letGo++;
    await pause(AGAIN_MS * (0.5 + Math.random()));
  }
}

/** Until it is let go. */
async function once({ port, begin = '', drip = '', reads }: Slow, there: () => void): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('connect', () => {
    there();
    socket.write(begin);
  });
  socket.on('error', () => undefined);
  let sent = 0;
  const dripping = setInterval(() => {
    if (drip !== '') socket.write(drip[sent++ % drip.length] ?? '');
    if (reads === 'a byte a second') socket.read(1);
  }, 1000);
  if (reads === 'all') note(socket, port);
  else if (reads === 'a byte a second') socket.on('readable', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(dripping);
}

function note(socket: Socket, port: number): void {
  socket.once('data', (bytes: Buffer) => {
    const [, status = 'none'] = /^HTTP\/1\.1 (\d+)/.exec(bytes.toString('latin1')) ?? [];
    const key = `${port === health ? 'health' : 'page'} ${status}`;
    statuses[key] = (statuses[key] ?? 0) + 1;
    socket.resume();
  });
}
