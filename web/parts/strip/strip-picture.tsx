// The picture of the strip: the felt line, findings as marks, breaks, and what has not been played.
import { useId, useMemo } from 'react';
import type { Timeline } from '#api/rest/contract.ts';
import { feltPath, findingColumns } from '../../core/strip.ts';
import type { TimeScale } from '../../core/time-scale.ts';
import { STATE_COLOURS } from '../../theme.ts';
import { useWords } from '../services.ts';

export const HEIGHT = { full: 104, slim: 24 } as const;
const LANE = { full: 30, slim: 24 } as const;
/** How much higher a mark is with each further finding. */
const MARK_STEP = { full: 6, slim: 5 } as const;

interface PictureProps {
  readonly timeline: Timeline | undefined;
  readonly scale: TimeScale;
  readonly width: number;
  readonly size: 'full' | 'slim';
  readonly playedMs: number;
}

export function StripPicture({ timeline, scale, width, size, playedMs }: PictureProps) {
  const { messages, format } = useWords();
  const height = HEIGHT[size] - 2;
  const hatching = useId();
  const lane = LANE[size] - 2;
  const place = (x: number): number => (x / (scale.lengthX || 1)) * width;
  const path = useMemo(
    () => (size === 'full' && timeline?.felt ? feltPath(timeline.felt, scale, width, height - lane - 12) : ''),
    [timeline, scale, width, size, height, lane],
  );
  const columns = useMemo(
    () => (timeline === undefined ? [] : findingColumns(timeline.findings, playedMs, scale, width)),
    [timeline, scale, width, playedMs],
  );
  const unplayed = place(scale.toX(playedMs));
  return (
    <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={messages.overview.strip}>
      <defs>
        <pattern id={hatching} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <rect width="1.5" height="6" fill="var(--control)" opacity="0.55" />
        </pattern>
      </defs>
      <rect x={unplayed} width={Math.max(0, width - unplayed)} height={height} fill="var(--sunken)">
        <title>{messages.overview.unplayed}</title>
      </rect>
      <path
        d={path}
        transform="translate(0 6)"
        fill="none"
        stroke="var(--muted)"
        strokeWidth="1"
        vectorEffect="non-scaling-stroke"
      />
      {columns.map((column) => {
        const high = Math.min(lane, MARK_STEP[size] + (column.count - 1) * MARK_STEP[size]);
        return (
          <rect
            key={column.left}
            x={column.left}
            y={height - high}
            width={column.width}
            height={high}
            fill={STATE_COLOURS[column.severity]}
          />
        );
      })}
      {scale.gaps.map((gap) => (
        <g key={gap.fromMs}>
          <rect x={place(gap.fromX)} width={place(gap.toX) - place(gap.fromX)} height={height} fill="var(--ground)" />
          <rect
            x={place(gap.fromX)}
            width={place(gap.toX) - place(gap.fromX)}
            height={height}
            fill={`url(#${hatching})`}
          >
            <title>{messages.overview.gap(format.duration(gap.toMs - gap.fromMs))}</title>
          </rect>
        </g>
      ))}
    </svg>
  );
}
