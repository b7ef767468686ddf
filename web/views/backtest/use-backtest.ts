// The hooks of the back-test page: what the store has of a series, read once; the settings in the address; and what the
// engine says of the two.
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { SeriesData, TrackView } from '#api/rest/contract.ts';
import { readFault, readSettings, writeFault, writeSettings } from '../../core/backtest/address.ts';
import type { ChosenFault } from '../../core/backtest/fault.ts';
import type { History, Wish } from '../../core/backtest/run.ts';
import { createRunner, type FromWorker, type Run, type Runner, type Thread } from '../../core/backtest/runner.ts';
import { historyOf } from '../../core/backtest/series-data.ts';
import { DEFAULTS, type Settings, settingsOf } from '../../core/backtest/settings.ts';
import { rangeQuery } from '../../core/chart-range.ts';
import { isMissing } from '../../core/client.ts';
import type { Span } from '../../core/time-scale.ts';
import { type Fetched, usePlace, useServices } from '../../parts/services.ts';

export interface Bench {
  readonly track: TrackView;
  /** As the store has it: scores and flags are those of the setting that runs. */
  readonly stored: SeriesData;
  readonly history: History;
  /** What runs now, or all defaults. */
  readonly usual: Settings;
}

/** `missing`: there is no such track up to this moment. */
export function useBench(key: string): Fetched<Bench | 'missing'> {
  const { client } = useServices();
  return useOnce(key, async () => {
    const [{ tracks }, stored] = await Promise.all([
      client.get('tracks', { track: key }),
      client.get('series', { track: key, fromMs: 0 }).catch((error: Error) => {
        if (isMissing(error)) return undefined;
        throw error;
      }),
    ]);
    const [track] = tracks;
    if (track === undefined || stored === undefined) return 'missing';
    const running = track.deployed === null ? undefined : settingsOf(track.deployed);
    return { track, stored, history: historyOf(track, stored), usual: running ?? DEFAULTS };
  });
}

/** Asked for once and kept: what is compared must not change under the reader's hands. */
function useOnce<T>(key: string, fetcher: () => Promise<T>): Fetched<T> {
  const [state, setState] = useState<{ readonly key: string; readonly data?: T; readonly error?: Error }>({ key });
  const [turn, setTurn] = useState(0);
  const latest = useRef(fetcher);
  latest.current = fetcher;
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn is a wish to read again
  useEffect(() => {
    let gone = false;
    latest.current().then(
      (data) => gone || setState({ key, data }),
      (error: Error) => gone || setState((before) => ({ ...(before.key === key ? before : { key }), error })),
    );
    return () => {
      gone = true;
    };
  }, [key, turn]);
  const retry = useCallback(() => setTurn((before) => before + 1), []);
  const { data, error } = state.key === key ? state : { data: undefined, error: undefined };
  return {
    ...(data === undefined ? {} : { data }),
    ...(error === undefined ? {} : { error }),
    ...{ loading: data === undefined && error === undefined, retry },
  };
}

/** A setting that stood for so long is a step of the browser's history. */
const SETTLED_MS = 400;

/** What is tried: settings, and a fault that they should catch. */
export interface Tried {
  readonly settings: Settings;
  readonly fault: ChosenFault | undefined;
}

export interface TriedInAddress extends Tried {
  /** At once here, and soon in the address. */
  change(next: Partial<Tried>): void;
  zoom(range: Span | undefined): void;
  /** A link to what is shown now. */
  readonly link: string;
}

export function useTried(usual: Settings): TriedInAddress {
  const { location } = useServices();
  const { query, path } = usePlace();
  const words = query.toString();
  const [draft, setDraft] = useState<{ readonly words: string; readonly tried: Tried }>();
  const stored = useMemo((): Tried => {
    const given = new URLSearchParams(words);
    return { settings: readSettings(given) ?? usual, fault: readFault(given) };
  }, [words, usual]);
  const tried = draft?.words === words ? draft.tried : stored;
  const wanted =
    draft?.words === words ? writeFault(writeSettings(query, tried.settings), tried.fault).toString() : words;
  const latest = useRef({ wanted, words, tried });
  latest.current = { wanted, words, tried };
  const keep = useCallback(() => {
    const now = latest.current;
    if (now.wanted !== now.words) location.navigate(`${path}?${now.wanted}`);
    // Else going back to what was there before would bring the change again.
    setDraft(undefined);
  }, [location, path]);
  useEffect(() => {
    if (wanted === words) return;
    const timer = setTimeout(keep, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [wanted, words, keep]);
  const zoom = useCallback(
    (range: Span | undefined) => {
      keep();
      location.setQuery(rangeQuery(range && { kind: 'chosen', ...range }));
    },
    [location, keep],
  );
  const change = useCallback((next: Partial<Tried>) => {
    const now = latest.current;
    // Two changes may come before the next drawing.
    now.tried = { ...now.tried, ...next };
    setDraft({ words: now.words, tried: now.tried });
  }, []);
  return { ...tried, change, zoom, link: `${window.location.origin}${path}?${wanted}` };
}

function openThread(hear: (message: FromWorker) => void): Thread {
  const worker = new Worker(new URL('./backtest-worker.ts', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => hear(data);
  worker.onerror = ({ message }) => hear({ kind: 'failed', id: undefined, message: message || 'the worker ended' });
  return { send: (message) => worker.postMessage(message), stop: () => worker.terminate() };
}

const IDLE: Run = {};
const nothing = (): void => {};

/** What the engine says of the wish; without one the last answer stands. */
export function useBacktest(history: History, wish: Wish | undefined): Run {
  const [runner, setRunner] = useState<Runner>();
  useEffect(() => {
    const made = createRunner(history, openThread);
    setRunner(made);
    return () => made.stop();
  }, [history]);
  useEffect(() => {
    if (wish !== undefined) runner?.run(wish);
  }, [runner, wish]);
  const subscribe = useCallback((listener: () => void) => runner?.subscribe(listener) ?? nothing, [runner]);
  return useSyncExternalStore(subscribe, () => runner?.get() ?? IDLE);
}
