// The page as a whole: styles for every element, and the view that the address names. Views beyond the first are chunks
// of their own.
import { Global } from '@emotion/react';
import { lazy, Suspense, useEffect } from 'react';
import { parseRoute, type Route } from './core/route.ts';
import { ErrorBoundary } from './parts/error-boundary.tsx';
import { ErrorState, Skeleton } from './parts/load-state.tsx';
import { usePlace, useWords } from './parts/services.ts';
import { colour, cssVariables } from './theme.ts';
import { NotFound } from './views/not-found/not-found.tsx';
import { Overview } from './views/overview/overview.tsx';
import { Shell } from './views/shell/shell.tsx';

const later = () => import('./views/later.ts');
const EntityView = lazy(() => later().then((m) => ({ default: m.EntityView })));
const Findings = lazy(() => later().then((m) => ({ default: m.Findings })));
const FindingPage = lazy(() => later().then((m) => ({ default: m.FindingPage })));
const AnswerKey = lazy(() => later().then((m) => ({ default: m.AnswerKeyPage })));
const Examples = lazy(() => import('./views/examples/examples.tsx').then((m) => ({ default: m.Examples })));

const everywhere = `
:root { ${cssVariables()} }
:focus-visible { outline: 2px solid ${colour.accent}; outline-offset: 2px; }
::selection { background: ${colour.accentSoft}; }
details > summary { cursor: pointer; }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
`;

export function App() {
  const { path } = usePlace();
  const { messages } = useWords();
  const route = parseRoute(path);
  const title = titleOf(route, messages.pages);
  useEffect(() => {
    document.title = title === '' ? messages.product : `${title} · ${messages.product}`;
  }, [title, messages]);
  return (
    <>
      <Global styles={everywhere} />
      <Shell route={route}>
        <ErrorBoundary place={path} fallback={(error, retry) => <ErrorState error={error} onRetry={retry} />}>
          <Suspense fallback={<Skeleton heights={[10, 60, 60]} />}>
            <View route={route} />
          </Suspense>
        </ErrorBoundary>
      </Shell>
    </>
  );
}

function View({ route }: { route: Route }) {
  switch (route.page) {
    case 'overview':
      return <Overview />;
    case 'entity':
      return (
        <EntityView key={`${route.entity.kind}/${route.entity.namespace}/${route.entity.name}`} entity={route.entity} />
      );
    case 'findings':
      return <Findings />;
    case 'finding':
      return <FindingPage key={route.id} id={route.id} />;
    case 'answer-key':
      return <AnswerKey />;
    case 'examples':
      return <Examples />;
    case 'not-found':
      return <NotFound path={route.path} />;
  }
}

function titleOf(route: Route, pages: Readonly<Record<string, string>>): string {
  if (route.page === 'entity') return route.entity.name;
  if (route.page === 'finding') return pages.findings ?? '';
  return route.page === 'overview' ? '' : (pages[route.page] ?? '');
}
