// The wiring of `start`: tape, store, pipeline, page. Says at each step what it does, and shuts down in the reverse
// order. Apart from the command's description, so that `--help` does not load all of it.
import { createServer } from '#api/rest/server.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { openEmbeddedStore } from '#store/embedded/index.ts';
import { openTape } from '#tape/reader.ts';
import { buildPage } from './build-page.ts';
import { dataFolder } from './data-folder.ts';
import { loadDetectors, streamName } from './load.ts';
import { playTape } from './play-tape.ts';
import { createProgress } from './progress.ts';
import { SHIPPED } from './shipped.ts';
import type { StartOptions } from './start-command.ts';
import { untilSignal } from './until-signal.ts';
import { version } from './version.ts';

export async function start(options: StartOptions): Promise<void> {
  // Listened for from the first moment: a signal while things still open ends the same orderly way.
  const signalled = untilSignal();
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
  const folder = dataFolder(options.data, info.header.name, stream);
  const { fresh, maxSize: maxBytes } = options;
  const store = await openEmbeddedStore({ folder, fresh, ...(maxBytes === undefined ? {} : { maxBytes }) });
  closing.defer(() => store.close());
  say.line(`Data      ${folder}`);

  await buildPage(say);
  const playing = await playTape({
    reader,
    plans,
    store,
    stream,
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
    deployed: {
      find: (detector, metricName) =>
        plans.find((plan) => plan.detector === detector && plan.metricName === metricName),
    },
    webFolder: SHIPPED.page,
    about: { version: version(), data: folder, watchCommand: './tidewatch run' },
    log,
    clock: systemClock,
  });
  closing.defer(() => server.close());
  const { url, port } = await server.listen({ host: options.host, port: options.port });
  if (options.port !== 0 && port !== options.port) say.line(`Port      ${options.port} is busy, so this uses ${port}`);
  say.line(`Page      ${url}`);
  say.line('          Ctrl-C ends it; what was seen so far is kept.');
  playing.start();
  await signalled;
  say.line('Ending …');
}
