// What is shown while there is nothing to show: a skeleton after 300 ms that keeps the layout, an error with a way to
// try again, and empty states with a sentence and the next step.
import styled from '@emotion/styled';
import { type ReactNode, useEffect, useState } from 'react';
import { colour, radius, space, text } from '../theme.ts';
import { Button } from './controls.tsx';
import { type Fetched, useJump, useReplay, useWords } from './services.ts';
import { Hidden, Stack } from './surface.tsx';

const LATE_MS = 300;

const Bone = styled.div({
  background: colour.sunken,
  borderRadius: radius.normal,
  // Its steps are in base.css.
  animation: 'breathe 1.6s ease-in-out infinite',
});

/** Blocks of the given heights (in steps of the grid); empty for the first 300 ms, but as high. */
export function Skeleton({ heights }: { heights: readonly number[] }) {
  const { messages } = useWords();
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), LATE_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy="true">
      {late && <Hidden role="status">{messages.load.loading}</Hidden>}
      {heights.map((height, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the blocks have no identity but their place
        <div key={i} style={{ height: space(height), marginBottom: space(4) }}>
          {late && <Bone style={{ height: '100%' }} />}
        </div>
      ))}
    </div>
  );
}

const Notice = styled.div({
  display: 'flex',
  flexDirection: 'column',
  alignItems: 'flex-start',
  gap: space(2),
  padding: space(6),
  background: colour.surface,
  border: `1px dashed ${colour.line}`,
  borderRadius: radius.normal,
  overflowWrap: 'anywhere',
  strong: { fontSize: text.large, fontWeight: 600 },
  p: { margin: 0, color: colour.muted, maxWidth: '60ch' },
});

interface EmptyProps {
  readonly title: string;
  readonly next?: string;
  readonly children?: ReactNode;
}

export function EmptyState({ title, next, children }: EmptyProps) {
  return (
    <Notice>
      <strong>{title}</strong>
      {next !== undefined && <p>{next}</p>}
      {children}
    </Notice>
  );
}

export function ErrorState({ error, onRetry }: { error: Error; onRetry: () => void }) {
  const { messages } = useWords();
  return (
    <Notice role="alert">
      <strong>{messages.load.error}</strong>
      <p>{error.message}</p>
      <Button type="button" onClick={onRetry}>
        {messages.retry}
      </Button>
    </Notice>
  );
}

const Stale = styled.p({
  display: 'flex',
  flexWrap: 'wrap',
  alignItems: 'center',
  gap: space(3),
  margin: `0 0 ${space(4)}`,
  padding: `${space(2)} ${space(3)}`,
  color: colour.amberText,
  background: colour.amberSoft,
  borderRadius: radius.normal,
});

/** Shown of what is from before a jump: still there, and visibly not now. */
const Picture = styled(Stack, { shouldForwardProp: (name) => name !== 'outdated' })<{ outdated: boolean }>(
  ({ outdated }) => ({
    opacity: outdated ? 0.45 : 1,
    transition: 'opacity 0.2s ease',
  }),
);

/** "Catching up to 05:24, 63 %", as long as the replay catches up. */
export function useCatchingUp(): string | undefined {
  const { messages, format } = useWords();
  const replay = useReplay();
  const jump = useJump();
  if (jump === undefined && replay?.state !== 'catching-up') return undefined;
  const progress = Math.floor((jump?.progress ?? replay?.progress ?? 0) * 100) / 100;
  const percent = progress > 0 ? format.percent(progress) : '';
  return messages.replay.catchingUp(jump?.toMs === undefined ? '' : format.time(jump.toMs), percent);
}

function Progress() {
  const words = useCatchingUp();
  return words === undefined ? null : <EmptyState title={words} />;
}

interface LoadedProps<T> {
  readonly from: Fetched<T>;
  /** Heights of the skeleton's blocks. */
  readonly skeleton: readonly number[];
  /** The page's main heading as long as it has no other. */
  readonly heading?: string;
  readonly children: (data: T) => ReactNode;
  /** Shown instead of the error state when it knows better. */
  readonly onError?: (error: Error, before: T | undefined) => ReactNode | undefined;
}

/**
 * What was fetched; else skeleton or error. An error beside older data is a line above it; during a jump there are no
 * errors, for what was asked for may not have been reached yet.
 */
export function Loaded<T>({ from, skeleton, heading, children, onError }: LoadedProps<T>) {
  const { messages } = useWords();
  const { data, retry, outdated = false } = from;
  const passing = useCatchingUp() !== undefined || outdated;
  const error = passing ? undefined : from.error;
  const known = error === undefined ? undefined : onError?.(error, data);
  if (known !== undefined) return known;
  if (data === undefined) {
    if (passing && from.error !== undefined && heading !== undefined) {
      return (
        <>
          <Hidden as="h1">{heading}</Hidden>
          <Progress />
        </>
      );
    }
    return (
      <>
        {heading !== undefined && <Hidden as="h1">{heading}</Hidden>}
        {error === undefined ? <Skeleton heights={skeleton} /> : <ErrorState error={error} onRetry={retry} />}
      </>
    );
  }
  return (
    <>
      {error !== undefined && (
        <Stale role="alert">
          {messages.load.error}. {messages.load.stale}
          <Button type="button" onClick={retry}>
            {messages.retry}
          </Button>
        </Stale>
      )}
      <Picture outdated={outdated} aria-busy={outdated}>
        {children(data)}
      </Picture>
    </>
  );
}
