// For tests: the shop of test-world.ts as a live cluster, which cannot be steered and has no answer key.
import type { Trouble } from './contract.ts';
import { type LiveFacts, liveState } from './live-state.ts';
import type { Source } from './replay-control.ts';
import { createWorld, FAULTS_FROM, MINUTE, type World } from './test-world.ts';

export const LIVE_NOW = FAULTS_FROM + 30 * MINUTE;

export const AWAY: Trouble = {
  kind: 'prometheus-away',
  what: 'Prometheus at http://prom:9090 does not answer',
  sinceMs: LIVE_NOW - 3 * MINUTE,
  remedy: 'check it, or name another with --prometheus URL',
  blocking: true,
};

export function liveFacts(change: Partial<LiveFacts> = {}): LiveFacts {
  return {
    nowMs: LIVE_NOW,
    state: 'live',
    progress: null,
    message: null,
    storedFromMs: LIVE_NOW - 90 * MINUTE,
    newestMs: LIVE_NOW - 12_000,
    samplesPerSecond: 40,
    droppedSamples: 0,
    live: { cluster: 'kind-shop', prometheus: 'http://prom:9090', series: 6, stepMs: 30_000, troubles: [] },
    ...change,
  };
}

/** A world whose state is that of a cluster, and the source to serve it by. */
export function createLiveWorld(change: Partial<LiveFacts> = {}): { readonly world: World; readonly replay: Source } {
  const world = createWorld();
  world.state = liveState(liveFacts(change));
  const { state, onChange, series } = world.replay;
  return { world, replay: { state, onChange, series } };
}
