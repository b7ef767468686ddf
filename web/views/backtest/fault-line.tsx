// What became of the fault that was laid, in one line below the figures: caught and how late, or missed and why.
import styled from '@emotion/styled';
import type { ChosenFault } from '../../core/backtest/fault.ts';
import type { FaultVerdict } from '../../core/backtest/fault-verdict.ts';
import { backtestMessages } from '../../core/messages/backtest.ts';
import { useWords } from '../../parts/services.ts';
import { Row, Small } from '../../parts/surface.tsx';
import { space } from '../../theme.ts';

const Said = styled.b({ fontWeight: 650 });

interface LineProps {
  readonly fault: ChosenFault;
  /** Undefined until it was run, and where it has no point. */
  readonly verdict: FaultVerdict | undefined;
  readonly threshold: number;
}

export function FaultLine({ fault, verdict, threshold }: LineProps) {
  const { format, language } = useWords();
  const { fault: messages } = backtestMessages(language);
  const { kinds, whys } = messages;
  const said = (): string => {
    if (verdict === undefined) return '';
    const { delayMs, why = 'no-score' } = verdict;
    if (delayMs === undefined) return messages.missed(whys[why]);
    return delayMs === 0 ? messages.caughtAtOnce : messages.caught(format.duration(delayMs));
  };
  return (
    <Row gap={3} role="status" style={{ rowGap: 0, marginBottom: space(1) }} data-fault={fault.kind}>
      <span>
        {kinds[fault.kind]}
        {fault.size !== 0 && ` ${format.sigma(fault.size)}`}
      </span>
      <Said data-caught={verdict === undefined ? undefined : verdict.delayMs !== undefined}>{said()}</Said>
      {verdict !== undefined && Number.isFinite(verdict.peak) && (
        <Small>{messages.peak(`${format.number(verdict.peak)}σ`, `${format.number(threshold)}σ`)}</Small>
      )}
    </Row>
  );
}
