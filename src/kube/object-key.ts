// How an object is named in maps and queues, and taken apart again.
import type { ObjectKey } from './contract.ts';

/** `namespace/name`, or the name alone for what has no namespace. */
export function objectKey(namespace: string, name: string): ObjectKey {
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** The way back; namespace '' for what has none. A name never holds a slash. */
export function splitKey(key: ObjectKey): { readonly namespace: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { namespace: '', name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
