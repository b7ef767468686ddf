// A client as a process of its own, which asks again and again until it is told to end: TARGET LOOK_UP_EVERY_MS. A process,
// because grpc-js asks the name server that a target names only when GRPC_NODE_USE_ALTERNATIVE_RESOLVER was set at its start.
// At its end it prints how many calls were answered, as JSON.
import { setTimeout as pause } from 'node:timers/promises';
import { createGrpcAnalyser } from '#analysis/grpc/client.ts';
import { systemClock } from '#kit/clock.ts';
import { createLog } from '#kit/log.ts';
import { isRight, makeJobs } from './jobs.ts';

const [addresses = '', lookUpEveryMs = '30000'] = process.argv.slice(2);
const log = createLog('warn');
const analyser = createGrpcAnalyser({
  addresses,
  lookUpEveryMs: Number(lookUpEveryMs),
  clock: systemClock,
  random: Math.random,
  log,
});
const stop = new AbortController();
process.stdin.once('end', () => stop.abort()).resume();

const counts = { right: 0, wrong: 0, failed: 0 };
for (let round = 0; !stop.signal.aborted; round++) {
  const jobs = makeJobs(10, round);
  try {
    const outcomes = await analyser.analyse(jobs);
    if (jobs.every((job, index) => isRight(job, outcomes[index]))) counts.right++;
    else counts.wrong++;
  } catch (error) {
    process.stderr.write(`${String(error)}\n`);
    counts.failed++;
  }
  await pause(2);
}
process.stdout.write(JSON.stringify(counts));
await analyser.close();
