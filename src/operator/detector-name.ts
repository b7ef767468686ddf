// What a declared detector is called where its findings are: with its namespace, and with `*`, which no namespace is called, where
// it looks across them. So it is never taken for what is observed in every cluster, whose names have no slash.
import type { ObjectKey } from '#kube/contract.ts';
import { objectKey } from '#kube/object-key.ts';

const ACROSS = '*';

export function detectorName(namespace: string, name: string): string {
  return `${namespace === '' ? ACROSS : namespace}/${name}`;
}

/** The object's key. */
export function detectorKey(detector: string): ObjectKey {
  const [namespace = '', name = ''] = detector.split('/');
  return objectKey(namespace === ACROSS ? '' : namespace, name);
}
