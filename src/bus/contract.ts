// The bus has Kafka's semantics from the first day: topics of partitions, ordered within a partition; a record comes
// again until its offset is committed; partitions can be revoked; a full partition makes the producer wait.

export interface BusRecord<T> {
  readonly partition: number;
  readonly offset: number;
  readonly value: T;
}

export interface Producer<T> {
  /** Resolves when the record is in the partition; waits while the partition is full. Rejects after `close`. */
  send(partition: number, value: T): Promise<void>;
}

export interface Consumer<T> {
  /** Partitions owned at this moment. */
  readonly assigned: ReadonlySet<number>;
  /** Up to `max` records of owned partitions, in order within each; waits until there is one; [] once closed. */
  poll(max: number): Promise<readonly BusRecord<T>[]>;
  /** Everything in the partition below `offset` is done. Ignored, and false, for a partition that was revoked. */
  commit(partition: number, offset: number): boolean;
  close(): void;
}

export interface ConsumerHandlers {
  /** Records of these partitions that were polled and not committed must be dropped: somebody else gets them again. */
  onRevoked?(partitions: readonly number[]): void;
  onAssigned?(partitions: readonly number[]): void;
}

export interface Bus<T> {
  readonly partitions: number;
  producer(): Producer<T>;
  /** Joins a group; partitions are shared out evenly among the members, and again when one joins or leaves. */
  consumer(group: string, handlers?: ConsumerHandlers): Consumer<T>;
  /** Records not yet committed by the group. */
  lag(group: string): number;
  close(): void;
}
