// The back-test page: all that the store has of a series, any setting of a detector on it at once, what that would have found
// beside what was found, and the detector that results. The whole state is in the address.
import styled from '@emotion/styled';
import { useEffect, useMemo, useRef, useState } from 'react';
import { ignoredIn } from '../../core/backtest/ignored.ts';
import { problemIn } from '../../core/backtest/param-words.ts';
import type { Wish } from '../../core/backtest/run.ts';
import { chartOf } from '../../core/backtest/series-data.ts';
import { planOf, problemOf } from '../../core/backtest/settings.ts';
import { foundBefore, verdictOf } from '../../core/backtest/verdict.ts';
import { type ChartRange, readRange } from '../../core/chart-range.ts';
import { backtestMessages } from '../../core/messages/backtest.ts';
import { metricWords } from '../../core/metric-words.ts';
import { entityPath } from '../../core/route.ts';
import type { Span } from '../../core/time-scale.ts';
import { Button, CopyButton, Link } from '../../parts/controls.tsx';
import { EmptyState, Loaded } from '../../parts/load-state.tsx';
import { usePlace, useWords } from '../../parts/services.ts';
import { Card, Clip, Hidden, Moment, PageTitle, Row, Small, Spacer, Stack } from '../../parts/surface.tsx';
import { atLeast, colour, space, text } from '../../theme.ts';
import { FaultCard } from './fault-card.tsx';
import { FaultLine } from './fault-line.tsx';
import { FoundList } from './found-list.tsx';
import { ChartKeys, ResultChart } from './result-chart.tsx';
import { SeriesPicker } from './series-picker.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { type Bench, type Tried, useBacktest, useBench, useTried } from './use-backtest.ts';
import { VerdictLine } from './verdict-line.tsx';
import { YamlCard } from './yaml-card.tsx';

export function Backtest() {
  const series = usePlace().query.get('series') ?? '';
  return series === '' ? <SeriesPicker /> : <OfSeries key={series} series={series} />;
}

function OfSeries({ series }: { series: string }) {
  const { language } = useWords();
  const messages = backtestMessages(language);
  const bench = useBench(series);
  return (
    <Loaded from={bench} skeleton={[12, 84, 60]} heading={messages.title}>
      {(found) => {
        if (found === 'missing') return <Nothing title={messages.noTrack} next={messages.noTrackNext} />;
        if (found.stored.timesMs.length === 0)
          return <Nothing title={messages.noPoints} next={messages.noPointsNext} />;
        return <Workbench bench={found} onAgain={bench.retry} />;
      }}
    </Loaded>
  );
}

function Nothing({ title, next }: { title: string; next: string }) {
  const { language } = useWords();
  const messages = backtestMessages(language);
  return (
    <>
      <Hidden as="h1">{messages.title}</Hidden>
      <EmptyState title={title} next={next}>
        <Link to="/backtest">{messages.other}</Link>
      </EmptyState>
    </>
  );
}

/** In sight while sliders move below it: under the bar that is there on all but phones. */
const ChartCard = styled(Card)({
  position: 'sticky',
  top: 0,
  zIndex: 5,
  paddingBottom: space(2),
  boxShadow: `0 ${space(2)} ${space(2)} -${space(2)} ${colour.line}`,
  [atLeast.tablet]: { top: space(14.5), paddingBottom: space(2) },
});
/** An address may hold anything, of any length. */
const Clipped = styled.p({
  margin: 0,
  fontSize: text.small,
  color: colour.redText,
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: 'nowrap',
});
const Both = styled.div({
  display: 'grid',
  gap: space(4),
  alignItems: 'start',
  [atLeast.desktop]: { gridTemplateColumns: 'minmax(0, 3fr) minmax(0, 2fr)' },
});

function Workbench({ bench, onAgain }: { bench: Bench; onAgain: () => void }) {
  const { track, stored, history, usual } = bench;
  const { settings, fault, change, zoom, link } = useTried(usual);
  const { shown, method, progress, error, tookMs, asked } = useOutcome(bench, { settings, fault });
  const { language } = useWords();
  const messages = backtestMessages(language);
  const { range, isZoomed, all } = useRange(bench);
  const isWatched = track.detector !== '';
  const beside = useMemo(() => (isWatched ? foundBefore(stored) : undefined), [isWatched, stored]);
  const data = shown?.data ?? withoutVerdict(bench);
  const verdict = useMemo(() => verdictOf(shown?.findings ?? [], data, beside, range), [shown, data, beside, range]);
  const problem = problemIn(problemOf(settings), messages);
  const trouble = error === undefined ? problem && `${messages.problem}: ${problem}` : `${messages.failed}: ${error}`;
  const changeNow = (next: Partial<Tried>): void => {
    asked();
    change(next);
  };
  return (
    <Stack>
      <Stack gap={1}>
        <BenchHeader bench={bench} link={link} onAgain={onAgain} />
        <Ignored all={all} />
      </Stack>
      <ChartCard aria-busy={progress !== undefined}>
        <VerdictLine
          {...{ method, progress, trouble, tookMs }}
          verdict={shown === undefined ? undefined : verdict}
          compares={isWatched}
          points={stored.timesMs.length}
        />
        {fault !== undefined && <FaultLine {...{ fault }} verdict={shown?.fault} threshold={data.threshold} />}
        <ResultChart {...{ data, range, beside }} marked={shown?.fault} onZoom={zoom} />
      </ChartCard>
      <ChartKeys {...{ range, isZoomed }} marked={shown?.fault} compares={isWatched} onZoom={zoom} />
      <FaultCard
        {...{ fault, history, range }}
        below={settings.guards.direction === 'below'}
        onChange={(next) => changeNow({ fault: next })}
        onShow={zoom}
      />
      <SettingsPanel
        {...{ settings, usual }}
        runs={track.deployed !== null}
        values={history.values}
        metric={track.metric}
        onChange={(next) => changeNow({ settings: next })}
      />
      <Both>
        <FoundList
          found={shown === undefined ? undefined : verdict.found}
          metric={track.metric}
          compares={isWatched}
          onShow={zoom}
        />
        <YamlCard {...{ track, settings, problem }} />
      </Both>
    </Stack>
  );
}

/** What stands in the address and is not taken, while it stands there. */
function Ignored({ all }: { all: Span }) {
  const { query } = usePlace();
  const { language } = useWords();
  const ignored = ignoredIn(query, all);
  return ignored.length === 0 ? null : (
    <Clipped role="status">{backtestMessages(language).ignored(ignored.join(', '))}</Clipped>
  );
}

/** Values alone, until the engine has said something. */
function withoutVerdict({ stored }: Bench): Bench['stored'] {
  const none = stored.timesMs.map(() => null);
  return { ...stored, expected: none, lower: none, upper: none, scores: none, flags: stored.timesMs.map(() => 0) };
}

/** The engine's answer to the settings as chart and findings, and how long it took from the change to the drawing. */
function useOutcome({ history, track, stored }: Bench, { settings, fault }: Tried) {
  const words = JSON.stringify([settings, fault]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for what is tried, which is new each time
  const wish = useMemo(
    (): Wish | undefined =>
      problemOf(settings) === undefined ? { plan: planOf(settings, track.metric), fault } : undefined,
    [words, track.metric],
  );
  const { wish: answered, outcome, progress, error } = useBacktest(history, wish);
  const shown = useMemo(
    () =>
      outcome === undefined || answered === undefined
        ? undefined
        : {
            data: chartOf(stored, outcome, answered.plan.threshold),
            findings: outcome.findings,
            fault: outcome.fault,
          },
    [outcome, answered, stored],
  );
  const askedMs = useRef<number>(undefined);
  const [tookMs, setTookMs] = useState<number>();
  useEffect(() => {
    // While a slider is dragged, what is shown may be the answer to where it was.
    if (shown === undefined || askedMs.current === undefined || answered !== wish) return;
    setTookMs(performance.now() - askedMs.current);
    askedMs.current = undefined;
  }, [shown, answered, wish]);
  const asked = (): void => {
    askedMs.current = performance.now();
  };
  return { shown, method: answered?.plan.algorithm, progress, error, tookMs, asked };
}

const ALL: ChartRange = { kind: 'back', name: 'all' };

/** What is shown and counted: all of it, or what the address says. */
function useRange({ stored }: Bench): { readonly range: Span; readonly isZoomed: boolean; readonly all: Span } {
  const { query } = usePlace();
  const words = query.toString();
  return useMemo(() => {
    const { timesMs, stepMs } = stored;
    const all = { fromMs: (timesMs[0] ?? 0) - stepMs, toMs: timesMs.at(-1) ?? 0 };
    const chosen = readRange(new URLSearchParams(words), ALL);
    if (chosen.kind === 'back') return { range: all, isZoomed: false, all };
    const range = { fromMs: Math.max(all.fromMs, chosen.fromMs), toMs: Math.min(all.toMs, chosen.toMs) };
    return range.fromMs < range.toMs ? { range, isZoomed: true, all } : { range: all, isZoomed: false, all };
  }, [words, stored]);
}

function BenchHeader({ bench, link, onAgain }: { bench: Bench; link: string; onAgain: () => void }) {
  const { track, stored } = bench;
  const { messages: all, format, language } = useWords();
  const messages = backtestMessages(language);
  const [fromMs = 0, toMs = 0] = [stored.timesMs[0], stored.timesMs.at(-1)];
  const { source, destination } = track.labels;
  return (
    <Stack as="header" gap={1}>
      <Row gap={3}>
        <PageTitle style={{ minWidth: 0 }} title={track.series}>
          {messages.title}: {metricWords(track.metric, language)}
        </PageTitle>
        <Link to={entityPath(track.entity)}>
          <Clip>{track.entity.name}</Clip>
        </Link>
        {source !== undefined && destination !== undefined && <Small>{all.entity.call(source, destination)}</Small>}
        <Spacer />
        <Link to="/backtest">{messages.other}</Link>
        <CopyButton value={link} label={all.copyLink} />
      </Row>
      <Row gap={3}>
        <Small>{track.detector === '' ? messages.unwatched : track.detector}</Small>
        <Small>
          {messages.points(format.number(stored.timesMs.length), format.duration(toMs - fromMs))} · {messages.asOf}{' '}
          <Moment ms={toMs} />
        </Small>
        <Button type="button" onClick={onAgain}>
          {messages.again}
        </Button>
      </Row>
    </Stack>
  );
}
