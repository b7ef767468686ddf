// The wiring of `analyser`.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAnalysisServer } from '#api/grpc/server.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createLog } from '#kit/log.ts';
import type { AnalyserOptions } from './analyser-command.ts';
import { createProgress } from './progress.ts';
import { untilSignal } from './until-signal.ts';
import { version } from './version.ts';

/** What is under way may end within this. */
const GRACE_MS = 10_000;

export async function analyse(options: AnalyserOptions): Promise<void> {
  const signalled = untilSignal();
  const say = createProgress(process.stdout);
  const credentials = options.tls === undefined ? undefined : await readTls(options.tls);
  const server = createAnalysisServer({
    algorithms: ALGORITHMS,
    version: version(),
    clock: systemClock,
    log: createLog(options.logLevel),
    ...(credentials === undefined ? {} : { credentials }),
  });
  const { port } = await server.listen({ host: options.host, port: options.port });
  say.line(`Analyser  ${options.host}:${port}${credentials === undefined ? '' : ' (mTLS)'}. Ctrl-C ends it.`);
  await signalled;
  await server.close(GRACE_MS);
}

async function readTls(folder: string): Promise<{ cert: string; key: string; ca: string }> {
  const read = async (name: string): Promise<string> => {
    try {
      return await readFile(join(folder, name), 'utf8');
    } catch (cause) {
      throw new AppError(
        'bad-config',
        `${join(folder, name)} cannot be read: --tls needs tls.crt, tls.key and ca.crt`,
        {
          cause,
        },
      );
    }
  };
  return { cert: await read('tls.crt'), key: await read('tls.key'), ca: await read('ca.crt') };
}
