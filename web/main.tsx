// Where the page begins: makes the services from the browser's own and draws the app. Styles carry the nonce that the
// server put into the document, as its content security policy asks.
import createEmotionCache from '@emotion/cache';
import { CacheProvider } from '@emotion/react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { createCache } from './core/cache.ts';
import { createClient } from './core/client.ts';
import { startLive } from './core/live.ts';
import { createLocation } from './core/location.ts';
import { createMessages } from './core/messages/index.ts';
import { createPreferences } from './core/preferences.ts';
import { parseRoute } from './core/route.ts';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { type Services, ServicesContext } from './parts/services.ts';
import { cssVariables } from './theme.ts';
import { backtestView, laterViews } from './views/chunks.ts';

function storageOrNone(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

/** The answers that boot.js asked for, each taken once. */
const early = (globalThis as { tidewatchEarly?: Map<string, Promise<Response>> }).tidewatchEarly;

const fetchOrTake: typeof fetch = (input, init) => {
  const answer = init === undefined ? early?.get(String(input)) : undefined;
  if (answer === undefined) return fetch(input, init);
  early?.delete(String(input));
  return answer;
};

function createServices(): Services {
  const now = (): number => Date.now();
  const setTimer = (run: () => void, delayMs: number): unknown => setTimeout(run, delayMs);
  const client = createClient(fetchOrTake);
  const cache = createCache({ now, setTimer });
  const live = startLive({
    open: () => new EventSource('/api/stream'),
    poll: () => client.get('replay'),
    changed: () => cache.invalidate(),
    now,
    setTimer,
  });
  // Before any view listens, so that none shows what was before a jump as what is.
  live.subscribe(() => cache.hold(live.jump() !== undefined));
  return {
    client,
    cache,
    live,
    messages: createMessages(),
    location: createLocation(window),
    preferences: createPreferences({
      storage: storageOrNone(),
      language: navigator.language,
      root: document.documentElement,
    }),
  };
}

const nonce = document.querySelector('meta[name="csp-nonce"]')?.getAttribute('content') ?? '';
const styles = createEmotionCache({ key: 'tw', ...(nonce === '' ? {} : { nonce }) });
// Before the first style of Emotion, so that a part's own wins over what holds everywhere.
const colours = document.createElement('style');
colours.nonce = nonce;
colours.textContent = `:root { ${cssVariables()} }`;
document.head.append(colours);
const services = createServices();
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element #root');

/** Never awaited at the top level: the views' file imports this one, and each would wait for the other. */
async function begin(element: HTMLElement): Promise<void> {
  // A view that is not in this file is fetched now and drawn at once, not after a skeleton; when it fails, the view says so.
  const { page } = parseRoute(window.location.pathname);
  const chunk = page === 'backtest' ? backtestView : laterViews;
  const views = page === 'overview' ? undefined : chunk.load().catch(() => undefined);
  await Promise.all([services.messages.load(services.preferences.get().language), views]);
  createRoot(element).render(
    <CacheProvider value={styles}>
      <ServicesContext value={services}>
        <ErrorBoundary place="" fallback={(error) => <p role="alert">{error.message}</p>}>
          <App />
        </ErrorBoundary>
      </ServicesContext>
    </CacheProvider>,
  );
}

void begin(root);
