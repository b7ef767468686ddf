// Closes, once for each detector, what the last run left open and this one does not find again.
import type { Log } from '#kit/log.ts';
import type { LiveSink } from '#pipeline/live-sink.ts';
import { closeOrphans } from '#pipeline/orphans.ts';
import type { Store } from '#store/contract.ts';

export function orphanCloser(store: Store, sink: LiveSink, log: Log, now: () => number = Date.now) {
  const done = new Set<string>();
  const options = {
    store,
    isOpen: (id: string) => sink.isOpen(id),
    write: (closed: Parameters<LiveSink['writeFindings']>[0], nowMs: number) => sink.writeFindings(closed, nowMs),
  };
  return (name: string, isTheirs: (detector: string) => boolean): void => {
    if (done.has(name)) return;
    done.add(name);
    closeOrphans(options, isTheirs, now()).catch((error: unknown) => {
      // At the next look.
      done.delete(name);
      log.warn({ err: error, detector: name }, 'what the last run left open was not closed');
    });
  };
}
