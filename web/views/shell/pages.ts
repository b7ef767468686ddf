// The pages that the rail and the search offer: a tape has an answer key, a cluster has detectors.
import { useIsLive } from '../../parts/services.ts';

export interface PageLink {
  readonly path: string;
  readonly name: 'overview' | 'findings' | 'answer-key' | 'detectors';
}

const ALWAYS: readonly PageLink[] = [
  { path: '/', name: 'overview' },
  { path: '/findings', name: 'findings' },
];

export function usePages(): readonly PageLink[] {
  const name = useIsLive() ? 'detectors' : 'answer-key';
  return [...ALWAYS, { path: `/${name}`, name }];
}
