// `tidewatch start`: the shipped day on a page, with nothing beside it. Wires tape, pipeline, store and server, says at
// each step what it does, and shuts down in the reverse order.
import { Command, Option } from 'commander';
import { createServer } from '#api/rest/server.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog, type LogLevel } from '#kit/log.ts';
import type { Speed } from '#pipeline/playhead.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { openTape } from '#tape/reader.ts';
import { buildPage } from './build-page.ts';
import { prepareDataFolder } from './data-folder.ts';
import { loadDetectors, streamName } from './load.ts';
import { playTape } from './play-tape.ts';
import { createProgress } from './progress.ts';
import { SHIPPED } from './shipped.ts';
import { version } from './version.ts';
import { parseSpeed, workersOption } from './workers-option.ts';

interface StartOptions {
  readonly tape: string;
  readonly detectors: string;
  readonly data?: string;
  readonly fresh: boolean;
  readonly port: number;
  readonly host: string;
  readonly speed: Speed;
  readonly workers: number;
  readonly logLevel: LogLevel;
}

export function startCommand(): Command {
  return new Command('start')
    .summary('play a real day on a page')
    .description(
      'Plays a tape on a page: quiet hours at full speed to warm the detectors, then at the speed you choose.',
    )
    .addOption(
      new Option('--tape <file>', 'the tape to play')
        .default(SHIPPED.tape, 'the shipped day of Online Boutique')
        .env('TIDEWATCH_TAPE'),
    )
    .addOption(
      new Option('-f, --detectors <file>', 'detectors to use')
        .default(SHIPPED.detectors, 'the shipped ones')
        .env('TIDEWATCH_DETECTORS'),
    )
    .addOption(
      new Option('--data <folder>', 'where its data lies (default: a folder of the tape in your data home)').env(
        'TIDEWATCH_DATA',
      ),
    )
    .option('--fresh', 'begin anew instead of going on with what is there', false)
    .addOption(
      new Option('--port <n>', 'port of the page; the next free one when it is busy')
        .default(8080)
        .argParser(parsePort)
        .env('TIDEWATCH_PORT'),
    )
    .addOption(
      new Option('--host <address>', 'address to listen on; loopback only').default('127.0.0.1').env('TIDEWATCH_HOST'),
    )
    .option('--speed <speed>', 'after the quiet hours: max, or times faster than it happened', parseSpeed, 60 as Speed)
    .addOption(workersOption())
    .addOption(
      new Option('--log-level <level>', 'structured logs on stderr')
        .choices(['silent', 'debug', 'info', 'warn', 'error'])
        .default('warn')
        .env('TIDEWATCH_LOG_LEVEL'),
    )
    .addHelpText(
      'after',
      `
Examples:
  tidewatch start                        the page on http://127.0.0.1:8080, at 60×
  tidewatch start --speed 600 --fresh    faster, from the beginning
  tidewatch start --tape my.tape -f detectors.yaml --data ./my-data`,
    )
    .action(start);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidPort();
  return port;
}

class InvalidPort extends Error {
  readonly code = 'commander.invalidArgument';
  override readonly message = 'a whole number from 0 to 65535; 0 takes any free one.';
}

async function start(options: StartOptions): Promise<void> {
  const say = createProgress(process.stdout);
  const log = createLog(options.logLevel);
  const plans = await loadDetectors(options.detectors);
  await using closing = new AsyncDisposableStack();
  const reader = await openTape(options.tape);
  closing.defer(() => reader.close());
  const { info } = reader;
  say.line(
    `Tape      ${info.header.name}: ${info.series.length} series, ${info.samples.toLocaleString('en')} samples, ${info.header.answerKey.length} faults`,
  );

  const stream = streamName(info.checksum, plans);
  const folder = await prepareDataFolder(options.data, info.header.name, stream);
  const store = await openEmbeddedStore({ folder });
  closing.defer(() => store.close());
  say.line(`Data      ${folder}`);

  await buildPage(say);
  const playing = await playTape({
    reader,
    plans,
    store,
    stream,
    fresh: options.fresh,
    speed: options.speed,
    workers: options.workers,
    log,
    clock: systemClock,
    say,
  });
  closing.defer(() => playing.stop());

  const server = await createServer({
    store,
    replay: playing.control,
    webFolder: SHIPPED.page,
    about: { version: version(), data: folder, watchCommand: 'npx tidewatch run' },
    log,
    clock: systemClock,
  });
  closing.defer(() => server.close());
  const { url, port } = await server.listen({ host: options.host, port: options.port });
  if (options.port !== 0 && port !== options.port) say.line(`Port      ${options.port} is busy, so this uses ${port}`);
  say.line(`Page      ${url}`);
  say.line('          Ctrl-C ends it; what was seen so far is kept.');
  playing.start();
  await untilSignal();
  say.line('Ending …');
}

/** Resolves on the first Ctrl-C or SIGTERM; a second one ends at once. */
function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        resolve();
        process.once(signal, () => process.exit(130));
      });
    }
  });
}
