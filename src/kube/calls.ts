// Every call that Tidewatch makes of the API server, once: the client takes no other, and the accounts' rights are
// generated from this table (`tidewatch manifests`). A line that nobody uses any more is a right too many: an end-to-end
// test compares the table with the API server's audit log.
import { DEFAULT_GROUP } from '#model/api-group.ts';
import type { KubeCall, KubeRole, KubeVerb } from './contract.ts';

export const DETECTOR_GROUP = DEFAULT_GROUP;
const READERS: readonly KubeRole[] = ['operator', 'observer'];

function core(verb: KubeVerb, resource: string, roles: readonly KubeRole[], why: string): KubeCall {
  return { verb, group: '', version: 'v1', resource, scope: 'cluster', roles, why };
}

/** In the stored version: a write in another one would lose what that cannot say. */
function detectors(verb: KubeVerb, why: string, subresource?: string, resource = 'anomalydetectors'): KubeCall {
  const call = { verb, group: DETECTOR_GROUP, version: 'v2', resource, scope: 'cluster' } as const;
  return { ...call, roles: ['operator'], why, ...(subresource === undefined ? {} : { subresource }) };
}

function clusterDetectors(verb: KubeVerb, why: string, subresource?: string): KubeCall {
  return detectors(verb, why, subresource, 'clusteranomalydetectors');
}

function lease(verb: KubeVerb, why: string): KubeCall {
  const call = { verb, group: 'coordination.k8s.io', version: 'v1', resource: 'leases', scope: 'namespace' } as const;
  return { ...call, roles: ['operator'], why, ...(verb === 'create' ? {} : { names: ['tidewatch-operator'] }) };
}

/** Of these alone: the account must not see any other Secret of the namespace. */
function secrets(verb: KubeVerb, why: string): KubeCall {
  const names = ['admission', 'analyser', 'authority', 'keeper', 'operator'].map((name) => `tidewatch-tls-${name}`);
  const call = { verb, group: '', version: 'v1', resource: 'secrets', scope: 'namespace' } as const;
  return { ...call, names, roles: ['certificates'], why };
}

function podMonitors(verb: KubeVerb, why: string): KubeCall {
  const call = { verb, group: 'monitoring.coreos.com', version: 'v1', resource: 'podmonitors' } as const;
  return { ...call, scope: 'cluster', roles: ['operator'], why };
}

function crds(verb: KubeVerb, why: string): KubeCall {
  const call = { verb, group: 'apiextensions.k8s.io', version: 'v1', resource: 'customresourcedefinitions' } as const;
  return { ...call, scope: 'cluster', roles: ['installer'], why };
}

/** Of these alone, by name: who may change any of them may let in, or turn away, what it likes. */
function trust(verb: 'get' | 'patch', what: 'validating' | 'mutating', why: string): KubeCall {
  const call = { verb, group: 'admissionregistration.k8s.io', version: 'v1', scope: 'cluster' } as const;
  const resource = `${what}webhookconfigurations`;
  return { ...call, resource, names: [webhooksNameOf(DETECTOR_GROUP)], roles: ['admission'], why };
}

function conversion(verb: 'get' | 'patch', why: string): KubeCall {
  return { ...crds(verb, why), names: [`anomalydetectors.${DETECTOR_GROUP}`], roles: ['admission'] };
}

/** What both webhook configurations of an installation are called. */
export function webhooksNameOf(group: string): string {
  return `tidewatch.${group}`;
}

export const CALLS = {
  listPods: core('list', 'pods', READERS, 'Finds the pods that a selector matches.'),
  watchPods: core('watch', 'pods', READERS, 'Hears of pods that come and go.'),
  listServices: core('list', 'services', READERS, 'Finds Prometheus, and which service a pod belongs to.'),
  watchServices: core('watch', 'services', READERS, 'Hears of services that come and go.'),
  proxyPrometheus: {
    ...core('get', 'services', READERS, 'Asks Prometheus through the API server.'),
    subresource: 'proxy',
  },
  getClusterNamespace: {
    ...core('get', 'namespaces', ['observer'], 'Tells one cluster from another: kube-system lives as long as it does.'),
    names: ['kube-system'],
  },
  reviewAccess: {
    ...core('create', 'selfsubjectaccessreviews', [], 'Asks which rights are missing, which everybody may.'),
    group: 'authorization.k8s.io',
  },
  listDetectors: detectors('list', 'Reads the detectors.'),
  watchDetectors: detectors('watch', 'Hears of changed detectors.'),
  patchDetectorStatus: detectors('patch', 'Writes what was found.', 'status'),
  listClusterDetectors: clusterDetectors('list', 'Reads the detectors that look across namespaces.'),
  watchClusterDetectors: clusterDetectors('watch', 'Hears of changed detectors that look across namespaces.'),
  patchClusterDetectorStatus: clusterDetectors('patch', 'Writes what was found across namespaces.', 'status'),
  getLease: lease('get', 'Sees who leads.'),
  createLease: lease('create', 'Leads where nobody did before.'),
  updateLease: lease('update', 'Goes on leading.'),
  createEvent: {
    ...core('create', 'events', ['operator'], 'Tells of a detector that changed its state.'),
    group: 'events.k8s.io',
  },
  patchEvent: {
    ...core('patch', 'events', ['operator'], 'Counts an event that comes again.'),
    group: 'events.k8s.io',
  },
  createPodMonitor: podMonitors('create', 'Has the watched pods scraped when their metric is absent.'),
  patchPodMonitor: podMonitors('patch', 'Has other pods scraped when the selector was changed.'),
  getSecret: secrets('get', 'Sees which certificates there are, and when they end.'),
  updateSecret: secrets('update', 'Writes the certificates of the roles.'),
  getValidating: trust('get', 'validating', 'Sees whom the API server trusts when it asks what may be let in.'),
  patchValidating: trust('patch', 'validating', 'Tells it whom to trust, before a new certificate is served.'),
  getMutating: trust('get', 'mutating', 'Sees whom the API server trusts when it asks what is to be written out.'),
  patchMutating: trust('patch', 'mutating', 'Tells it whom to trust, before a new certificate is served.'),
  getConversion: conversion('get', 'Sees whom the API server trusts when it asks for another version.'),
  patchConversion: conversion('patch', 'Tells it whom to trust, before a new certificate is served.'),
  getCrd: crds('get', 'Sees whether the resource is installed, and which version.'),
  createCrd: crds('create', 'Installs the resource (run --install).'),
  updateCrd: crds('update', 'Brings the installed resource up to date (run --install).'),
  patchCrdStatus: { ...crds('patch', 'Says that an old version is stored no more (migrate).'), subresource: 'status' },
  rewriteDetector: {
    ...detectors('patch', 'Has a detector stored in the newest version (migrate).'),
    roles: ['installer'],
  },
} as const satisfies Record<string, KubeCall>;

export type CallName = keyof typeof CALLS;
