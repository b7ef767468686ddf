// F17: the defaulting webhook beside one that takes its change back, so that it is asked twice for each write; beside a controller
// that writes what stands in its file, again and again; and in dry runs. The same question has the same answer, who fights is
// counted and left alone, and a dry run leaves nothing.
import { setTimeout as pause } from 'node:timers/promises';
import { call, pathOf, type Session } from '../cluster/admission/session.ts';
import { callUnlessBusy } from '../cluster/admission/unless-busy.ts';
import { metric } from '../cluster/roles/pages.ts';
import { ADMITTED_NEED, listed, openAdmitted } from './admitted.ts';
import { readApiMetrics } from './api-metrics.ts';
import { demand, type Fault } from './contract.ts';
import { registerWebhook, startFixtureWebhook } from './fixture-webhook.ts';
import type { ReviewProxy } from './review-proxy.ts';

const OBJECTS = 6;
const MOST_WRITES = 6;
const QUIET_MS = 2000;
const MOST_TRIES = 4;
const FOUGHT = 'webhook_retry_count_total{stage="mutate",code="repeat"}';

export const mutationFought: Fault = {
  id: 'F17',
  title: 'the defaulting webhook fought by another and by a controller, and dry runs',
  needs: ADMITTED_NEED,
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const { plane, session, reviews } = await openAdmitted({ folder, ending });
    const [health = ''] = session.replicas.map((replica) => replica.health);
    const fought = async () => (await metric(health, FOUGHT)) || 0;

    const dryRuns = 4 + Math.floor(rng.uniform() * 4);
    for (let times = 0; times < dryRuns; times++) await create(session, 'dry', '?dryRun=All');
    const tried = (await call(session, pathOf('v2', 'dry'))).status;
    demand(tried === 404 && (await fought()) === 0, `${dryRuns} dry runs: it is there with ${tried}, or counted`);
    const stored = await create(session, 'dry');
    demand(stored.method?.name === 'auto', 'after dry runs it gets no method');
    demand(new Set(patchesOf(reviews, 'dry')).size === 1, 'a dry run was answered otherwise than the write');

    const loops: number[] = [];
    // A controller alone, and then one whose webhook takes the change back as well.
    loops.push(await applyUntilSame(session, `file-${Math.floor(rng.uniform() * 1000)}`));
    const fights = await startFixtureWebhook(plane, ({ object }) => ({
      allowed: true,
      ...(object?.spec !== undefined && 'method' in object.spec && { patch: [{ op: 'remove', path: '/spec/method' }] }),
    }));
    ending.defer(() => fights.stop());
    await registerWebhook(plane, fights, {
      ...{ name: 'zz-fights', kind: 'MutatingWebhookConfiguration', what: 'monitoring.my.company/anomalydetectors' },
      timeoutSeconds: 5,
    });
    await untilTwice(session, reviews);
    let made = 0;
    for (let index = 0; index < OBJECTS; index++) {
      const name = await createAsked(session, () => `fought-${made++}`);
      const patches = patchesOf(reviews, name);
      demand(patches.length === 2 && new Set(patches).size === 1, `${name}: ${patches.length} different patches`);
      loops.push(await applyUntilSame(session, name));
    }
    const counted = await fought();
    demand(counted >= 1 + OBJECTS, `${counted} fights were counted, of ${1 + OBJECTS}`);
    say(`writes until the file was left alone: ${loops.join(', ')}; ${counted} counted`);
    // Nobody answers anything by a write of his own.
    const asked = () => reviews.passed.filter(({ path }) => path.startsWith('/mutate')).length;
    const [before, calls] = [asked(), fights.calls];
    await pause(QUIET_MS);
    demand(asked() === before && fights.calls === calls, 'they go on by themselves');
    const items = await listed(session);
    return {
      broken: `${dryRuns} dry runs; a controller that applies its file until it is so, alone and, for ${OBJECTS} detectors, beside a webhook that takes the method away again; ${fights.calls} calls of that one`,
      seen: `asked twice for a write, the same patch twice; after ${Math.max(...loops)} writes at most the file stands as it is; ${counted} fights counted; no dry run left anything or was counted`,
      lost: made + 2 - items.length,
      doubled: 0,
    };
  },
};

interface Spec {
  readonly method?: { readonly name: string };
}

const SPEC = { selector: { app: 'cart' }, metricName: 'm' };

function objectOf(name: string) {
  return { apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector', metadata: { name }, spec: SPEC };
}

async function create(session: Session, name: string, query = ''): Promise<Spec> {
  const made = { method: 'POST', body: JSON.stringify(objectOf(name)) };
  const { status, body } = await callUnlessBusy(() => call(session, `${pathOf('v2')}${query}`, made));
  demand(status === 201, `${name}: ${status} ${body.message}`);
  return body.spec;
}

/** Until ours was asked in time, for which it has a second: a machine without processor time is passed over. The name. */
async function createAsked(session: Session, nameOf: () => string): Promise<string> {
  const passedOver = async () =>
    (await readApiMetrics(session.plane)).sum('apiserver_admission_webhook_fail_open_count', { name: /^defaults\./ });
  for (let tries = 1; ; tries++) {
    const [name, before] = [nameOf(), await passedOver()];
    await create(session, name);
    if (tries === MOST_TRIES || (await passedOver()) === before) return name;
  }
}

/** As a controller of files does: writes its file while what is stored says more than it. Resolves with how often. */
async function applyUntilSame(session: Session, name: string): Promise<number> {
  for (let writes = 1; ; writes++) {
    demand(writes <= MOST_WRITES, `${name}: still fought after ${writes} writes`);
    const known = await call(session, pathOf('v2', name));
    const isThere = known.status === 200;
    const { metadata, ...rest } = objectOf(name);
    const resourceVersion = isThere ? known.body.metadata.resourceVersion : undefined;
    const applied = {
      method: isThere ? 'PUT' : 'POST',
      body: JSON.stringify({ ...rest, metadata: { ...metadata, resourceVersion } }),
    };
    const path = isThere ? pathOf('v2', name) : pathOf('v2');
    const { status, body } = await callUnlessBusy(() => call(session, path, applied));
    demand(status === 200 || status === 201, `${name}: ${status} ${body.message}`);
    if ((body.spec as Spec).method === undefined) return writes;
  }
}

/**
 * Of each question about an object of this name, in their order: what was done about the spec, for its owner's finalizer is given
 * to a new object once.
 */
function patchesOf({ passed }: ReviewProxy, name: string): string[] {
  return passed
    .filter(({ path, asked }) => path.startsWith('/mutate') && asked.object?.metadata.name === name)
    .map(({ answered }) => specStepsIn(answered?.patch));
}

function specStepsIn(patch: string | undefined): string {
  if (patch === undefined) return '';
  const steps = JSON.parse(Buffer.from(patch, 'base64').toString()) as { path: string }[];
  return JSON.stringify(steps.filter(({ path }) => path.startsWith('/spec')));
}

/** The API server takes a moment to know a new webhook. */
async function untilTwice(session: Session, reviews: ReviewProxy): Promise<void> {
  for (let times = 0; times < 100; times++) {
    await create(session, `trial-${times}`, '?dryRun=All');
    if (patchesOf(reviews, `trial-${times}`).length === 2) return;
    await pause(100);
  }
  demand(false, 'the webhook that fights ours is not asked');
}
