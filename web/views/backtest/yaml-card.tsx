// The detector that results, as a file to copy or to keep.
import styled from '@emotion/styled';
import type { TrackView } from '#api/rest/contract.ts';
import type { Settings } from '../../core/backtest/settings.ts';
import { guessesTargets, yamlOf } from '../../core/backtest/yaml.ts';
import { backtestMessages } from '../../core/messages/backtest.ts';
import { fileName, saveFile } from '../../parts/chart/download.ts';
import { Button, CopyButton } from '../../parts/controls.tsx';
import { EmptyState } from '../../parts/load-state.tsx';
import { useWords } from '../../parts/services.ts';
import { Card, Heading, Row, Small, Spacer } from '../../parts/surface.tsx';
import { colour, mono, radius, space } from '../../theme.ts';

const Code = styled.pre({
  margin: `${space(2)} 0`,
  padding: space(3),
  overflowX: 'auto',
  fontFamily: mono,
  fontSize: '0.8125rem',
  background: colour.sunken,
  borderRadius: radius.small,
});

interface CardProps {
  readonly track: TrackView;
  readonly settings: Settings;
  /** Why nobody would take it. */
  readonly problem: string | undefined;
}

export function YamlCard({ track, settings, problem }: CardProps) {
  const { messages: all, language } = useWords();
  const messages = backtestMessages(language);
  if (problem !== undefined) return <EmptyState title={messages.problem} next={problem} />;
  const yaml = yamlOf(track, settings);
  const name = fileName(track.detector || track.metric, 'yaml');
  return (
    <Card>
      <Row>
        <Heading>{messages.yaml}</Heading>
        <Spacer />
        <CopyButton value={yaml} label={all.copy} name={`${all.copy}: ${messages.yaml}`} />
        <Button type="button" onClick={() => saveFile(name, new Blob([yaml], { type: 'application/yaml' }))}>
          {messages.download}
        </Button>
      </Row>
      {/* It scrolls in itself, and the keyboard must reach it. */}
      <Code tabIndex={0} role="region" aria-label={messages.yaml} data-yaml="">
        {yaml}
      </Code>
      <Small>
        {messages.yamlNote} {guessesTargets(track) && messages.yamlGuess}
      </Small>
    </Card>
  );
}
