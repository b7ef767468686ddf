// A state's colour and its second sign: a shape of its own, and a word beside it or for the screen reader.
import styled from '@emotion/styled';
import type { Severity } from '#model/finding.ts';
import { colour, radius, STATE_COLOURS, space, text } from '../theme.ts';
import { useWords } from './services.ts';

const SHAPES: Readonly<Record<Severity, string>> = {
  red: 'M6 .8 11.6 11H.4Z',
  amber: 'M6 .4 11.6 6 6 11.6 .4 6Z',
  green: 'M6 2.2a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6Z',
};

const Shape = styled.svg({ width: '0.75rem', height: '0.75rem', flex: 'none', transition: 'fill 0.5s ease' });

/** Triangle, diamond or disc. Without `fill` it has the colour of its state. */
export function SeverityShape({ severity, fill }: { severity: Severity; fill?: string }) {
  return (
    <Shape viewBox="0 0 12 12" aria-hidden="true" fill={fill ?? STATE_COLOURS[severity]}>
      <path d={SHAPES[severity]} />
    </Shape>
  );
}

const Badge = styled.span<{ severity: Severity }>(({ severity }) => ({
  display: 'inline-flex',
  alignItems: 'center',
  gap: space(1.5),
  padding: `${space(0.5)} ${space(2)}`,
  fontSize: text.small,
  fontWeight: 600,
  lineHeight: 1.5,
  whiteSpace: 'nowrap',
  color: colour[`${severity}Text`],
  background: colour[`${severity}Soft`],
  borderRadius: radius.small,
  transition: 'background-color 0.5s ease, color 0.5s ease',
}));

export function SeverityBadge({ severity, label }: { severity: Severity; label?: string }) {
  const { messages } = useWords();
  return (
    <Badge severity={severity}>
      <SeverityShape severity={severity} fill="currentColor" />
      {label ?? messages.severity[severity]}
    </Badge>
  );
}
