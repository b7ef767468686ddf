// Admission on a real API server, under the account, rights and webhooks of install.yaml: what it refuses and writes out, both
// versions of an object, and certificates and authorities that are replaced while twenty writes a second go on.
import { isDeepStrictEqual } from 'node:util';
import { certificatesIn } from '#kit/certificates.ts';
import { CALLS } from '#kube/calls.ts';
import { readAuditLog } from '../parts/audit-log.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { type Load, servedBy, startLoad } from './admission/load.ts';
import {
  type AdmissionSuite,
  CRD,
  call,
  detector,
  install,
  openSession,
  pathOf,
  readBundles,
  replaceAuthority,
  SERVICE,
  type Session,
  SHOP,
  startMaker,
  startReplica,
  type Tests,
  WEBHOOKS,
} from './admission/session.ts';
import { manifestText } from './install-manifest.ts';
import { INSTALLED } from './kubelet.ts';

const GOOD = { selector: { app: 'cart' }, metricName: 'm' };
const WIDE = {
  targets: { matchLabels: { app: 'cart' } },
  metrics: [{ name: 'load', query: 'sum by (pod) (rate(x[5m]))' }],
};
const UNBOUNDED = { ...WIDE, metrics: [{ name: 'load', query: 'rate(x[5m])' }] };
const MERGE = { 'content-type': 'application/merge-patch+json' };
const LEAVES = 5;
const REPLACED = 4;

export async function run(suite: AdmissionSuite): Promise<void> {
  const session = await openSession(suite);
  try {
    for (const [name, test] of Object.entries(TESTS)) {
      try {
        const note = await test(session);
        suite.report(`admission: ${name}${typeof note === 'string' ? ` (${note})` : ''}`);
      } catch (error) {
        suite.report(`admission: ${name}`, new Error(`${(error as Error).message}\n${session.said()}`));
      }
    }
  } finally {
    await session.stop();
  }
}

const TESTS: Tests = {
  'before there are certificates it is alive, not ready, and only detectors are refused': async (session) => {
    const { plane, replicas, kubelet } = session;
    await install(session);
    await plane.kubectl(['create', 'namespace', SHOP]);
    await kubelet.start();
    for (const replica of replicas) await startReplica(session, replica);
    for (const { health } of replicas) {
      await waitUntil('it to wait', async () => {
        const reply = await fetch(`${health}/readyz`);
        return reply.status === 503 && (await reply.text()).includes('waits for certificates');
      });
      if (!(await fetch(`${health}/healthz`)).ok) throw new Error('it is not alive');
    }
    const { status, body } = await create(session, detector('early', GOOD));
    if (status !== 500 || !body.message.includes('failed calling webhook'))
      throw new Error(`${status} ${body.message}`);
    await plane.kubectl(['create', 'configmap', 'other', '-n', SHOP]);
  },
  'the first certificates fill all three bundles, and it is ready': async (session) => {
    await startMaker(session);
    for (const { health } of session.replicas) {
      await waitUntil('readiness', async () => {
        const reply = await fetch(`${health}/readyz`);
        if (reply.ok) return true;
        throw new Error(await reply.text());
      });
    }
    for (const bundle of await waitUntil('bundles', () => readBundles(session))) certificatesIn(bundle);
    await waitUntil(
      'a detector to be taken',
      async () => (await create(session, detector('first', GOOD))).status === 201,
    );
  },
  'what only it knows is refused with path and reason, also in a dry run, and by kubectl': async (session) => {
    for (const query of ['', '?dryRun=All']) {
      const { status, body } = await create(session, detector('wrong', UNBOUNDED), query);
      expectRefusal(status, body.message);
    }
    const told = await apply(session, detector('wrong', UNBOUNDED)).catch(String);
    expectRefusal(422, told);
    const { status } = await call(session, pathOf('v2', 'wrong'));
    if (status !== 404) throw new Error(`it is there: ${status}`);
  },
  'what it does not do yet is let in with a warning': async (session) => {
    const loud = detector('loud', { ...GOOD, execution: { mode: 'Stream' } });
    const told = await apply(session, loud, '--warnings-as-errors').catch(String);
    if (!told.includes('Warning: spec.execution.mode: Stream is not to be had in this version')) throw new Error(told);
    await get(session, 'v2', 'loud');
  },
  'a method that is not said is written out, again when it is taken away; a dry run leaves nothing': async (
    session,
  ) => {
    // It has a second to do so, and is passed over by a machine that has none.
    await waitUntil('the method in a dry run', async () => {
      const dry = await create(session, detector('bare', GOOD), '?dryRun=All');
      expectSame(dry.body.spec.method, { name: 'auto' }, 'method in a dry run');
      return true;
    });
    if ((await call(session, pathOf('v2', 'bare'))).status !== 404) throw new Error('a dry run made it');
    const { spec, metadata: made } = (await create(session, detector('bare', GOOD))).body;
    expectSame(spec.method, { name: 'auto' }, 'method');
    expectSame(made.finalizers, ['foregroundDeletion'], 'finalizers');
    const { metadata } = await get(session, 'v2', 'bare');
    const { name, resourceVersion } = metadata;
    const again = { ...detector(name, { ...GOOD, threshold: 4 }), metadata: { name, resourceVersion } };
    const put = await call(session, pathOf('v2', name), { method: 'PUT', body: JSON.stringify(again) });
    expectSame([put.status, put.body.spec.method], [200, { name: 'auto' }], 'after it was taken away');
  },
  'one that an earlier release let in takes labels, a status, and its end; its spec it takes when it is right': async (
    session,
  ) => {
    await withoutValidation(session, async () => {
      const { status, body } = await create(session, detector('old', UNBOUNDED));
      if (status !== 201) throw new Error(body.message);
    });
    await waitUntil('the webhook to be asked again', async () => {
      return (await create(session, detector('wrong', UNBOUNDED), '?dryRun=All')).status === 422;
    });
    const patch = (part: object, subresource = '') =>
      call(session, `${pathOf('v2', 'old')}${subresource}`, {
        ...{ method: 'PATCH', body: JSON.stringify(part), headers: MERGE },
      });
    const statuses = [
      await patch({ metadata: { labels: { a: 'b' } } }),
      await patch({ status: { monitoredPods: 1 } }, '/status'),
      await patch({ spec: { metrics: [{ name: 'load', query: 'rate(y[5m])' }] } }),
      await patch({ spec: WIDE }),
    ].map(({ status }) => status);
    expectSame(statuses, [200, 200, 422, 200], 'statuses');
    expectSame((await call(session, pathOf('v2', 'old'), { method: 'DELETE' })).status, 200, 'its end');
  },
  'a hundred are the same in both versions, written back in v1 they lose nothing': async (session) => {
    const names = Array.from({ length: 100 }, (_, index) => `both-${index}`);
    for (const [index, name] of names.entries()) {
      const { status, body } = await create(session, detector(name, index % 2 === 0 ? WIDE : GOOD));
      if (status !== 201) throw new Error(body.message);
    }
    const listed = async (version: 'v1' | 'v2') => {
      const { body } = await call(session, pathOf(version));
      return (body.items as Listed[]).filter(({ metadata }) => metadata.name.startsWith('both-'));
    };
    const [inV1, inV2] = [await listed('v1'), await listed('v2')];
    for (const [version, items] of Object.entries({ v1: inV1, v2: inV2 })) {
      expectSame(items.filter(({ apiVersion }) => apiVersion.endsWith(`/${version}`)).length, 100, version);
    }
    expectSame(
      inV1.map(({ metadata }) => metadata.uid),
      inV2.map(({ metadata }) => metadata.uid),
      'order',
    );
    for (const object of inV1.slice(0, 20)) {
      const body = JSON.stringify({ ...object, metadata: { ...object.metadata, labels: { written: 'back' } } });
      const { status, body: answer } = await call(session, pathOf('v1', object.metadata.name), { method: 'PUT', body });
      if (status !== 200) throw new Error(answer.message);
    }
    expectSame(
      (await listed('v2')).map(({ spec }) => spec),
      inV2.map(({ spec }) => spec),
      'specs',
    );
    const threshold = JSON.stringify({ spec: { threshold: 7 } });
    await call(session, pathOf('v1', 'both-0'), { method: 'PATCH', body: threshold, headers: MERGE });
    const { spec } = await get(session, 'v2', 'both-0');
    const before = inV2.find(({ metadata }) => metadata.name === 'both-0')?.spec;
    expectSame(spec, { ...before, threshold: 7 }, 'after a patch in v1');
  },
  'v1 carries nothing in that v2 would refuse': async (session) => {
    const { body: object } = await call(session, pathOf('v1', 'both-2'));
    const [key = '', note = ''] = Object.entries(object.metadata.annotations as Record<string, string>)[0] ?? [];
    object.metadata.annotations[key] = note.replaceAll('sum by (pod) (rate(x[5m]))', 'rate(x[5m])');
    const { status, body } = await call(session, pathOf('v1', 'both-2'), {
      ...{ method: 'PUT', body: JSON.stringify(object) },
    });
    expectRefusal(status, body.message);
  },
  'applied again, in either way, the bundles stay, and nothing changes': async (session) => {
    const { plane, manifests } = session;
    const generation = async () =>
      (await plane.kubectl(['get', `crd/${CRD}`, '-o=jsonpath={.metadata.generation}'])).trim();
    // An authority may come or go at just that moment; an apply that empties bundles does so each time.
    await waitUntil('nothing to change', async () => {
      const [before, was] = [await readBundles(session), await generation()];
      await install(session);
      expectSame([await readBundles(session), await generation()], [before, was], 'bundles and generation');
      await plane.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], manifestText(manifests));
      expectSame(await readBundles(session), before, 'bundles after a server-side apply');
      return true;
    });
  },
  'leaves and authorities are replaced under twenty writes a second, and none fails': (session) =>
    underLoad(session, 'renewed', async ({ leaves, issuers }) => {
      await waitUntil(`${LEAVES} leaves of two authorities`, () => leaves.size >= LEAVES && issuers.size >= 2, {
        timeoutMs: 180_000,
      });
    }),
  'also when a certificate comes together with an authority that nobody knows, it is trusted before it is served': (
    session,
  ) =>
    underLoad(session, 'replaced', async ({ issuers }) => {
      await waitUntil('what is served now', () => issuers.size > 0);
      for (let times = 0; times < REPLACED; times++) {
        const before = issuers.size;
        await replaceAuthority(session);
        await waitUntil('the next one to be served', () => issuers.size > before);
        // By both.
        await waitUntil('the others to go', async () => (await servedBy(session)).size === 1);
      }
    }),
  'its figures have no name in them, and say when its certificate ends': async ({ replicas }) => {
    const texts = await Promise.all(replicas.map(async ({ health }) => (await fetch(`${health}/metrics`)).text()));
    for (const text of texts) if (!/^cert_expiry_seconds \d/m.test(text)) throw new Error(text);
    // Which of the two is asked is the API server's to choose.
    for (const pattern of [
      /^webhook_duration_seconds_count\{stage="validate",outcome="done"\} [1-9]/m,
      /^webhook_duration_seconds_count\{stage="validate",outcome="refused"\} [1-9]/m,
      /^webhook_duration_seconds_count\{stage="mutate",outcome="done"\} [1-9]/m,
      /^conversion_duration_seconds_count\{outcome="done"\} [1-9]/m,
    ]) {
      if (!pattern.test(texts.join('\n'))) throw new Error(`no ${pattern} in ${texts.join('\n')}`);
    }
    const ours = texts
      .join('\n')
      .split('\n')
      .filter((line) => /^(webhook|conversion|spec)_/.test(line));
    if (/shop|both-|load-/.test(ours.join('\n'))) throw new Error(ours.join('\n'));
  },
  'its account was denied nothing, used every right, and may do nothing else': async ({ plane }) => {
    const user = `system:serviceaccount:${INSTALLED}:${SERVICE}`;
    const entries = (await readAuditLog(plane.auditLog)).filter((entry) => entry.user.username === user);
    const denied = entries.filter(({ responseStatus }) => [401, 403].includes(responseStatus?.code ?? 0));
    if (denied.length > 0) throw new Error(denied.map(({ verb, requestURI }) => `${verb} ${requestURI}`).join('\n'));
    const used = new Set(entries.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}/${objectRef?.name}`));
    const granted = [
      ...[CALLS.getValidating, CALLS.patchValidating, CALLS.getMutating, CALLS.patchMutating],
      ...[CALLS.getConversion, CALLS.patchConversion],
    ].flatMap(({ verb, resource, names = [] }) => names.map((name) => `${verb} ${resource}/${name}`));
    expectSame([...used].sort(), granted.sort(), 'rights');
    for (const what of [
      'patch crd/other',
      `delete crd/${CRD}`,
      'list secrets',
      'list pods',
      'create validatingwebhookconfigurations',
    ]) {
      const answer = await plane.kubectl(['auth', 'can-i', ...what.split(' '), `--as=${user}`]).catch(String);
      if (/^yes/m.test(answer)) throw new Error(`it may ${what}`);
    }
  },
};

/** Fails with the first write, or new connection, that did. */
async function underLoad(session: Session, name: string, work: (load: Load) => Promise<void>): Promise<string> {
  const load = startLoad(session, name);
  const beganMs = performance.now();
  await work(load).finally(() => load.stop());
  const { failures, writes, leaves } = load;
  if (failures.length > 0) throw new Error(`${failures.length} of ${writes} writes failed: ${failures[0]}`);
  return `${writes} writes in ${((performance.now() - beganMs) / 1000).toFixed(0)} s, ${leaves.size} leaves`;
}

interface Listed {
  readonly apiVersion: string;
  readonly metadata: { readonly name: string; readonly uid: string };
  readonly spec: object;
}

function create(session: Session, object: ReturnType<typeof detector>, query = '') {
  return call(session, `${pathOf('v2')}${query}`, { method: 'POST', body: JSON.stringify(object) });
}

async function get(session: Session, version: 'v1' | 'v2', name: string) {
  const { status, body } = await call(session, pathOf(version, name));
  if (status !== 200) throw new Error(`${name}: ${status} ${body.message}`);
  return body;
}

function apply({ plane }: Session, object: object, ...flags: string[]): Promise<string> {
  return plane.kubectl(['apply', '-n', SHOP, ...flags, '-f', '-'], JSON.stringify(object));
}

/** While nobody is asked what may be let in, as before there was such a rule. */
async function withoutValidation(session: Session, work: () => Promise<void>): Promise<void> {
  await session.plane.kubectl(['delete', 'validatingwebhookconfiguration', WEBHOOKS]);
  await waitUntil('it to be asked no more', async () => {
    return (await create(session, detector('wrong', UNBOUNDED), '?dryRun=All')).status === 201;
  });
  await work();
  await install(session);
}

function expectRefusal(status: number, message: string): void {
  const says = 'spec.metrics[0].query: the query has as many series as x: aggregate it';
  if (status !== 422 || !message.includes(says)) throw new Error(`${status} ${message}`);
}

function expectSame(got: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(got, expected)) return;
  throw new Error(`${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(got)}`);
}
