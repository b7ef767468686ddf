// What is wrong with the watching itself: each thing that is stuck, since when and what to do; and that what is shown is
// old. Nothing while all is well.
import styled from '@emotion/styled';
import type { ReactNode } from 'react';
import type { LiveState } from '#api/rest/contract.ts';
import type { Severity } from '#model/finding.ts';
import { useConnection, useReplay, useWords } from '../../parts/services.ts';
import { SeverityShape } from '../../parts/severity.tsx';
import { Moment, Row } from '../../parts/surface.tsx';
import { colour, space } from '../../theme.ts';

/** So many steps without a sample are more than a late one. */
const OLD_STEPS = 3;

export function isOld({ behindMs, stepMs }: LiveState): boolean {
  return behindMs !== null && behindMs > OLD_STEPS * stepMs;
}

const Line = styled(Row)({ padding: `${space(2)} ${space(4)}`, overflowWrap: 'anywhere' });

export function Notice({ severity, children }: { severity: Exclude<Severity, 'green'>; children: ReactNode }) {
  return (
    <Line role="status" style={{ color: colour[`${severity}Text`], background: colour[`${severity}Soft`] }}>
      <SeverityShape severity={severity} fill="currentColor" />
      <span style={{ flex: 1, minWidth: 0 }}>{children}</span>
    </Line>
  );
}

export function LiveNotice() {
  const { messages, format } = useWords();
  const replay = useReplay();
  // What came before the connection was lost says nothing of now, and that it was lost is said already.
  const connected = useConnection().state !== 'lost';
  if (!replay?.live) return null;
  const { live, message } = replay;
  return (
    <>
      {replay.state === 'failed' && (
        <Notice severity="red">
          <b>{messages.live.failed}</b> {message}
        </Notice>
      )}
      {live.troubles.map(({ kind, what, sinceMs, remedy, blocking }) => (
        <Notice key={kind + what} severity={blocking ? 'red' : 'amber'}>
          <b>{messages.live.troubles[kind]}</b> {messages.overview.since(format.time(sinceMs))} (
          <Moment ms={sinceMs} as="ago" />
          ). {what}: {remedy}
        </Notice>
      ))}
      {connected && isOld(live) && (
        <Notice severity="amber">{messages.live.old(format.duration(live.behindMs ?? 0))}</Notice>
      )}
    </>
  );
}
