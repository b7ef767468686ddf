// What every part of the page may use, handed down by context: the client, the cache, the live connection, the address
// and the reader's choices. The hooks here are the only bridge from the plain core to React.
import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import type { ReplayState, Reply } from '#api/rest/contract.ts';
import type { Cache, Snapshot } from '../core/cache.ts';
import type { Client, GetName, Query } from '../core/client.ts';
import type { Words } from '../core/evidence-words.ts';
import { createFormat } from '../core/format.ts';
import type { Jump } from '../core/jump.ts';
import { type Connection, type Live, POLL_MS } from '../core/live.ts';
import type { LocationStore, Place } from '../core/location.ts';
import type { MessagesStore } from '../core/messages/index.ts';
import type { Preferences, PreferencesStore } from '../core/preferences.ts';
import { dark, light, type Palette } from '../theme.ts';

export interface Services {
  readonly client: Client;
  readonly cache: Cache;
  readonly live: Live;
  readonly location: LocationStore;
  readonly preferences: PreferencesStore;
  readonly messages: MessagesStore;
}

export const ServicesContext = createContext<Services | undefined>(undefined);

export function useServices(): Services {
  const services = useContext(ServicesContext);
  if (services === undefined) throw new Error('a part of the page was used outside of ServicesContext');
  return services;
}

export function usePlace(): Place {
  const { location } = useServices();
  return useSyncExternalStore(location.subscribe, location.get);
}

export function usePreferences(): Preferences {
  const { preferences } = useServices();
  return useSyncExternalStore(preferences.subscribe, preferences.get);
}

/** The language with its messages and formats. */
export function useWords(): Words {
  const { language } = usePreferences();
  const store = useServices().messages;
  return useMemo(
    () => ({ language, format: createFormat(language), messages: store.get(language) }),
    [language, store],
  );
}

export function useReplay(): ReplayState | undefined {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, live.replay);
}

/** Whether a cluster is watched and not a tape played; the server wrote it into the page, so it is known at once. */
export function useIsLive(): boolean {
  const { live } = useServices();
  const isLive = (): boolean => (live.replay()?.mode ?? document.documentElement.dataset.mode) === 'live';
  return useSyncExternalStore(live.subscribe, isLive);
}

/** The jump that is under way, if one is. */
export function useJump(): Jump | undefined {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, live.jump);
}

export function useConnection(): Connection {
  const { live } = useServices();
  return useSyncExternalStore(live.subscribe, live.connection);
}

const NO_SEGMENTS: ReplayState['tape']['segments'] = [];

/** The recording's segments; the same array as long as they are the same, so that scales made of it last. */
export function useSegments(): ReplayState['tape']['segments'] {
  const segments = useReplay()?.tape.segments ?? NO_SEGMENTS;
  const name = JSON.stringify(segments);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the array, which is new every second
  return useMemo(() => segments, [name]);
}

export interface Fetched<T> extends Snapshot<T> {
  retry(): void;
}

/**
 * What `fetcher` answers, kept fresh under `key`; without a key nothing is fetched. While the first answer for a new
 * key is under way, `data` is that of the key before, so that a change of range does not blank a chart.
 */
export function useFetched<T>(key: string | undefined, fetcher: () => Promise<T>): Fetched<T> {
  const { cache } = useServices();
  const latest = useRef(fetcher);
  latest.current = fetcher;
  const subscribe = useCallback(
    (listener: () => void) => (key === undefined ? () => {} : cache.watch(key, () => latest.current(), listener)),
    [cache, key],
  );
  const snapshot = useSyncExternalStore(subscribe, () => cache.read<T>(key ?? ''));
  const before = useRef<T>(undefined);
  useEffect(() => {
    if (snapshot.data !== undefined) before.current = snapshot.data;
  });
  const retry = useCallback(() => key !== undefined && cache.retry(key), [cache, key]);
  const kept = snapshot.data ?? (snapshot.error === undefined && key !== undefined ? before.current : undefined);
  return { ...snapshot, ...(kept === undefined ? {} : { data: kept }), retry };
}

/** A GET of the API, by its name in the contract; null instead of a query fetches nothing. */
export function useApi<Name extends GetName>(name: Name, query: Query | null = {}): Fetched<Reply<Name>> {
  const { client } = useServices();
  return useFetched(query === null ? undefined : `${name} ${JSON.stringify(query)}`, () =>
    client.get(name, query ?? {}),
  );
}

/** Asks again every five seconds, as long as it is drawn. */
export function usePolling(retry: () => void): void {
  useEffect(() => {
    const timer = setInterval(retry, POLL_MS);
    return () => clearInterval(timer);
  }, [retry]);
}

/** The colours as values, for what is drawn on a canvas. */
export function usePalette(): Palette {
  const { theme } = usePreferences();
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  return theme === 'dark' || (theme === 'system' && systemDark) ? dark : light;
}

/** Whether a media query holds; one of `atLeast` may be given as it is. */
export function useMedia(query: string): boolean {
  const list = useMemo(() => matchMedia(query.replace(/^@media /, '')), [query]);
  const subscribe = useCallback(
    (listener: () => void) => {
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    [list],
  );
  return useSyncExternalStore(subscribe, () => list.matches);
}

/** The width of an element as it changes; 0 before it is laid out. */
export function useWidth<T extends Element>(): readonly [(element: T | null) => void, number] {
  const [element, setElement] = useState<T | null>(null);
  const [width, setWidth] = useState(0);
  // Before the first paint, so that nothing is drawn twice.
  useLayoutEffect(() => {
    if (element === null) return;
    setWidth(Math.round(element.getBoundingClientRect().width));
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry?.contentRect.width ?? 0)));
    observer.observe(element);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width];
}
