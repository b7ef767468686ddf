// The strip of the day: what users feel as a line, findings as marks, segments by name, what was not recorded as a
// break, and a playhead to drag or to move with the arrow keys. Releasing it, or pausing on the keys, jumps.
import styled from '@emotion/styled';
import { useMemo } from 'react';
import type { ReplayState, Timeline } from '#api/rest/contract.ts';
import { wordFor } from '../../core/messages/index.ts';
import { MINUTE } from '../../core/strip.ts';
import { createTimeScale } from '../../core/time-scale.ts';
import { colour, radius, text } from '../../theme.ts';
import { useJump, useWidth, useWords } from '../services.ts';
import { Readout, SegmentLabels, TimeAxis } from './strip-labels.tsx';
import { HEIGHT, StripPicture } from './strip-picture.tsx';
import { usePlayhead } from './use-playhead.ts';

/** A break is drawn as wide as this much recorded time. */
const GAP_MS = 20 * MINUTE;

interface StripProps {
  readonly replay: ReplayState;
  readonly timeline: Timeline | undefined;
  readonly size: 'full' | 'slim';
  readonly onJump: (toMs: number) => void;
}

const Frame = styled.div({ position: 'relative', minWidth: 0, WebkitUserSelect: 'none', userSelect: 'none' });
const Track = styled.div({
  position: 'relative',
  background: colour.surface,
  border: `1px solid ${colour.line}`,
  borderRadius: radius.small,
  cursor: 'pointer',
  touchAction: 'pan-y',
  svg: { display: 'block', width: '100%', height: '100%' },
});
const Playhead = styled.div({
  position: 'absolute',
  top: -4,
  bottom: -4,
  width: 20,
  marginLeft: -10,
  cursor: 'ew-resize',
  touchAction: 'none',
  borderRadius: radius.small,
  '&::before': {
    content: '""',
    position: 'absolute',
    left: 9,
    top: 0,
    bottom: 0,
    width: 2,
    background: colour.text,
  },
  '&::after': {
    content: '""',
    position: 'absolute',
    left: 5,
    top: 0,
    width: 10,
    height: 10,
    borderRadius: '50%',
    background: colour.text,
  },
});

/** The end of a live day: its word stands before the line. */
const Now = styled.span({
  position: 'absolute',
  top: 0,
  bottom: 0,
  transform: 'translateX(-100%)',
  paddingInlineEnd: 4,
  borderInlineEnd: `2px solid ${colour.text}`,
  fontSize: text.small,
  whiteSpace: 'nowrap',
  pointerEvents: 'none',
});
/** A live day is looked at, never moved. */
const STILL = { onPointerDown: undefined } as const;

export function DayStrip({ replay, timeline, size, onJump }: StripProps) {
  const { segments } = replay.tape;
  const [measure, width] = useWidth<HTMLDivElement>();
  const shape = JSON.stringify(segments);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text stands for the array, which is new every second
  const scale = useMemo(() => createTimeScale(segments, GAP_MS), [shape]);
  // During a jump it stands where the replay will be.
  const nowMs = useJump()?.toMs ?? replay.nowMs;
  const playhead = usePlayhead({ nowMs, tape: replay.tape }, scale, width, onJump);
  const live = replay.mode === 'live';
  const { messages, format } = useWords();
  const shownMs = playhead.pendingMs ?? nowMs;
  const place = (ms: number): number => (scale.toX(ms) / (scale.lengthX || 1)) * width;
  const segment = segments.find((s) => shownMs >= s.fromMs && shownMs <= s.toMs);
  return (
    <Frame>
      {size === 'full' && <SegmentLabels segments={segments} scale={scale} />}
      <Track
        ref={measure}
        style={{ height: HEIGHT[size], ...(live ? { cursor: 'default' } : {}) }}
        {...playhead.track}
        {...(live ? STILL : {})}
      >
        {width > 0 && <StripPicture timeline={timeline} scale={scale} width={width} size={size} playedMs={nowMs} />}
        {live ? (
          <Now style={{ left: place(replay.nowMs) }}>{messages.live.now}</Now>
        ) : (
          <Playhead
            role="slider"
            tabIndex={0}
            aria-label={messages.replay.playhead}
            aria-description={messages.replay.playheadHint}
            aria-valuemin={0}
            aria-valuemax={Math.round(scale.lengthX / MINUTE)}
            aria-valuenow={Math.round(scale.toX(shownMs) / MINUTE)}
            aria-valuetext={`${format.moment(shownMs)}${segment === undefined ? '' : `, ${wordFor(messages.segments, segment.name)}`}`}
            style={{ left: place(shownMs) }}
            onKeyDown={playhead.onKeyDown}
          />
        )}
      </Track>
      {size === 'full' && <TimeAxis scale={scale} width={width} />}
      {size === 'full' && (
        <Readout
          at={playhead.pendingMs ?? playhead.hoverMs}
          pending={playhead.pendingMs !== undefined}
          timeline={timeline}
        />
      )}
    </Frame>
  );
}
