import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#kit/clock.ts';
import { AppError } from '#kit/errors.ts';
import { createKubeClient } from '#kube/client.ts';
import type { KubeClient } from '#kube/contract.ts';
import { answerJson, startTestHttp, type TestHttp } from '#kube/test-http.ts';
import { createTestLog } from '#kube/test-log.ts';
import { callsOf, withAllMissing } from './missing-rights.ts';

let http: TestHttp;
let client: KubeClient;
/** Asks about these are answered with a no: `verb resource`. */
let denied: string[] = [];
beforeEach(async () => {
  http = await startTestHttp();
  http.answer = (response, { body }) => {
    const { verb, resource, subresource } = JSON.parse(body).spec.resourceAttributes;
    const asked = `${verb} ${resource}${subresource === undefined ? '' : `/${subresource}`}`;
    answerJson(201, { status: { allowed: !denied.includes(asked) } })(response);
  };
  client = createKubeClient(http.access, { clock: systemClock, log: createTestLog().log, userAgent: 'test' });
});
afterEach(async () => {
  await client.close();
  await http.stop();
});

const refusal = new AppError('forbidden', 'system:serviceaccount:a:me may not list pods: it needs …');
const all = (namespace = 'default') => ({
  calls: callsOf(['observer', 'operator', 'installer'], { isProxied: true }),
  namespace,
});

test('all rights that are missing are told at once, each with the commands that grant it', async () => {
  denied = ['list pods', 'watch pods', 'get services/proxy', 'get namespaces', 'create leases', 'create events'];
  const error = (await withAllMissing(refusal, client, all('ops'))) as AppError;
  expect(error.code).toBe('forbidden');
  const lines = error.message.split('\n');
  expect(lines).toContain('  list, watch pods');
  expect(lines).toContain('  get namespaces "kube-system"');
  expect(lines).toContain('  create leases (coordination.k8s.io) in ops');
  expect(error.message).toContain(
    '--verb=get --resource=namespaces --resource-name=kube-system\n  kubectl create clusterrolebinding tidewatch-me-',
  );
  expect(error.message).toMatch(
    /kubectl create role tidewatch-me-\d --verb=create --resource=leases.coordination.k8s.io -n ops/,
  );
  expect(error.message).not.toMatch(/services\b(?!\/proxy)/);
});

test('the group of the detectors is the one that was chosen', async () => {
  await withAllMissing(refusal, client, { ...all(), group: 'watch.example.org' });
  const groups = http.seen.map(({ body }) => JSON.parse(body).spec.resourceAttributes.group);
  expect(groups).toContain('watch.example.org');
  expect(groups).not.toContain('monitoring.my.company');
});

test('an error of another kind, and one for which nothing else is missing, stays what it is', async () => {
  denied = [];
  expect(await withAllMissing(refusal, client, all())).toBe(refusal);
  const unknown = new AppError('forbidden', 'the API server at x does not know who asks (401, list pods)');
  expect(await withAllMissing(unknown, client, all())).toBe(unknown);
  expect(http.seen.length).toBeGreaterThan(10);
});
