// Somebody else's webhook, which a cluster has beside ours: an HTTPS server of this process, under a certificate of its own
// authority, that a Service of another namespace leads to.
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { makeAuthority, makeLeaf } from '#app/certificates/issue.ts';
import type { ControlPlane } from '../parts/control-plane.ts';
import type { Asked } from './review-proxy.ts';

export interface FixtureAnswer {
  readonly allowed: boolean;
  readonly message?: string;
  readonly patch?: readonly object[];
}

/** `gone` ends when the API server waits no more. */
export type FixtureHandler = (asked: Asked, gone: AbortSignal) => Promise<FixtureAnswer> | FixtureAnswer;

export interface FixtureWebhook {
  /** Of a webhook in a configuration. */
  readonly clientConfig: object;
  readonly calls: number;
  stop(): Promise<void>;
}

const NAMESPACE = 'fixture';
const SERVICE = 'tidewatch-admission';
const HOUR_MS = 3_600_000;

export async function startFixtureWebhook(plane: ControlPlane, handle: FixtureHandler): Promise<FixtureWebhook> {
  const period = { nowMs: Date.now(), endMs: Date.now() + HOUR_MS };
  const authority = await makeAuthority(NAMESPACE, period);
  const { certificate: cert, key } = await makeLeaf('admission', NAMESPACE, authority, period);
  let calls = 0;
  const server = createServer({ cert, key }, (incoming, outgoing) => {
    calls++;
    answer(incoming, outgoing, handle).catch(() => outgoing.destroy());
  });
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const service = { spec: { type: 'ExternalName', externalName: 'localhost' } };
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'Service', metadata: { name: SERVICE, namespace: NAMESPACE }, ...service },
  ];
  await plane.kubectl(['apply', '-f', '-'], objects.map((one) => JSON.stringify(one)).join('\n---\n'));
  return {
    clientConfig: {
      service: { namespace: NAMESPACE, name: SERVICE, port, path: '/' },
      caBundle: Buffer.from(authority.certificate).toString('base64'),
    },
    get calls() {
      return calls;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function answer(incoming: IncomingMessage, outgoing: ServerResponse, handle: FixtureHandler): Promise<void> {
  const gone = new AbortController();
  outgoing.on('close', () => gone.abort());
  const { request } = JSON.parse(await readText(incoming)) as { readonly request: Asked };
  const { allowed, message, patch } = await handle(request, gone.signal);
  const response = {
    ...{ uid: request.uid, allowed },
    ...(message !== undefined && { status: { code: 403, message } }),
    ...(patch !== undefined && {
      ...{ patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') },
    }),
  };
  outgoing.writeHead(200, { 'content-type': 'application/json' });
  outgoing.end(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', response }));
}

export interface FixtureRule {
  readonly name: string;
  readonly kind: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration';
  /** `group/resource`. */
  readonly what: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
}

/** Has the API server ask it. The name's place in the alphabet is its turn. */
export async function registerWebhook(plane: ControlPlane, { clientConfig }: FixtureWebhook, rule: FixtureRule) {
  const [group = '', resource = ''] = rule.what.split('/');
  const operations = ['CREATE', 'UPDATE'];
  const webhook = {
    ...{ name: `${rule.name}.fixture.example.org`, clientConfig, sideEffects: 'None', admissionReviewVersions: ['v1'] },
    ...{ failurePolicy: 'Fail', timeoutSeconds: rule.timeoutSeconds ?? 1 },
    rules: [{ apiGroups: [group], apiVersions: ['*'], operations, resources: [resource] }],
    ...(rule.labels !== undefined && { objectSelector: { matchLabels: rule.labels } }),
  };
  const configuration = {
    ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind: rule.kind, metadata: { name: rule.name } },
    webhooks: [webhook],
  };
  await plane.kubectl(['apply', '-f', '-'], JSON.stringify(configuration));
}
