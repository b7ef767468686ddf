// F18: rules become stricter than what is there already, while an operator works: in the definition's schema, and in somebody's
// policy about statuses. Then the old version's objects are stored in the new one, and the old version is dropped. Statuses
// are written wherever they may be, a refusal is no loop, and no object is lost on the way.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ALGORITHMS } from '#detect/index.ts';
import { crdOf } from '#resource/crd.ts';
import { kindsOf } from '#resource/kinds.ts';
import { CRD, call, pathOf, type Session } from '../cluster/admission/session.ts';
import { callUnlessBusy } from '../cluster/admission/unless-busy.ts';
import { beginRun } from '../cluster/live-run.ts';
import { tidewatch } from '../fixtures/command.ts';
import { readAuditLog } from '../parts/audit-log.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import { callJson } from '../parts/http-call.ts';
import { waitUntil } from '../parts/wait-until.ts';
import { ADMITTED_NEED, detectorOf, listed, openAdmitted } from './admitted.ts';
import { demand, type Fault } from './contract.ts';

const OBJECTS = 8;
const GROUP = 'monitoring.my.company';
/** What the stricter rules let in at most; older ones have more. */
const STRICT = 5;
/** Identical refusals of a detector, after which it is left alone; and one that was on its way. */
const MOST_REFUSED = 4;
const QUIET_MS = 5000;
const MERGE = { 'content-type': 'application/merge-patch+json' };
const JSON_PATCH = { 'content-type': 'application/json-patch+json' };
const CRD_PATH = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${CRD}`;
const POLICY = 'strict-statuses';

export const rulesTightened: Fault = {
  id: 'F18',
  title: 'rules tightened over older objects; a version added, migrated, dropped',
  needs: ADMITTED_NEED,
  async run({ rng, folder, say }) {
    await using ending = new AsyncDisposableStack();
    const names = Array.from({ length: OBJECTS }, (_, index) => `old-${index}`);
    const thresholds = new Map(names.map((name) => [name, STRICT + 1 + Math.floor(rng.uniform() * 20)]));
    const before = (plane: ControlPlane) => installOnlyV1(plane, thresholds);
    const { plane, session } = await openAdmitted({ folder, ending, audit: true, before });
    demand((await storedVersions(session)).join() === 'v1,v2', 'both versions should be stored');
    const data = join(folder, 'data');
    const running = await beginRun(['--install', '--kubeconfig', plane.kubeconfig, '--data', data]);
    ending.defer(() => running.stop());
    await untilStates(session, names, 'NoPodsFound');

    await tightenSchema(session);
    const tooHigh = JSON.stringify(detectorOf('new', 'v2', 'shop', { threshold: STRICT + 1 }));
    const newer = await callUnlessBusy(() => call(session, pathOf('v2'), { method: 'POST', body: tooHigh }));
    demand(newer.status === 422, `a new one that breaks the rule: ${newer.status} ${newer.body.message}`);
    // What was there before takes statuses, and changes of what the rule is not about.
    await createPods(plane, 1);
    await untilStates(session, names, 'Error', 'AwaitingMetrics');
    const label = JSON.stringify({ metadata: { labels: { a: 'b' } }, spec: { metricName: 'other' } });
    const edited = await callUnlessBusy(() =>
      call(session, pathOf('v2', 'old-0'), { method: 'PATCH', body: label, headers: MERGE }),
    );
    demand(edited.status === 200, `an older one takes no change: ${edited.status} ${edited.body.message}`);

    const refused = await refuseStatuses(session, names);
    say(`refused statuses by detector: ${[...refused.values()].join(', ')}`);
    // Whom the policy is about changes what it is about: then its status is written again.
    await plane.kubectl(['delete', 'validatingadmissionpolicybinding,validatingadmissionpolicy', POLICY]);
    for (const name of names) {
      const body = JSON.stringify({ spec: { threshold: STRICT - 1 } });
      const patch = { method: 'PATCH', body, headers: MERGE };
      const { status, body: told } = await callUnlessBusy(() => call(session, pathOf('v2', name), patch));
      demand(status === 200, `${name} cannot be mended: ${status} ${told.message}`);
      thresholds.set(name, STRICT - 1);
    }
    await untilCurrent(session, names);

    const migrated = await tidewatch(['migrate', '--kubeconfig', plane.kubeconfig]);
    demand(migrated.code === 0 && migrated.stdout.includes('→ v2'), `${migrated.stdout}${migrated.stderr}`);
    demand((await storedVersions(session)).join() === 'v2', 'the old version is still in storedVersions');
    const stored = await storedIn(plane);
    demand(
      stored.every((version) => version === `${GROUP}/v2`),
      `stored as ${[...new Set(stored)]}`,
    );
    await dropV1(session);
    await deletePods(plane);
    await untilStates(session, names, 'NoPodsFound');
    const items = await listed<Listed>(session);
    const kept = new Map(items.map(({ metadata, spec }) => [metadata.name, spec.threshold]));
    return {
      broken: `${OBJECTS} detectors of a cluster that only knew v1; a schema and a policy about statuses that they break; v2 added, \`tidewatch migrate\`, v1 dropped`,
      seen: `statuses pass under the stricter schema; under the policy at most ${Math.max(...refused.values())} tries of a detector's, then an event "Rejected" and none in ${QUIET_MS / 1000} s, and again once it was mended; storedVersions v1, v2 → v2, all ${stored.length} in etcd as v2; statuses go on without v1`,
      lost: names.filter((name) => kept.get(name) !== thresholds.get(name)).length,
      doubled: kept.size - names.length,
    };
  },
};

interface Listed {
  readonly metadata: { readonly name: string; readonly generation: number };
  readonly spec: { readonly threshold: number };
  readonly status?: { readonly state?: string; readonly observedGeneration?: number };
}

/** As a release left it that knew nothing of v2. */
async function installOnlyV1(plane: ControlPlane, thresholds: ReadonlyMap<string, number>): Promise<void> {
  const [kind] = kindsOf(ALGORITHMS);
  demand(kind !== undefined, 'there is no kind');
  const crd = crdOf(kind, { group: GROUP });
  const [v1] = crd.spec.versions;
  const spec = { ...crd.spec, versions: [{ ...v1, storage: true }] };
  await plane.kubectl(['create', '-f', '-'], JSON.stringify({ ...crd, spec }));
  await plane.kubectl(['wait', '--for=condition=Established', `crd/${CRD}`]);
  await waitUntil('v1 to be served', async () => (await plane.request(pathOf('v1'))).status === 200);
  for (const [name, threshold] of thresholds) {
    const body = JSON.stringify(detectorOf(name, 'v1', 'shop', { threshold }));
    const { status, text } = await plane.request(pathOf('v1'), { method: 'POST', body });
    demand(status === 201, `${name}: ${status} ${text}`);
  }
}

async function storedVersions(session: Session): Promise<readonly string[]> {
  return (await call(session, CRD_PATH)).body.status.storedVersions;
}

async function patchCrd(session: Session, steps: readonly object[]): Promise<void> {
  const { status, body } = await call(session, CRD_PATH, {
    ...{ method: 'PATCH', body: JSON.stringify(steps), headers: JSON_PATCH },
  });
  demand(status === 200, `the definition was not changed: ${status} ${body.message}`);
}

async function tightenSchema(session: Session): Promise<void> {
  const path = (version: number) =>
    `/spec/versions/${version}/schema/openAPIV3Schema/properties/spec/properties/threshold/maximum`;
  await patchCrd(
    session,
    [0, 1].map((version) => ({ op: 'replace', path: path(version), value: STRICT })),
  );
  const body = JSON.stringify(detectorOf('strict', 'v2', 'shop', { threshold: STRICT + 1 }));
  await waitUntil('the stricter schema to hold', async () => {
    return (await call(session, `${pathOf('v2')}?dryRun=All`, { method: 'POST', body })).status === 422;
  });
}

async function dropV1(session: Session): Promise<void> {
  await patchCrd(session, [
    { op: 'test', path: '/spec/versions/0/name', value: 'v1' },
    { op: 'remove', path: '/spec/versions/0' },
    { op: 'replace', path: '/spec/conversion', value: { strategy: 'None' } },
  ]);
  await waitUntil('v1 to be gone', async () => (await session.plane.request(pathOf('v1'))).status === 404);
}

async function createPods({ request }: ControlPlane, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const metadata = { generateName: 'cart-', labels: { app: 'cart' } };
    const body = JSON.stringify({ metadata, spec: { containers: [{ name: 'main', image: 'none' }] } });
    const { status, text } = await request('/api/v1/namespaces/shop/pods', { method: 'POST', body });
    demand(status === 201, text);
  }
}

async function deletePods({ request }: ControlPlane): Promise<void> {
  const { status, text } = await request('/api/v1/namespaces/shop/pods?gracePeriodSeconds=0', { method: 'DELETE' });
  demand(status === 200, text);
}

async function untilStates(session: Session, names: readonly string[], ...states: string[]): Promise<void> {
  await untilAll(session, names, `the states ${states.join(' or ')}`, ({ status }) =>
    states.includes(status?.state ?? ''),
  );
}

/** Each has a status of its spec as it is. */
async function untilCurrent(session: Session, names: readonly string[]): Promise<void> {
  await untilAll(
    session,
    names,
    'statuses of the newest specs',
    ({ metadata, status }) => status?.observedGeneration === metadata.generation,
  );
}

async function untilAll(
  session: Session,
  names: readonly string[],
  what: string,
  isSo: (one: Listed) => boolean,
): Promise<void> {
  await waitUntil(
    what,
    async () => {
      const { items } = (await call(session, pathOf('v2'))).body as { items: Listed[] };
      const others = items.filter((one) => names.includes(one.metadata.name) && !isSo(one));
      if (others.length > 0) throw new Error(JSON.stringify(others[0]?.status));
      return true;
    },
    { timeoutMs: 40_000, everyMs: 200 },
  );
}

/** A policy that lets no status of theirs pass, and pods that change it again and again: how often each was tried. */
async function refuseStatuses(session: Session, names: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { plane } = session;
  await plane.kubectl(['apply', '-f', '-'], policyText());
  const patch = { method: 'PATCH', body: JSON.stringify({ status: { monitoredPods: 7 } }), headers: MERGE };
  await waitUntil('the policy to hold', async () => {
    return (await call(session, `${pathOf('v2', 'old-0')}/status?dryRun=All`, patch)).status === 422;
  });
  const told = async () => {
    const events = (await call(session, '/apis/events.k8s.io/v1/namespaces/shop/events')).body.items as {
      readonly reason: string;
      readonly regarding: { readonly name: string };
    }[];
    return new Set(events.filter(({ reason }) => reason === 'Rejected').map(({ regarding }) => regarding.name));
  };
  await waitUntil(
    'an event for each',
    async () => {
      await deletePods(plane);
      await pause(1500);
      await createPods(plane, 1);
      await pause(1500);
      const [events, tries] = [await told(), await triesOf(plane)];
      if (events.size === names.length) return true;
      throw new Error(`${events.size} events, tries ${[...tries.values()].join(', ')}`);
    },
    { timeoutMs: 60_000 },
  );
  const after = await triesOf(plane);
  await createPods(plane, 1);
  await pause(QUIET_MS);
  const later = await triesOf(plane);
  const more = names.filter((name) => later.get(name) !== after.get(name));
  demand(more.length === 0, `${more.join(', ')}: tried again after it was given up`);
  for (const [name, tries] of later) demand(tries <= MOST_REFUSED, `${name} was tried ${tries} times`);
  return later;
}

function policyText(): string {
  const spec = {
    failurePolicy: 'Fail',
    matchConstraints: {
      resourceRules: [
        { apiGroups: [GROUP], apiVersions: ['*'], operations: ['UPDATE'], resources: ['anomalydetectors/status'] },
      ],
    },
    validations: [{ expression: `object.spec.threshold <= ${STRICT}`, message: 'its threshold is too high' }],
  };
  const binding = { policyName: POLICY, validationActions: ['Deny'] };
  const apiVersion = 'admissionregistration.k8s.io/v1';
  return [
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata: { name: POLICY }, spec },
    { apiVersion, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: POLICY }, spec: binding },
  ]
    .map((one) => JSON.stringify(one))
    .join('\n---\n');
}

/** Refused writes of a status by the operator, by the detector's name. */
async function triesOf({ auditLog }: ControlPlane): Promise<ReadonlyMap<string, number>> {
  const tries = new Map<string, number>();
  for (const { verb, objectRef, userAgent = '', responseStatus } of await readAuditLog(auditLog)) {
    if (verb !== 'patch' || objectRef?.subresource !== 'status' || !userAgent.startsWith('tidewatch/')) continue;
    if (objectRef.resource !== 'anomalydetectors' || (responseStatus?.code ?? 0) < 400) continue;
    if (responseStatus?.code === 409) continue;
    const { name = '' } = objectRef;
    tries.set(name, (tries.get(name) ?? 0) + 1);
  }
  return tries;
}

/** The version in which each object lies in etcd. */
async function storedIn({ etcdUrl }: ControlPlane): Promise<readonly string[]> {
  const prefix = `/registry/${GROUP}/anomalydetectors/`;
  const [key, range_end] = [prefix, `${prefix.slice(0, -1)}0`].map((text) => Buffer.from(text).toString('base64'));
  const body = JSON.stringify({ key, range_end });
  const { kvs = [] } = await callJson<{ kvs?: { value: string }[] }>(`${etcdUrl}/v3/kv/range`, {
    method: 'POST',
    body,
  });
  return kvs.map(
    ({ value }) => (JSON.parse(Buffer.from(value, 'base64').toString()) as { apiVersion: string }).apiVersion,
  );
}
