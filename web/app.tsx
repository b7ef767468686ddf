// The page as a whole: its frame, and the view that the address names. Views beyond the first are chunks
// of their own.
import { useEffect } from 'react';
import { parseRoute, type Route } from './core/route.ts';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { ErrorState, Skeleton } from './parts/load-state.tsx';
import { usePlace, useWords } from './parts/services.ts';
import { useChunk } from './parts/use-chunk.ts';
import { backtestView, laterViews } from './views/chunks.ts';
import { NotFound } from './views/not-found/not-found.tsx';
import { Overview } from './views/overview/overview.tsx';
import { Shell } from './views/shell/shell.tsx';

export function App() {
  const { path } = usePlace();
  const { messages } = useWords();
  const route = parseRoute(path);
  const title = titleOf(route, messages.pages);
  useEffect(() => {
    document.title = title === '' ? messages.product : `${title} · ${messages.product}`;
  }, [title, messages]);
  return (
    <Shell route={route}>
      <ErrorBoundary place={path} fallback={(error, retry) => <ErrorState error={error} onRetry={retry} />}>
        <View route={route} />
      </ErrorBoundary>
    </Shell>
  );
}

function View({ route }: { route: Route }) {
  switch (route.page) {
    case 'overview':
      return <Overview />;
    case 'not-found':
      return <NotFound path={route.path} />;
    case 'backtest':
      return <BacktestView />;
    default:
      return <LaterView route={route} />;
  }
}

type LaterRoute = Exclude<Route, { page: 'overview' | 'not-found' | 'backtest' }>;

function BacktestView() {
  const view = useChunk(backtestView);
  return view === undefined ? <Skeleton heights={[10, 80, 60]} /> : <view.Backtest />;
}

function LaterView({ route }: { route: LaterRoute }) {
  const views = useChunk(laterViews);
  if (views === undefined) return <Skeleton heights={[10, 60, 60]} />;
  switch (route.page) {
    case 'entity': {
      const { kind, namespace, name } = route.entity;
      return <views.EntityView key={`${kind}/${namespace}/${name}`} entity={route.entity} />;
    }
    case 'findings':
      return <views.Findings />;
    case 'finding':
      return <views.FindingPage key={route.id} id={route.id} />;
    case 'answer-key':
      return <views.AnswerKeyPage />;
    case 'detectors':
      return <views.Detectors />;
    case 'examples':
      return <views.Examples />;
  }
}

function titleOf(route: Route, pages: Readonly<Record<string, string>>): string {
  if (route.page === 'entity') return route.entity.name;
  if (route.page === 'finding') return pages.findings ?? '';
  return route.page === 'overview' ? '' : (pages[route.page] ?? '');
}
