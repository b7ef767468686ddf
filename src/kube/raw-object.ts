// What is read of any object before it is projected, from JSON that somebody else wrote.

export interface RawObject {
  readonly metadata: {
    readonly uid: string;
    readonly name: string;
    /** '' for what has none. */
    readonly namespace: string;
    readonly resourceVersion: string;
  };
}

/** Who an object is. Throws when it does not say so. */
export function identityOf(object: unknown): RawObject['metadata'] {
  const metadata = (object as { metadata?: Partial<RawObject['metadata']> } | null | undefined)?.metadata;
  const { uid, name, namespace = '', resourceVersion } = metadata ?? {};
  if (typeof uid !== 'string' || typeof name !== 'string' || typeof resourceVersion !== 'string') {
    throw new TypeError('an object without uid, name or version');
  }
  return { uid, name, namespace, resourceVersion };
}
