// Where a back-test begins without a series: all that are stored, by the words of their names.
import styled from '@emotion/styled';
import type { TrackView } from '#api/rest/contract.ts';
import { differencesOf } from '../../core/backtest/same-names.ts';
import { backtestMessages } from '../../core/messages/backtest.ts';
import { metricWords } from '../../core/metric-words.ts';
import { backtestPath } from '../../core/route.ts';
import { BareLink, TextField } from '../../parts/controls.tsx';
import { EmptyState, Loaded } from '../../parts/load-state.tsx';
import { useApi, usePlace, useServices, useWords } from '../../parts/services.ts';
import { Card, Clip, Muted, PageTitle, Small, Stack } from '../../parts/surface.tsx';
import { colour, radius, space } from '../../theme.ts';

const Field = styled(TextField)({ width: '100%', maxWidth: '40rem', height: space(10) });
const List = styled.ul({
  listStyle: 'none',
  margin: 0,
  padding: 0,
  'li:first-of-type > a': { borderTopColor: 'transparent' },
});
const Item = styled(BareLink)({
  display: 'flex',
  flexWrap: 'wrap',
  alignItems: 'baseline',
  columnGap: space(3),
  minWidth: 0,
  padding: `${space(2)} ${space(2)}`,
  borderRadius: radius.small,
  borderTop: `1px solid ${colour.line}`,
  '&:hover': { background: colour.sunken },
  b: { fontWeight: 600 },
});

export function SeriesPicker() {
  const { location } = useServices();
  const { query } = usePlace();
  const { language, format } = useWords();
  const messages = backtestMessages(language);
  const text = query.get('text') ?? '';
  const detector = query.get('detector') ?? undefined;
  const found = useApi('tracks', { ...(text === '' ? {} : { text }), ...(detector === undefined ? {} : { detector }) });
  return (
    <Stack>
      <Stack gap={1}>
        <PageTitle>{messages.title}</PageTitle>
        <Muted>{messages.lead}</Muted>
      </Stack>
      <Stack gap={1}>
        <b aria-hidden="true">{messages.pick}</b>
        <Field
          type="search"
          aria-label={messages.pick}
          placeholder={messages.pickPlaceholder}
          value={text}
          maxLength={200}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => location.setQuery({ text: event.target.value })}
        />
      </Stack>
      <Loaded from={found} skeleton={[10, 10, 10, 10]}>
        {({ tracks, total }) =>
          tracks.length === 0 ? (
            <EmptyState title={messages.pickNone} next={messages.pickNoneNext} />
          ) : (
            <Card>
              <Tracks tracks={tracks} />
              {total > tracks.length && <Small>{messages.pickMore(format.number(total - tracks.length))}</Small>}
            </Card>
          )
        }
      </Loaded>
    </Stack>
  );
}

function Tracks({ tracks }: { readonly tracks: readonly TrackView[] }) {
  const { language } = useWords();
  // Each item by what it shows.
  const differences = differencesOf(tracks, ({ metric, entity, detector, labels: { source, destination } }) =>
    JSON.stringify([metricWords(metric, language), entity.name, detector, source, destination]),
  );
  return (
    <List>
      {tracks.map((track) => (
        <li key={track.track}>
          <TrackItem track={track} differences={differences.get(track.track) ?? []} />
        </li>
      ))}
    </List>
  );
}

interface ItemProps {
  readonly track: TrackView;
  /** From others that are called the same. */
  readonly differences: readonly string[];
}

function TrackItem({ track: { track, series, metric, entity, detector, labels }, differences }: ItemProps) {
  const { language, messages: all } = useWords();
  const messages = backtestMessages(language);
  const { source, destination } = labels;
  return (
    <Item to={backtestPath(track)} title={series}>
      <b>{metricWords(metric, language)}</b>
      <Clip>{entity.name}</Clip>
      {source !== undefined && destination !== undefined && <Muted>{all.entity.call(source, destination)}</Muted>}
      {differences.length > 0 && <Clip>{differences.join(', ')}</Clip>}
      <Small>{detector === '' ? messages.unwatched : detector}</Small>
    </Item>
  );
}
