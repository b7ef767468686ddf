// What the findings are made of, with counts; choosing a value filters by it, choosing it again does not.
import styled from '@emotion/styled';
import { useState } from 'react';
import type { FindingList } from '#api/rest/contract.ts';
import { metricWords } from '../../core/metric-words.ts';
import { TextButton } from '../../parts/controls.tsx';
import { useMedia, useServices, useWords } from '../../parts/services.ts';
import { Clip, Heading } from '../../parts/surface.tsx';
import { atLeast, colour, radius, space, text } from '../../theme.ts';

const FIRST = 8;

const Column = styled.div({
  display: 'grid',
  gap: space(4),
  gridTemplateColumns: 'repeat(auto-fit, minmax(10rem, 1fr))',
  [atLeast.desktop]: { gridTemplateColumns: 'minmax(0, 1fr)' },
});
const Fold = styled.details({ '& > summary': { color: colour.accent, marginBottom: space(2) } });
const List = styled.div({ display: 'flex', flexDirection: 'column', marginTop: space(1) });
const Value = styled.button({
  display: 'flex',
  alignItems: 'center',
  gap: space(2),
  minHeight: space(7),
  padding: `0 ${space(2)}`,
  marginInline: `-${space(2)}`,
  font: 'inherit',
  textAlign: 'start',
  color: colour.text,
  background: 'none',
  border: 0,
  borderRadius: radius.small,
  cursor: 'pointer',
  minWidth: 0,
  '> span': { flex: 1 },
  small: { fontSize: text.small, color: colour.muted },
  '&:hover': { background: colour.sunken },
  '&[aria-pressed="true"]': { background: colour.accentSoft, color: colour.accent, fontWeight: 600 },
});

type Name = 'state' | 'entity' | 'metric';

export function Facets({ facets, query }: { facets: FindingList['facets']; query: URLSearchParams }) {
  const { messages } = useWords();
  const roomy = useMedia(atLeast.desktop);
  const columns = (
    <Column>
      {(['state', 'entity', 'metric'] as const).map((name) => (
        <Facet key={name} name={name} values={facets[name]} chosen={query.get(name) ?? ''} />
      ))}
    </Column>
  );
  return (
    <aside aria-label={messages.findings.filters}>
      {roomy ? (
        columns
      ) : (
        <Fold>
          <summary>{messages.findings.filters}</summary>
          {columns}
        </Fold>
      )}
    </aside>
  );
}

interface FacetProps {
  readonly name: Name;
  readonly values: FindingList['facets'][Name];
  readonly chosen: string;
}

function Facet({ name, values, chosen }: FacetProps) {
  const { messages, format, language } = useWords();
  const { location } = useServices();
  const [all, setAll] = useState(false);
  if (values.length === 0) return null;
  const shown = all ? values : values.filter((one, i) => i < FIRST || one.value === chosen);
  const states: Readonly<Record<string, string>> = messages.findings.states;
  const words = (value: string): string => {
    if (name === 'state') return states[value] ?? value;
    return name === 'metric' ? metricWords(value, language) : (value.split('/').pop() ?? value);
  };
  return (
    <section aria-label={messages.findings.facets[name]}>
      <Heading>{messages.findings.facets[name]}</Heading>
      <List>
        {shown.map((one) => (
          <Value
            key={one.value}
            type="button"
            title={one.value}
            aria-pressed={one.value === chosen}
            onClick={() => location.setQuery({ [name]: one.value === chosen ? undefined : one.value })}
          >
            <Clip>{words(one.value)}</Clip>
            <small>{format.number(one.count)}</small>
          </Value>
        ))}
      </List>
      {values.length > FIRST && (
        <TextButton type="button" onClick={() => setAll(!all)}>
          {all ? messages.findings.fewerFacets : messages.findings.moreFacets(values.length - FIRST)}
        </TextButton>
      )}
    </section>
  );
}
