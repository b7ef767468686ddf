// The replay's controls on every page: play and pause, ten minutes back and on, speed, the tape's clock with its date
// and segment, and what state it is in.
import styled from '@emotion/styled';
import type { ReplayState } from '#api/rest/contract.ts';
import { stepTarget } from '../../core/jump.ts';
import { wordFor } from '../../core/messages/index.ts';
import { createTimeScale } from '../../core/time-scale.ts';
import { Button, PrimaryButton, Segmented } from '../../parts/controls.tsx';
import { useCatchingUp } from '../../parts/load-state.tsx';
import { useApi, useJump, useReplay, useSegments, useServices, useWords } from '../../parts/services.ts';
import { DayStrip } from '../../parts/strip/day-strip.tsx';
import { restampedWords } from '../../parts/strip/strip-labels.tsx';
import { Meter, Small } from '../../parts/surface.tsx';
import { type Control, useControl } from '../../parts/use-control.ts';
import { atLeast, colour, space, text } from '../../theme.ts';

const SPEEDS = ['1', '10', '60', '600', 'max'] as const;

const Bar = styled.div({
  display: 'flex',
  flexWrap: 'wrap',
  alignItems: 'center',
  gap: `${space(2)} ${space(4)}`,
  // As high as with the note of a re-stamped segment, so that nothing jumps when one begins.
  minHeight: space(14.5),
  padding: `${space(2)} ${space(3)}`,
  background: colour.surface,
  borderBottom: `1px solid ${colour.line}`,
  [atLeast.tablet]: { padding: `${space(2)} ${space(4)}` },
});
const Buttons = styled.div({ display: 'flex', gap: space(1) });
const Clock = styled.div({
  display: 'flex',
  alignItems: 'baseline',
  gap: space(2),
  minWidth: 0,
  time: { fontSize: text.large, fontWeight: 650, whiteSpace: 'nowrap' },
});
const Where = styled.div({ display: 'flex', flexDirection: 'column', minWidth: 0, lineHeight: 1.35 });
const State = styled.div({
  display: 'flex',
  alignItems: 'center',
  gap: space(2),
  color: colour.muted,
  fontSize: text.small,
});
const Middle = styled.div({ flex: '1 1 6rem', minWidth: 0, display: 'none', [atLeast.desktop]: { display: 'block' } });
const Icon = styled.svg({ width: '0.875rem', height: '0.875rem', fill: 'currentColor', flex: 'none' });

export function ReplayBar({ withStrip }: { withStrip: boolean }) {
  const { messages } = useWords();
  const replay = useReplay();
  const control = useControl();
  if (replay === undefined) return <Bar role="region" aria-label={messages.replay.label} aria-busy="true" />;
  return (
    <Bar role="region" aria-label={messages.replay.label}>
      <Transport replay={replay} control={control} />
      <TapeClock replay={replay} />
      <Middle>{withStrip && <SlimStrip replay={replay} control={control} />}</Middle>
      <ReplayStatus replay={replay} error={control.error} />
      <Segmented
        label={messages.replay.speed}
        value={String(replay.speed)}
        options={SPEEDS.map((speed) => ({
          value: speed as string,
          label: speed === 'max' ? messages.replay.max : `${speed}×`,
        }))}
        onChange={(speed) => control.send({ action: 'speed', speed: speed === 'max' ? 'max' : Number(speed) })}
      />
    </Bar>
  );
}

/** Whether the play button plays: not while it plays or will play by itself. */
export function canPlay(replay: ReplayState): boolean {
  return replay.state === 'paused' || replay.state === 'ended' || replay.state === 'failed';
}

export function togglePlay(replay: ReplayState, control: Control): void {
  if (replay.state === 'ended') {
    control.send({ action: 'jump', toMs: firstToPlay(replay) });
    control.send({ action: 'play' });
  } else control.send({ action: canPlay(replay) ? 'play' : 'pause' });
}

/** Where "play from the start" begins: after the warm-up, which `start` plays at full speed. */
function firstToPlay(replay: ReplayState): number {
  return replay.tape.segments.find((segment) => !segment.warmUp)?.fromMs ?? replay.tape.fromMs;
}

function Transport({ replay, control }: { replay: ReplayState; control: Control }) {
  const { messages } = useWords();
  const segments = useSegments();
  const scale = createTimeScale(segments, 0);
  const { live } = useServices();
  // Asked of the connection and not of what was drawn: two presses may come before it is drawn again.
  const jumpBy = (minutes: number): void => {
    const from = { replay: live.replay() ?? replay, jump: live.jump(), ageMs: live.ageMs() };
    const toMs = stepTarget(minutes, scale, from);
    if (toMs !== undefined) control.send({ action: 'jump', toMs });
  };
  const play = canPlay(replay);
  const name = replay.state === 'ended' ? messages.replay.again : play ? messages.replay.play : messages.replay.pause;
  return (
    <Buttons>
      <Button type="button" aria-label={messages.replay.back} title={messages.replay.back} onClick={() => jumpBy(-10)}>
        {messages.replay.backShort}
      </Button>
      <PrimaryButton
        type="button"
        {...(replay.state === 'ended' ? {} : { 'aria-keyshortcuts': 'Space' })}
        title={name}
        onClick={() => togglePlay(replay, control)}
      >
        <Icon viewBox="0 0 14 14" aria-hidden="true">
          <path d={play ? 'M3 1.5v11l9-5.5z' : 'M3 1.5h3v11H3zM8 1.5h3v11H8z'} />
        </Icon>
        {name}
      </PrimaryButton>
      <Button
        type="button"
        aria-label={messages.replay.forward}
        title={messages.replay.forward}
        onClick={() => jumpBy(10)}
      >
        {messages.replay.forwardShort}
      </Button>
    </Buttons>
  );
}

function TapeClock({ replay }: { replay: ReplayState }) {
  const { messages, format } = useWords();
  // During a jump the clock stands where it will be, not where it passes.
  const nowMs = useJump()?.toMs ?? replay.nowMs;
  const segment = replay.tape.segments.find((s) => nowMs >= s.fromMs && nowMs <= s.toMs);
  const note = segment === undefined ? '' : restampedWords(segment.shiftedMs, messages, format);
  return (
    <Clock>
      <time dateTime={new Date(nowMs).toISOString()} title={format.utc(nowMs)}>
        {format.clock(nowMs)}
      </time>
      <Where>
        <span>
          {format.date(nowMs)} <Small as="span">{format.zone(nowMs)}</Small>
          {segment !== undefined && ` · ${wordFor(messages.segments, segment.name)}`}
        </span>
        {segment !== undefined && note !== '' && (
          <Small title={messages.replay.moved(format.date(segment.fromMs - segment.shiftedMs))}>{note}</Small>
        )}
      </Where>
    </Clock>
  );
}

function ReplayStatus({ replay, error }: { replay: ReplayState; error: Error | undefined }) {
  const { messages, format } = useWords();
  const catchingUp = useCatchingUp();
  const jump = useJump();
  if (error !== undefined) return <State role="alert">{error.message}</State>;
  if (replay.state === 'failed') {
    return (
      <State role="alert">
        {messages.replay.failed} {replay.message}
      </State>
    );
  }
  if (catchingUp !== undefined) {
    return (
      <State role="status">
        {catchingUp}
        <Meter
          value={jump?.progress ?? replay.progress ?? 0}
          max={1}
          aria-label={messages.replay.states['catching-up']}
        />
      </State>
    );
  }
  const rate =
    replay.state === 'playing' ? messages.replay.rate(format.number(Math.round(replay.samplesPerSecond))) : '';
  return <State title={rate}>{messages.replay.states[replay.state]}</State>;
}

function SlimStrip({ replay, control }: { replay: ReplayState; control: Control }) {
  const { data } = useApi('timeline');
  return (
    <DayStrip replay={replay} timeline={data} size="slim" onJump={(toMs) => control.send({ action: 'jump', toMs })} />
  );
}
