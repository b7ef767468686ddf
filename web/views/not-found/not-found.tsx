// A path that names no page, said in a sentence with the way back.
import { Link } from '../../parts/controls.tsx';
import { EmptyState } from '../../parts/load-state.tsx';
import { useWords } from '../../parts/services.ts';
import { Hidden } from '../../parts/surface.tsx';

export function NotFound({ path }: { path: string }) {
  const { messages } = useWords();
  return (
    <>
      <Hidden as="h1">{messages.notFound.title}</Hidden>
      <EmptyState title={messages.notFound.title} next={messages.notFound.lead(path)}>
        <Link to="/">{messages.notFound.home}</Link>
      </EmptyState>
    </>
  );
}
