// F14: who judges detectors is away, silent, late or wrong, in one way after the other. Only what is ours is refused, soon and in
// words that say why; statuses and deletions of ours, and all that is others', go on as if nothing were.
import { once } from 'node:events';
import type { Rng } from '#stats/rng.ts';
import { call, pathOf, startReplica } from '../cluster/admission/session.ts';
import { callUnlessBusy } from '../cluster/admission/unless-busy.ts';
import { ADMITTED_NEED, type Admitted, detectorOf, openAdmitted, untilReady } from './admitted.ts';
import { failingKinds, readApiMetrics } from './api-metrics.ts';
import { startBystanders } from './bystanders.ts';
import { demand, type Fault } from './contract.ts';
import { createOwnWrites, type OwnWrites } from './own-writes.ts';

/** What the manifest promises, and what a busy machine adds: usually, and at most. */
const USUAL_MS = 3000 + 700;
const MOST_MS = 2 * USUAL_MS;
/** Of one review, by the API server's own figures: its buckets end here, and both time-outs before; a few it may have measured late. */
const MOST_SECONDS = '2.5';
const MOST_LATE_SECONDS = '10';
const MOST_LATE = 2;
const FOR_MS = 2500;
/** With a process's start. */
const BACK_MS = 60_000;
const MERGE = { 'content-type': 'application/merge-patch+json' };

interface Way {
  readonly name: string;
  begin(admitted: Admitted): Promise<void> | void;
  end(admitted: Admitted): Promise<void> | void;
}

const all = ({ reviews }: Admitted, choose: Admitted['reviews']['choose'] = () => undefined) => {
  reviews.choose = choose;
};

const WAYS: readonly Way[] = [
  {
    name: 'refused',
    begin: ({ connections }) => {
      connections.refuse(true);
      connections.reset();
    },
    end: ({ connections }) => connections.refuse(false),
  },
  {
    name: 'silent',
    begin: ({ connections }) => connections.pause(),
    end: ({ connections }) => {
      connections.reset();
      connections.resume();
    },
  },
  {
    name: '2.5 s late',
    begin: ({ connections }) => connections.delay(2500, 'down'),
    end: ({ connections }) => {
      connections.delay(0, 'down');
      connections.reset();
    },
  },
  { name: 'no answer', begin: (one) => all(one, () => ({ kind: 'hang' })), end: (one) => all(one) },
  { name: '500', begin: (one) => all(one, () => ({ kind: 'status', status: 500 })), end: (one) => all(one) },
  {
    name: 'killed',
    begin: async ({ session }) => {
      for (const { running } of session.replicas) {
        if (running === undefined) continue;
        const ended = once(running.process, 'close');
        running.process.kill('SIGKILL');
        await ended;
      }
    },
    end: async ({ session }) => {
      for (const replica of session.replicas) await startReplica(session, replica);
    },
  },
];

export const webhookDown: Fault = {
  id: 'F14',
  title: 'the webhooks away, silent, late, with 500, killed',
  needs: ADMITTED_NEED,
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const admitted = await openAdmitted({ folder, ending });
    const { plane, session } = admitted;
    const writes = createOwnWrites(session, rng, 'v2');
    const first = await writes.writeUnlessBusy();
    demand(first.status < 300, `before: ${first.status} ${first.message}`);
    for (const { name } of WAYS) {
      const body = JSON.stringify(detectorOf(goneOf(name)));
      const made = await callUnlessBusy(() => call(session, pathOf('v2'), { method: 'POST', body }));
      demand(made.status === 201, `${name}: refused before: ${made.status} ${made.body.message}`);
    }
    const others = await startBystanders(plane);
    const slowest = { refusedMs: 0, backMs: 0 };
    for (const way of shuffled(WAYS, rng)) {
      await way.begin(admitted);
      const refusals = await refusedFor(FOR_MS, way.name, writes);
      await untouched(admitted, way.name);
      await way.end(admitted);
      const backMs = await untilReady(session, BACK_MS);
      slowest.backMs = Math.max(slowest.backMs, backMs);
      slowest.refusedMs = Math.max(slowest.refusedMs, ...refusals);
      const { status, message } = await writes.writeUnlessBusy();
      demand(status < 300, `after "${way.name}" a detector was refused: ${status} ${message}`);
      say(`${way.name}: ${refusals.length} refused, the slowest after ${Math.max(...refusals).toFixed(0)} ms`);
    }
    const usualMs = await others.stop();
    const metrics = await readApiMetrics(plane);
    const failing = failingKinds(metrics);
    demand(failing.join() === 'anomalydetectors.monitoring.my.company', `5xx of ${failing.join(', ')}`);
    const duration = 'apiserver_admission_webhook_admission_duration_seconds_bucket';
    const ours = { name: /monitoring\.my\.company$/ };
    const beyond = (le: string) =>
      metrics.sum(duration, { ...ours, le: '+Inf' }) - metrics.sum(duration, { ...ours, le });
    const isPrompt = beyond(MOST_SECONDS) <= MOST_LATE && beyond(MOST_LATE_SECONDS) === 0;
    demand(isPrompt, `${beyond(MOST_SECONDS)} reviews held the API server for longer than ${MOST_SECONDS} s`);
    const open = metrics.sum('apiserver_admission_webhook_fail_open_count', { name: /^defaults\./ });
    demand(open > 0, 'the defaulting webhook was not passed over');
    const refused = writes.ended.filter(({ status }) => status > 299).length;
    return {
      broken: `${WAYS.map(({ name }) => name).join(', ')}, for ${FOR_MS / 1000} s each in some order; ${writes.ended.length} writes of detectors, ${others.served} requests of others, ${others.pods} pods created`,
      seen: `${refused} writes of detectors refused, each within ${(slowest.refusedMs / 1000).toFixed(1)} s; statuses, deletions and all others served, 95 % within ${usualMs.toFixed(0)} ms; let in again within ${(slowest.backMs / 1000).toFixed(1)} s; no 5xx of any other kind`,
      ...(await writes.compare()),
    };
  },
};

/** How long each write took to be refused. Rejects when one was not, or not in our words, or late. */
async function refusedFor(forMs: number, way: string, writes: OwnWrites): Promise<readonly number[]> {
  const endMs = performance.now() + forMs;
  const took: number[] = [];
  const writing = async () => {
    while (performance.now() < endMs) {
      const { what, status, message, tookMs } = await writes.write();
      demand(status > 299, `${way}: a ${what} was let in by nobody`);
      const isClear = message.includes('failed calling webhook "validation.monitoring.my.company"');
      demand(isClear, `${way}: ${status} ${message}`);
      demand(tookMs <= MOST_MS, `${way}: refused after ${tookMs.toFixed(0)} ms`);
      took.push(tookMs);
      // One that is refused at once is not to keep the machine busy.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await Promise.all([writing(), writing()]);
  const usual = took.toSorted((one, other) => one - other)[Math.floor(took.length / 2)] ?? 0;
  demand(usual <= USUAL_MS, `${way}: refused after ${usual.toFixed(0)} ms`);
  return took;
}

/** A status is the schema's to judge, and whoever deletes is not asked what for. */
async function untouched({ session }: Admitted, way: string): Promise<void> {
  const gone = await call(session, pathOf('v2', goneOf(way)), { method: 'DELETE' });
  demand(gone.status === 200, `${way}: a deletion was refused: ${gone.status} ${gone.body.message}`);
  const { body } = await call(session, pathOf('v2'));
  const items = body.items as readonly { readonly metadata: { readonly name: string } }[];
  const name = items.find(({ metadata }) => metadata.name.startsWith('own-'))?.metadata.name ?? '';
  const patch = { method: 'PATCH', body: JSON.stringify({ status: { monitoredPods: 1 } }), headers: MERGE };
  const status = await call(session, `${pathOf('v2', name)}/status`, patch);
  demand(status.status === 200, `${way}: a status was refused: ${status.status} ${status.body.message}`);
}

/** The detector that is deleted meanwhile. */
function goneOf(way: string): string {
  return `gone-${way.replaceAll(/[^a-z0-9]/g, '-')}`;
}

function shuffled<T>(all: readonly T[], rng: Rng): readonly T[] {
  return all
    .map((one) => ({ one, at: rng.uniform() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
