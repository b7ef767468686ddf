// The bus in one process, with Kafka's semantics: order within a partition, redelivery of what was not committed,
// partitions shared out among a group's members, a full partition that makes its producer wait.
import { AppError } from '#kit/errors.ts';
import type { Bus, BusRecord, Consumer, ConsumerHandlers, Producer } from './contract.ts';

interface Partition<T> {
  /** Records from `base` on; what every group has committed is dropped. */
  records: BusRecord<T>[];
  base: number;
  waiting: (() => void)[];
}

interface Group {
  readonly committed: number[];
  members: Member[];
}

interface Member {
  readonly assigned: Set<number>;
  /** Next offset to hand out, by partition. */
  readonly fetch: Map<number, number>;
  readonly handlers: ConsumerHandlers;
  wake: (() => void) | undefined;
  closed: boolean;
}

export interface MemoryBusOptions {
  readonly partitions: number;
  /** Records a partition holds before its producer waits. */
  readonly capacity: number;
}

export function createMemoryBus<T>(options: MemoryBusOptions): Bus<T> {
  return new MemoryBus<T>(options);
}

class MemoryBus<T> implements Bus<T> {
  readonly partitions: number;
  readonly #capacity: number;
  readonly #log: Partition<T>[];
  readonly #groups = new Map<string, Group>();
  #closed = false;

  constructor(options: MemoryBusOptions) {
    this.partitions = options.partitions;
    this.#capacity = options.capacity;
    this.#log = Array.from({ length: options.partitions }, () => ({ records: [], base: 0, waiting: [] }));
  }

  producer(): Producer<T> {
    return {
      send: async (partition, value) => {
        const log = this.#partition(partition);
        while (!this.#closed && log.records.length >= this.#capacity) {
          await new Promise<void>((resolve) => log.waiting.push(resolve));
        }
        if (this.#closed) throw new AppError('unavailable', 'the bus is closed');
        log.records.push({ partition, offset: log.base + log.records.length, value });
        for (const group of this.#groups.values()) {
          for (const member of group.members) if (member.assigned.has(partition)) member.wake?.();
        }
      },
    };
  }

  consumer(name: string, handlers: ConsumerHandlers = {}): Consumer<T> {
    const group = this.#group(name);
    const member: Member = { assigned: new Set(), fetch: new Map(), handlers, wake: undefined, closed: false };
    group.members.push(member);
    this.#share(group);
    return {
      assigned: member.assigned,
      poll: (max) => this.#poll(member, max),
      commit: (partition, offset) => this.#commit(group, member, partition, offset),
      close: () => {
        if (member.closed) return;
        member.closed = true;
        group.members = group.members.filter((other) => other !== member);
        member.assigned.clear();
        member.wake?.();
        this.#share(group);
      },
    };
  }

  lag(name: string): number {
    const group = this.#groups.get(name);
    if (group === undefined) return 0;
    return this.#log.reduce(
      (sum, log, partition) => sum + log.base + log.records.length - (group.committed[partition] ?? 0),
      0,
    );
  }

  close(): void {
    this.#closed = true;
    for (const log of this.#log) for (const wake of log.waiting.splice(0)) wake();
    for (const group of this.#groups.values()) {
      for (const member of group.members) {
        member.closed = true;
        member.wake?.();
      }
    }
  }

  #partition(partition: number): Partition<T> {
    const log = this.#log[partition];
    if (log === undefined) throw new RangeError(`partition ${partition} of ${this.partitions} does not exist`);
    return log;
  }

  #group(name: string): Group {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    // A new group begins with the oldest record that is still there.
    const group: Group = { committed: this.#log.map((log) => log.base), members: [] };
    this.#groups.set(name, group);
    return group;
  }

  /** Hands the partitions out round robin. What a member keeps, it keeps with its position; the rest starts at the commit. */
  #share(group: Group): void {
    const wanted = group.members.map(() => new Set<number>());
    for (let partition = 0; partition < this.partitions && wanted.length > 0; partition++) {
      wanted[partition % wanted.length]?.add(partition);
    }
    group.members.forEach((member, index) => {
      const next = wanted[index] ?? new Set();
      const revoked = [...member.assigned].filter((partition) => !next.has(partition));
      for (const partition of revoked) {
        member.assigned.delete(partition);
        member.fetch.delete(partition);
      }
      if (revoked.length > 0) member.handlers.onRevoked?.(revoked);
    });
    group.members.forEach((member, index) => {
      const gained = [...(wanted[index] ?? [])].filter((partition) => !member.assigned.has(partition));
      for (const partition of gained) {
        member.assigned.add(partition);
        member.fetch.set(partition, group.committed[partition] ?? 0);
      }
      if (gained.length > 0) member.handlers.onAssigned?.(gained);
      member.wake?.();
    });
  }

  async #poll(member: Member, max: number): Promise<readonly BusRecord<T>[]> {
    for (;;) {
      if (member.closed) return [];
      const found = this.#fetch(member, max);
      if (found.length > 0) return found;
      await new Promise<void>((resolve) => {
        member.wake = resolve;
      });
      member.wake = undefined;
    }
  }

  #fetch(member: Member, max: number): BusRecord<T>[] {
    const found: BusRecord<T>[] = [];
    for (const [partition, from] of member.fetch) {
      const log = this.#partition(partition);
      const fresh = log.records.slice(from - log.base, from - log.base + max - found.length);
      found.push(...fresh);
      member.fetch.set(partition, from + fresh.length);
      if (found.length >= max) break;
    }
    return found;
  }

  #commit(group: Group, member: Member, partition: number, offset: number): boolean {
    if (!member.assigned.has(partition)) return false;
    group.committed[partition] = Math.max(group.committed[partition] ?? 0, offset);
    const log = this.#partition(partition);
    const done = Math.min(...[...this.#groups.values()].map((other) => other.committed[partition] ?? 0));
    if (done > log.base) {
      log.records.splice(0, done - log.base);
      log.base = done;
      for (const wake of log.waiting.splice(0)) wake();
    }
    return true;
  }
}
