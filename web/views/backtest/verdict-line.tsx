// The figures of a back-test in one line: how many findings, how many a day, how long red, and how that differs from the
// setting that runs.
import styled from '@emotion/styled';
import type { Verdict } from '../../core/backtest/verdict.ts';
import { backtestMessages } from '../../core/messages/backtest.ts';
import { useWords } from '../../parts/services.ts';
import { Meter, Row, Small, Spacer } from '../../parts/surface.tsx';
import { colour, space, text } from '../../theme.ts';

const Figure = styled.span({
  whiteSpace: 'nowrap',
  b: { fontSize: text.large, fontWeight: 650 },
});
const Trouble = styled.span({ color: colour.redText, fontWeight: 600 });

interface LineProps {
  /** Undefined before the first answer. */
  readonly verdict: Verdict | undefined;
  /** The method that the figures are of. */
  readonly method: string | undefined;
  readonly compares: boolean;
  /** 0 to 1 while a slow method works. */
  readonly progress: number | undefined;
  readonly trouble: string | undefined;
  /** How long the last answer took, and for how many points. */
  readonly tookMs: number | undefined;
  readonly points: number;
}

export function VerdictLine({ verdict, method, compares, progress, trouble, tookMs, points }: LineProps) {
  const { format, language } = useWords();
  const messages = backtestMessages(language);
  return (
    <Row gap={4} style={{ rowGap: 0, minHeight: space(8) }}>
      {verdict !== undefined && <Figures {...{ verdict, method, compares }} />}
      <Spacer />
      {trouble !== undefined ? (
        <Trouble role="alert">{trouble}</Trouble>
      ) : progress !== undefined ? (
        <Small role="status" title={messages.slow}>
          {messages.working(format.percent(Math.floor(progress * 100) / 100))}{' '}
          <Meter value={progress} max={1} aria-label={messages.title} />
        </Small>
      ) : (
        tookMs !== undefined && <Small>{messages.took(format.number(points), format.number(Math.round(tookMs)))}</Small>
      )}
    </Row>
  );
}

type FiguresProps = Pick<LineProps, 'method' | 'compares'> & { readonly verdict: Verdict };

function Figures({ verdict, method, compares }: FiguresProps) {
  const { format, language } = useWords();
  const messages = backtestMessages(language);
  const { count, perDay, redMs, fresh, gone } = verdict;
  return (
    <>
      <Figure>
        <b data-count={method}>{format.number(count)}</b> {messages.findings(count)}
      </Figure>
      {perDay !== undefined && (
        <Figure>
          <b>{format.number(Number(perDay.toPrecision(2)))}</b> {messages.perDay}
        </Figure>
      )}
      <Figure>
        <b>{format.duration(redMs)}</b> {messages.red}
      </Figure>
      {compares &&
        (fresh > 0 || gone > 0 ? (
          <span>
            <b>{messages.fresh(fresh)}</b>, <b>{messages.gone(gone)}</b> <Small>{messages.beside}</Small>
          </span>
        ) : (
          <Small>{messages.same}</Small>
        ))}
    </>
  );
}
