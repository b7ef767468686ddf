// `bench admission`: P18. The admission role as a process, beside a bare HTTPS echo as another, asked in turn over a connection
// that stays, as the API server's does. First the check that its answers are those that its rules give; then how long 99 of
// a hundred questions take at most. The same for a hundred objects to be converted.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Agent, request as requestHttps } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createAnswers, type Path } from '#app/admission/answers.ts';
import { makeAuthority, makeLeaf } from '#app/certificates/issue.ts';
import { queryProblem } from '#collect/prometheus/bounded-query.ts';
import { ALGORITHMS } from '#detect/index.ts';
import { AppError } from '#kit/errors.ts';
import { DEFAULT_GROUP } from '#resource/anomaly-detector/v1.ts';
import { start } from '../test/fixtures/command.ts';
import { writeKubeconfig } from '../test/parts/kubeconfig.ts';
import { freePort } from '../test/parts/ports.ts';
import { ADMISSION_REVIEWS, CONVERTED, conversionReview } from './admission/reviews.ts';
import { markdownTable, medianOf, spread } from './measure.ts';

const NAMESPACE = 'bench';
const SERVICE = `tidewatch-admission.${NAMESPACE}.svc`;
/** Not counted: until the code is warm, as it is in a role that lives for days. */
const WARM = 1000;
const ASKED = 500;
const HOUR_MS = 3_600_000;
const ADMISSION = { floor: 2, aim: 1.3 };
const CONVERSION = { floorMs: 25, aimMs: 10 };

export const bench = {
  name: 'admission',
  summary: 'P18: admission of 64 kB beside a bare HTTPS echo, conversion of 100 objects: [--runs 5]',
  async run(args: readonly string[]): Promise<void> {
    const { values } = parseArgs({ args: [...args], options: { runs: { type: 'string', default: '5' } } });
    const times = Number(values.runs);
    if (!Number.isInteger(times) || times < 1) {
      throw new AppError('bad-usage', `--runs ${values.runs}: a whole number of 1 or more is needed`);
    }
    const folder = await mkdtemp(join(tmpdir(), 'tidewatch-admission-'));
    await using ending = new AsyncDisposableStack();
    ending.defer(() => rm(folder, { recursive: true, force: true }));
    await compare(await openServers(folder, ending), times);
  },
};

/** Asks over one connection. */
type Ask = (path: string, body: string) => Promise<string>;

interface Servers {
  readonly admission: Ask;
  readonly echo: Ask;
}

async function openServers(folder: string, ending: AsyncDisposableStack): Promise<Servers> {
  const period = { nowMs: Date.now(), endMs: Date.now() + HOUR_MS };
  const authority = await makeAuthority(NAMESPACE, period);
  const { certificate: cert, key } = await makeLeaf('admission', NAMESPACE, authority, period);
  const ca = authority.certificate;
  for (const [name, pem] of Object.entries({ 'tls.crt': cert, 'tls.key': key, 'ca.crt': ca })) {
    await writeFile(join(folder, name), pem, { mode: 0o600 });
  }
  // No API server is there: it answers all the same.
  const kubeconfig = await writeKubeconfig(join(folder, 'kubeconfig'), {
    url: 'https://127.0.0.1:1',
    ca,
    token: 'none',
  });
  const port = await freePort();
  const where = [`--tls=${folder}`, `--kubeconfig=${kubeconfig}`, '--host=127.0.0.1', `--port=${port}`];
  const role = start(['admission', ...where, '--log-level=silent']);
  ending.defer(() => end(role.process));
  await role.printed(/Admission +\S+/);
  const echo = fork(fileURLToPath(new URL('admission/echo-process.ts', import.meta.url)), { stdio: 'inherit' });
  ending.defer(() => end(echo));
  echo.send({ cert, key });
  const [echoPort] = (await once(echo, 'message')) as [number];
  return { admission: asker(port, ca, ending), echo: asker(echoPort, ca, ending) };
}

function asker(port: number, ca: string, ending: AsyncDisposableStack): Ask {
  const agent = new Agent({ ca, servername: SERVICE, keepAlive: true, maxSockets: 1 });
  ending.defer(async () => agent.destroy());
  return async (path, body) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const call = requestHttps({ host: '127.0.0.1', port, path, method: 'POST', agent, headers });
    call.end(body);
    const [response] = (await once(call, 'response')) as [IncomingMessage];
    const answer = await text(response);
    if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${answer}`);
    return answer;
  };
}

async function compare(servers: Servers, times: number): Promise<void> {
  const rows: string[][] = [];
  for (const [shape, bodies] of Object.entries(ADMISSION_REVIEWS)) {
    for (const path of ['/validate', '/mutate'] as const) {
      const [body = ''] = bodies;
      await checkEqual(servers, path, body);
      const ours: number[] = [];
      const theirs: number[] = [];
      for (const ask of [servers.admission, servers.echo]) await slowestOf(ask, path, bodies, WARM);
      for (let round = 0; round < times; round++) {
        ours.push(await slowestOf(servers.admission, path, bodies, ASKED));
        theirs.push(await slowestOf(servers.echo, path, bodies, ASKED));
      }
      const ratio = medianOf(ours) / medianOf(theirs);
      const kilobytes = `${(body.length / 1000).toFixed(0)} kB ${shape}`;
      rows.push([path.slice(1), kilobytes, spread(ours, 2), spread(theirs, 2), ratio.toFixed(2), verdictOn(ratio)]);
    }
  }
  const head = ['asked', 'of', 'ours p99, ms (range)', 'echo p99, ms (range)', 'ratio', 'floor 2 → aim 1.3'];
  process.stdout.write(`Node ${process.versions.node}; ${ASKED} questions a round, one after the other\n`);
  process.stdout.write(`${markdownTable(head, rows)}\n\n`);
  await convert(servers, times);
}

async function convert(servers: Servers, times: number): Promise<void> {
  const body = conversionReview();
  await checkEqual(servers, '/convert', body);
  await slowestOf(servers.admission, '/convert', [body], WARM);
  const took: number[] = [];
  for (let round = 0; round < times; round++) {
    took.push(await slowestOf(servers.admission, '/convert', [body], ASKED));
  }
  const median = medianOf(took);
  const { floorMs, aimMs } = CONVERSION;
  const verdict = median <= aimMs ? 'aim met' : median <= floorMs ? 'floor met' : 'missed';
  const head = ['asked', 'of', 'p99, ms (range)', `floor ${floorMs} → aim ${aimMs}`];
  const kilobytes = (body.length / 1000).toFixed(0);
  const row = ['convert', `${CONVERTED} objects, ${kilobytes} kB, v2 → v1`, spread(took, 2), verdict];
  process.stdout.write(`${markdownTable(head, [row])}\n`);
}

function verdictOn(ratio: number): string {
  return ratio <= ADMISSION.aim ? 'aim met' : ratio <= ADMISSION.floor ? 'floor met' : 'missed';
}

/** Milliseconds that 99 of a hundred take at most. */
async function slowestOf(ask: Ask, path: string, bodies: readonly string[], count: number): Promise<number> {
  const took: number[] = [];
  for (let asked = 0; asked < count; asked++) {
    const body = bodies[asked % bodies.length] ?? '';
    const beganMs = performance.now();
    await ask(path, body);
    took.push(performance.now() - beganMs);
  }
  took.sort((one, other) => one - other);
  return took[Math.ceil(count * 0.99) - 1] ?? Number.NaN;
}

/** The role says what its rules say, lets it in, and the echo sends back what it was sent. */
async function checkEqual({ admission, echo }: Servers, path: Path, body: string): Promise<void> {
  const ports = { algorithms: ALGORITHMS, group: DEFAULT_GROUP, queryProblem };
  const silent = { specFailed: () => undefined, retried: () => undefined };
  const expected = createAnswers({ ports, repeats: { isFight: () => false }, metrics: silent })[path](body);
  if (expected.outcome !== 'done' || expected.text !== (await admission(path, body))) {
    throw new AppError('gate-failed', `${path}: another answer than the rules give: ${expected.text.slice(0, 300)}`);
  }
  if ((await echo(path, body)) !== body) throw new AppError('gate-failed', 'the echo sends back something else');
}

async function end(child: ReturnType<typeof fork>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'close');
  child.kill('SIGKILL');
  await ended;
}
