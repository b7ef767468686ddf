// The pages that the rail and the search offer: a cluster has detectors, and a tape with known faults an answer key.
import { useApi, useIsLive } from '../../parts/services.ts';

export interface PageLink {
  readonly path: string;
  readonly name: 'overview' | 'findings' | 'answer-key' | 'detectors' | 'backtest';
}

const ALWAYS: readonly PageLink[] = [
  { path: '/', name: 'overview' },
  { path: '/findings', name: 'findings' },
];
const LAST: PageLink = { path: '/backtest', name: 'backtest' };

export function usePages(): readonly PageLink[] {
  const live = useIsLive();
  // Most tapes that are shown have one: as long as nobody knows, nothing is to jump.
  const none = useApi('timeline', live ? null : {}).data?.faults === 0;
  const name = live ? 'detectors' : 'answer-key';
  if (none && !live) return [...ALWAYS, LAST];
  return [...ALWAYS, { path: `/${name}`, name }, LAST];
}
