// The room kube against a real API server: a reflector that loses and doubles nothing while pods come and go and the
// server is killed, two leaders of which one writes, events that kubectl shows, and a refusal that names the right. The
// control plane must run without simulated nodes or with them; the namespace `kube-e2e` is this suite's own.
import { randomUUID } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { systemClock } from '../../src/kit/clock.ts';
import { createLog } from '../../src/kit/log.ts';
import type { KubeCredentials } from '../../src/kube/access.ts';
import { CALLS } from '../../src/kube/calls.ts';
import { createKubeClient } from '../../src/kube/client.ts';
import { readKubeAccess } from '../../src/kube/config.ts';
import type { EventNote, KubeClient, ReflectorListener } from '../../src/kube/contract.ts';
import { createEventRecorder } from '../../src/kube/event-recorder.ts';
import { createLeader } from '../../src/kube/leader.ts';
import { objectKey } from '../../src/kube/object-key.ts';
import { type PodRecord, toPod } from '../../src/kube/objects.ts';
import { createReflector } from '../../src/kube/reflector.ts';
import { rightsOf } from '../../src/kube/rights.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { waitUntil } from '../parts/wait-until.ts';

export interface KubeTests {
  readonly plane: ControlPlane;
  /** Called once for each test, in order; `error` is absent when it passed. */
  readonly report: (name: string, error?: Error) => void;
}

const NAMESPACE = 'kube-e2e';
const log = createLog('silent');
const random = () => Math.random();

/** Runs every test and returns how many failed. */
export async function run({ plane, report }: KubeTests): Promise<number> {
  await plane.kubectl(['create', 'namespace', NAMESPACE]);
  let failed = 0;
  for (const [name, test] of Object.entries(TESTS)) {
    const clients: KubeClient[] = [];
    try {
      await test(plane, async (kubeconfig = plane.kubeconfig) => {
        const access = await readKubeAccess({ kubeconfig, clock: systemClock });
        const client = createKubeClient(access, { clock: systemClock, log, userAgent: 'tidewatch/e2e' });
        clients.push(client);
        return client;
      });
      report(`kube: ${name}`);
    } catch (error) {
      failed++;
      report(`kube: ${name}`, error instanceof Error ? error : new Error(String(error)));
    } finally {
      for (const client of clients) await client.close();
    }
  }
  return failed;
}

type Test = (plane: ControlPlane, connect: (kubeconfig?: string) => Promise<KubeClient>) => Promise<void>;

const TESTS: Readonly<Record<string, Test>> = {
  'pods that come, change and go are heard, each once': async (plane, connect) => {
    const { reflector, wrong, heard } = await watchPods(await connect());
    try {
      for (let count = 0; count < 20; count++) await createPod(plane, `pod-${count}`);
      for (let count = 0; count < 20; count++) await labelPod(plane, `pod-${count}`, 'first');
      for (let count = 0; count < 10; count++) await deletePod(plane, `pod-${count}`);
      // The same name, another pod.
      await createPod(plane, 'pod-0');
      await untilEqual(plane, heard);
      expect(wrong.length === 0, wrong.join('; '));
      const { lists, watches, quarantined, listenerErrors, trouble } = reflector.status();
      const status = JSON.stringify({ lists, watches, quarantined, listenerErrors, trouble });
      expect(status === '{"lists":1,"watches":1,"quarantined":0,"listenerErrors":0}', status);
    } finally {
      await reflector.stop();
    }
  },

  'while the API server is killed and restarted, nothing is lost or doubled': async (plane, connect) => {
    const { reflector, wrong, heard } = await watchPods(await connect());
    try {
      for (const name of ['kept', 'changed', 'renewed']) await createPod(plane, name);
      await untilEqual(plane, heard);
      await plane.apiServer.kill();
      await waitUntil('the trouble to be said', () => reflector.status().trouble !== undefined);
      const { trouble = '' } = reflector.status();
      expect(trouble.includes('no answer from the API server'), trouble);
      await plane.apiServer.restart();
      // As fast as it can be, so that some of it is done before the watch is back.
      await labelPod(plane, 'changed', 'second');
      await deletePod(plane, 'renewed');
      await createPod(plane, 'renewed');
      await waitUntil('the watch to be back', () => reflector.status().trouble === undefined);
      await untilEqual(plane, heard);
      expect(wrong.length === 0, wrong.join('; '));
      expect(reflector.status().retries <= 20, `it tried ${reflector.status().retries} times`);
    } finally {
      await reflector.stop();
    }
  },

  'an API server that is frozen is noticed, and nothing is lost': async (plane, connect) => {
    const { reflector, wrong, heard } = await watchPods(await connect(), 4000);
    try {
      plane.apiServer.pause();
      await waitUntil('the silence to be noticed', () => /said nothing/.test(reflector.status().trouble ?? ''));
      plane.apiServer.resume();
      await createPod(plane, 'after-silence');
      await untilEqual(plane, heard);
      expect(wrong.length === 0, wrong.join('; '));
    } finally {
      plane.apiServer.resume();
      await reflector.stop();
    }
  },

  'a list in pages has every pod': async (plane, connect) => {
    const { reflector, heard } = await watchPods(await connect(), undefined, 7);
    await untilEqual(plane, heard);
    await reflector.stop();
  },

  'a version that the server does not know any more is noticed, and the list begun anew': async (plane, connect) => {
    const client = await connect();
    let watches = 0;
    const old: KubeClient = {
      ...client,
      stream: (call, target, request = {}) => {
        watches++;
        // The server was started anew since, and keeps nothing of before.
        const query = watches === 1 ? { ...request.query, resourceVersion: '2' } : { ...request.query };
        return client.stream(call, target, { ...request, query });
      },
    };
    const { reflector, heard, wrong } = await watchPods(old);
    try {
      await waitUntil('a second list', () => reflector.status().lists === 2);
      await createPod(plane, 'after-compaction');
      await untilEqual(plane, heard);
      expect(wrong.length === 0, wrong.join('; '));
    } finally {
      await reflector.stop();
    }
  },

  'of two leaders one leads; when it is frozen, the other does within 25 s and under a higher epoch': async (
    plane,
    connect,
  ) => {
    await plane.kubectl(['delete', 'lease', 'tidewatch-operator', '-n', NAMESPACE, '--ignore-not-found']);
    const frozen = freezable(await connect());
    const first = await makeLeader(frozen.client, 'first');
    const second = await makeLeader(await connect(), 'second');
    try {
      first.start();
      await waitUntil('the first to lead', () => first.epoch !== undefined);
      second.start();
      await waitUntil('the second to see it', () => second.holder === 'first');
      const epoch = first.epoch ?? 0;
      expect(second.epoch === undefined, 'both lead');
      const sinceMs = performance.now();
      frozen.freeze();
      let both = false;
      const next = await waitUntil(
        'the second to lead',
        () => {
          both ||= first.epoch !== undefined && second.epoch !== undefined;
          return second.epoch;
        },
        { timeoutMs: 25_000 },
      );
      const tookMs = performance.now() - sinceMs;
      expect(!both, 'both led at once');
      expect(next > epoch, `the epoch went from ${epoch} to ${next}`);
      expect(tookMs > 10_000, `it took over after ${tookMs} ms, from one who still held its lease`);
      frozen.thaw();
      await waitUntil('the first to see who leads', () => first.holder === 'second');
      expect(first.epoch === undefined, 'the first still leads');

      const releasedMs = performance.now();
      await second.stop();
      await waitUntil('the first to lead again', () => first.epoch !== undefined, { timeoutMs: 8000 });
      const tookAfterRelease = performance.now() - releasedMs;
      expect(tookAfterRelease < 5000, `it took ${tookAfterRelease} ms to follow one who had given up`);
      expect((first.epoch ?? 0) > next, 'the epoch did not grow');
    } finally {
      await first.stop();
      await second.stop();
    }
    const lease = JSON.parse(
      await plane.kubectl(['get', 'lease', 'tidewatch-operator', '-n', NAMESPACE, '-o', 'json']),
    );
    expect(!lease.spec.holderIdentity, 'the lease was not released');
  },

  'an event is shown by kubectl, and counts what comes again': async (plane, connect) => {
    const recorder = createEventRecorder({
      ...{ client: await connect(), clock: systemClock, random, log, controller: 'tidewatch', instance: 'e2e' },
    });
    const name = 'cart-latency';
    const kind = { apiVersion: 'monitoring.my.company/v2', kind: 'AnomalyDetector' };
    const note: EventNote = {
      regarding: { ...kind, namespace: NAMESPACE, name, uid: randomUUID() },
      ...{ type: 'Warning', reason: 'AnomalyFound', action: 'Analyse', note: 'pod-1 is at 9 sigma' },
    };
    const events = async () => {
      const query = ['get', 'events.events.k8s.io', '-n', NAMESPACE, '-o', 'json'];
      const { items } = JSON.parse(await plane.kubectl(query)) as {
        items: { reason: string; note: string; series?: { count: number }; regarding: { name: string } }[];
      };
      return items.filter((item) => item.regarding.name === name);
    };
    recorder.record(note);
    await waitUntil('the event', async () => (await events())[0]?.note === note.note);
    for (let count = 0; count < 4; count++) recorder.record(note);
    await waitUntil('its series', async () => (await events())[0]?.series?.count === 5);
    recorder.record(note);
    await recorder.stop();
    const found = await events();
    expect(found.length === 1 && found[0]?.series?.count === 6, JSON.stringify(found));
    expect(recorder.dropped === 0, `${recorder.dropped} were dropped`);
    const described = await plane.kubectl(['get', 'events', '-n', NAMESPACE]);
    expect(described.includes('AnomalyFound'), described);
  },

  'an account without rights is told which one it lacks': async (plane, connect) => {
    await plane.kubectl(['create', 'serviceaccount', 'nobody', '-n', NAMESPACE]);
    const client = await connect(await plane.kubeconfigFor({ namespace: NAMESPACE, serviceAccount: 'nobody' }));
    const sentenceOf = (call: Promise<unknown>) =>
      call.then(
        () => 'it was allowed',
        (error: Error) => error.message,
      );
    const who = `system:serviceaccount:${NAMESPACE}:nobody`;
    const listing = await sentenceOf(client.request(CALLS.listPods, {}));
    const wanted =
      `${who} may not list pods: it needs the right "list" on "pods" of the core group in all namespaces. ` +
      'Grant it with: kubectl create clusterrole tidewatch-list-pods-nobody --verb=list --resource=pods && kubectl create ' +
      `clusterrolebinding tidewatch-list-pods-nobody --clusterrole=tidewatch-list-pods-nobody --user=${who}. ` +
      `See it with: kubectl auth can-i list pods --all-namespaces --as=${who}`;
    expect(listing === wanted, listing);
    const sentences = [
      listing,
      await sentenceOf(client.request(CALLS.getLease, { namespace: NAMESPACE, name: 'tidewatch-operator' })),
      await sentenceOf(client.request(CALLS.createEvent, { namespace: NAMESPACE }, { body: {} })),
      await sentenceOf(client.request(CALLS.proxyPrometheus, { namespace: NAMESPACE, name: 'p:80', path: '/x' })),
      await sentenceOf(client.request(CALLS.getCrd, { name: 'x.y.z' })),
    ];
    const commands = sentences.map((sentence) => {
      const command = /See it with: kubectl (.*)$/.exec(sentence)?.[1];
      expect(command !== undefined, sentence);
      return command.split(' ');
    });
    const isAllowed = (command: string[]) =>
      plane.kubectl(command).then(
        (answer) => answer.trim() === 'yes',
        () => false,
      );
    // The commands say no, and yes as soon as the account has the rights that follow from the calls.
    for (const command of commands) expect(!(await isAllowed(command)), `"kubectl ${command.join(' ')}" says yes`);
    await grant(plane, 'nobody');
    for (const command of commands) {
      await waitUntil(`"kubectl ${command.join(' ')}" to say yes`, () => isAllowed(command), { timeoutMs: 10_000 });
    }
    await client.request(CALLS.listPods, {});
    const secrets = ['auth', 'can-i', 'list', 'secrets', '--all-namespaces', `--as=${who}`];
    expect(!(await isAllowed(secrets)), 'the rights allow more than the calls');
  },

  'a token that is not known, and a certificate that is not trusted, are told so': async (plane) => {
    const access = await readKubeAccess({ kubeconfig: plane.kubeconfig, clock: systemClock });
    const failureBy = async (change: Partial<KubeCredentials>) => {
      const credentials = async () => ({ ...(await access.credentials()), ...change });
      const options = { clock: systemClock, log, userAgent: 'tidewatch/e2e' };
      const client = createKubeClient({ ...access, credentials }, options);
      const error = await client.request(CALLS.listPods, {}).catch((reason: Error) => reason);
      await client.close();
      return String(error);
    };
    const unknown = await failureBy({ headers: { authorization: 'Bearer wrong' } });
    expect(unknown.includes('does not know who asks (401') && unknown.includes('log in again'), unknown);
    const foreign = await failureBy({ ca: rootCertificates[0] ?? '' });
    expect(foreign.includes('is not trusted') && foreign.includes('certificate-authority'), foreign);
  },
};

function expect(isSo: boolean, otherwise: string): asserts isSo {
  if (!isSo) throw new Error(otherwise);
}

/** A reflector of this suite's pods, what its listeners heard, and what they should not have. */
async function watchPods(client: KubeClient, idleMs?: number, pageSize?: number) {
  const heard = new Map<string, PodRecord>();
  const wrong: string[] = [];
  const keyOf = ({ namespace, name }: PodRecord) => objectKey(namespace, name);
  const listener: ReflectorListener<PodRecord> = {
    added: (pod) => {
      if (heard.has(keyOf(pod))) wrong.push(`${pod.name} was added twice`);
      heard.set(keyOf(pod), pod);
    },
    updated: (pod, before) => {
      if (heard.get(keyOf(pod))?.uid !== pod.uid) wrong.push(`${pod.name} was updated before it was added`);
      if (pod.resourceVersion === before.resourceVersion) wrong.push(`${pod.name} was updated twice`);
      heard.set(keyOf(pod), pod);
    },
    deleted: (pod) => {
      if (!heard.delete(keyOf(pod))) wrong.push(`${pod.name} was deleted twice`);
    },
  };
  const reflector = createReflector({
    ...{ client, list: CALLS.listPods, watch: CALLS.watchPods, target: { namespace: NAMESPACE }, project: toPod },
    ...{ listeners: [listener], clock: systemClock, random, log },
    ...(idleMs === undefined ? {} : { idleMs }),
    ...(pageSize === undefined ? {} : { pageSize }),
  });
  reflector.start();
  await reflector.synced(AbortSignal.timeout(30_000));
  return { reflector, heard, wrong };
}

async function untilEqual(plane: ControlPlane, heard: ReadonlyMap<string, PodRecord>): Promise<void> {
  await waitUntil('what was heard to be what is there', async () => {
    const { text } = await plane.request(`/api/v1/namespaces/${NAMESPACE}/pods`);
    const { items } = JSON.parse(text) as { items: { metadata: { uid: string; resourceVersion: string } }[] };
    const there = items.map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`).sort();
    const known = [...heard.values()].map(({ uid, resourceVersion }) => `${uid} ${resourceVersion}`).sort();
    if (there.join() !== known.join()) throw new Error(`there are ${there.length} pods, ${known.length} are known`);
    return true;
  });
}

const pods = `/api/v1/namespaces/${NAMESPACE}/pods`;

async function send(
  plane: ControlPlane,
  path: string,
  method: string,
  body: unknown,
  contentType = 'application/json',
) {
  const headers = { 'content-type': contentType };
  const { status, text } = await plane.request(path, { method, body: JSON.stringify(body), headers });
  if (status > 299) throw new Error(`${method} ${path} was answered with ${status}: ${text}`);
}

async function createPod(plane: ControlPlane, name: string): Promise<void> {
  // No scheduler of that name will ever come.
  const spec = { schedulerName: 'nobody', containers: [{ name: 'main', image: 'none' }] };
  await send(plane, pods, 'POST', { kind: 'Pod', apiVersion: 'v1', metadata: { name }, spec });
}

async function labelPod(plane: ControlPlane, name: string, label: string): Promise<void> {
  const body = { metadata: { labels: { label } } };
  await send(plane, `${pods}/${name}`, 'PATCH', body, 'application/merge-patch+json');
}

async function deletePod(plane: ControlPlane, name: string): Promise<void> {
  await send(plane, `${pods}/${name}`, 'DELETE', { gracePeriodSeconds: 0 });
}

/** What the operator and the installer may do. */
async function grant(plane: ControlPlane, account: string): Promise<void> {
  const rights = [rightsOf('operator'), rightsOf('installer')];
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace: NAMESPACE }];
  const apiGroup = 'rbac.authorization.k8s.io';
  const roles = (['cluster', 'namespace'] as const).flatMap((scope) => {
    const kind = scope === 'cluster' ? 'ClusterRole' : 'Role';
    const metadata = { name: 'kube-e2e', ...(scope === 'cluster' ? {} : { namespace: NAMESPACE }) };
    const common = { apiVersion: `${apiGroup}/v1`, metadata };
    return [
      { ...common, kind, rules: rights.flatMap((one) => one[scope]) },
      { ...common, kind: `${kind}Binding`, roleRef: { apiGroup, kind, name: metadata.name }, subjects },
    ];
  });
  await plane.kubectl(['apply', '-f', '-'], JSON.stringify({ apiVersion: 'v1', kind: 'List', items: roles }));
}

async function makeLeader(client: KubeClient, identity: string) {
  return createLeader({ client, namespace: NAMESPACE, identity, clock: systemClock, random, log });
}

/** A client whose requests wait for as long as it is frozen, as those of a process that is stopped. */
function freezable(client: KubeClient) {
  let thawed = Promise.withResolvers<void>();
  thawed.resolve();
  return {
    client: {
      ...client,
      request: async <T>(...request: Parameters<KubeClient['request']>) => {
        await thawed.promise;
        return client.request<T>(...request);
      },
    } satisfies KubeClient,
    freeze: () => {
      thawed = Promise.withResolvers();
    },
    thaw: () => thawed.resolve(),
  };
}
