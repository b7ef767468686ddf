// What the overview says of a live cluster that has nothing to show yet: it learns from history, or nothing is measured.
import { CopyButton } from '../../parts/controls.tsx';
import { EmptyState } from '../../parts/load-state.tsx';
import { useApi, useReplay, useWords } from '../../parts/services.ts';
import { Meter, Mono, PageTitle, Row } from '../../parts/surface.tsx';

/** While history is read nothing is known to be well, so nothing is said to be. */
export function Warming() {
  const { messages, format } = useWords();
  const progress = useReplay()?.progress ?? 0;
  return (
    <Row>
      <PageTitle>{messages.live.warming(format.percent(Math.floor(progress * 100) / 100))}</PageTitle>
      <Meter value={progress} max={1} aria-label={messages.replay.states.warming} />
    </Row>
  );
}

/** A cluster in which nothing is measured: by whom it would be, and how to name it. */
export function NothingWatched() {
  const { messages } = useWords();
  const warming = useReplay()?.state === 'warming';
  const command = `${useApi('about').data?.watchCommand ?? ''} --prometheus URL`;
  if (warming) return <EmptyState title={messages.overview.warming} />;
  return (
    <EmptyState title={messages.overview.nothing} next={messages.live.nothingNext}>
      <Row>
        <Mono as="code">{command}</Mono>
        <CopyButton value={command} label={messages.copy} name={messages.footer.copyCommand} />
      </Row>
    </EmptyState>
  );
}
