// deploy/manifests/install.yaml as tests apply it. Pods do not run here: where no admission answers, its webhooks would have every
// detector refused.
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';

/** As much of any object as is looked at. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec?: object;
  readonly webhooks?: readonly object[];
}

const FILE = new URL('../../deploy/manifests/install.yaml', import.meta.url);

export async function readInstall(): Promise<Manifest[]> {
  const documents = parseAllDocuments(await readFile(FILE, 'utf8'), { version: '1.1' });
  return documents.map((document) => document.toJS() as Manifest);
}

/** For kubectl. */
export function manifestText(manifests: readonly object[]): string {
  return manifests.map((one) => JSON.stringify(one)).join('\n---\n');
}

/** For kubectl: all but what asks admission. */
export async function installWithoutWebhooks(): Promise<string> {
  const manifests = await readInstall();
  return manifestText(manifests.filter(({ webhooks }) => webhooks === undefined).map(unconverted));
}

function unconverted(manifest: Manifest): Manifest {
  if (manifest.spec === undefined || !('conversion' in manifest.spec)) return manifest;
  return { ...manifest, spec: { ...manifest.spec, conversion: { strategy: 'None' } } };
}
