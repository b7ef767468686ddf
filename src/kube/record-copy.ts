// The copy that a reflector keeps, and what its listeners hear when it changes. An object is who its uid says: the same
// name with another uid is another object, also when nobody saw the first one go. A version that is held already is no
// news, so that a relist or a replayed event is never heard twice.
import type { KubeRecord, ObjectKey, ReflectorListener } from './contract.ts';
import { objectKey } from './object-key.ts';

export interface RecordCopy<T extends KubeRecord> {
  readonly records: ReadonlyMap<ObjectKey, T>;
  put(record: T): void;
  /** `uid`: of the object that is gone; another one of that name stays. */
  remove(key: ObjectKey, uid?: string): void;
  /** Makes the copy equal to a whole list. Of what is in `unread`, by uid, nothing is known but that it is there. */
  replace(records: ReadonlyMap<ObjectKey, T>, unread: ReadonlyMap<ObjectKey, string>): void;
}

export function createRecordCopy<T extends KubeRecord>(
  listeners: readonly ReflectorListener<T>[],
  onListenerError: (error: unknown) => void,
): RecordCopy<T> {
  const held = new Map<ObjectKey, T>();
  const tell = (say: (listener: ReflectorListener<T>) => unknown) => {
    for (const listener of listeners) {
      try {
        // An async listener is against its type, but its rejection would end the process.
        const said = say(listener);
        if (said instanceof Promise) said.catch(onListenerError);
      } catch (error) {
        onListenerError(error);
      }
    }
  };
  const remove = (key: ObjectKey, uid?: string) => {
    const before = held.get(key);
    if (before === undefined || (uid !== undefined && before.uid !== uid)) return;
    held.delete(key);
    tell((listener) => listener.deleted?.(before));
  };
  const put = (record: T) => {
    const key = objectKey(record.namespace, record.name);
    const before = held.get(key);
    if (before !== undefined && before.uid !== record.uid) remove(key);
    else if (before?.resourceVersion === record.resourceVersion) return;
    const isKnown = before !== undefined && before.uid === record.uid;
    held.set(key, record);
    tell((listener) => (isKnown ? listener.updated?.(record, before) : listener.added?.(record)));
  };
  return {
    records: held,
    put,
    remove,
    replace: (records, unread) => {
      for (const [key, { uid }] of [...held]) if (!records.has(key) && unread.get(key) !== uid) remove(key);
      for (const record of records.values()) put(record);
    },
  };
}
