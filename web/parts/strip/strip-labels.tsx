// The words around the strip: its segments by name, the time below it, and what is under the pointer.
import styled from '@emotion/styled';
import type { ReplayState, Timeline } from '#api/rest/contract.ts';
import type { Format } from '../../core/format.ts';
import { type Messages, wordFor } from '../../core/messages/index.ts';
import { metricWords } from '../../core/metric-words.ts';
import { MINUTE, openAt } from '../../core/strip.ts';
import { type TimeScale, ticks } from '../../core/time-scale.ts';
import { colour, space, text } from '../../theme.ts';
import { useWords } from '../services.ts';

const Labels = styled.div({
  position: 'relative',
  height: space(5),
  fontSize: text.small,
  color: colour.muted,
  overflow: 'hidden',
  span: { position: 'absolute', top: 0, whiteSpace: 'nowrap', overflow: 'hidden', textOverflow: 'ellipsis' },
  b: { fontWeight: 600, color: colour.text },
});
export function SegmentLabels({ segments, scale }: { segments: ReplayState['tape']['segments']; scale: TimeScale }) {
  const { messages, format } = useWords();
  return (
    <Labels>
      {segments.map((segment) => {
        const left = (scale.toX(segment.fromMs) / (scale.lengthX || 1)) * 100;
        const width = ((scale.toX(segment.toMs) - scale.toX(segment.fromMs)) / (scale.lengthX || 1)) * 100;
        const note = restampedWords(segment.shiftedMs, messages, format);
        const name = wordFor(messages.segments, segment.name);
        const words = [name, format.date(segment.fromMs), note].filter((word) => word !== '');
        const why = note === '' ? [] : [messages.replay.moved(format.date(segment.fromMs - segment.shiftedMs))];
        return (
          <span
            key={segment.fromMs}
            style={{ left: `${left}%`, maxWidth: `${width}%` }}
            title={[...words, ...why].join(' · ')}
          >
            <b>{name}</b> {words.slice(1).join(' · ')}
          </span>
        );
      })}
    </Labels>
  );
}

export function restampedWords(shiftedMs: number, messages: Messages, format: Format): string {
  if (shiftedMs === 0) return '';
  const length = format.duration(Math.abs(shiftedMs));
  return shiftedMs < 0 ? messages.replay.earlier(length) : messages.replay.later(length);
}

export function TimeAxis({ scale, width }: { scale: TimeScale; width: number }) {
  const { format } = useWords();
  const marks =
    width === 0
      ? []
      : ticks(scale, 0, scale.lengthX, width / 90, -new Date(scale.toMs(0)).getTimezoneOffset() * MINUTE);
  return (
    <Labels aria-hidden="true" style={{ marginTop: space(1) }}>
      {marks.map((ms) => {
        const left = (scale.toX(ms) / (scale.lengthX || 1)) * width;
        const edge = left < 20 ? 'none' : left > width - 20 ? 'translateX(-100%)' : 'translateX(-50%)';
        return (
          <span key={ms} style={{ left, transform: edge }} title={format.utc(ms)}>
            {format.time(ms)}
          </span>
        );
      })}
    </Labels>
  );
}

const ReadoutLine = styled.div({ minHeight: space(5), fontSize: text.small, color: colour.muted });

export function Readout({
  at,
  pending,
  timeline,
}: {
  at: number | undefined;
  pending: boolean;
  timeline: Timeline | undefined;
}) {
  const { messages, format, language } = useWords();
  if (at === undefined) {
    return (
      <ReadoutLine>
        {timeline?.felt ? messages.overview.stripFelt(metricWords(metricOf(timeline.felt.series), language)) : ''}
      </ReadoutLine>
    );
  }
  const moment = `${format.moment(at)} ${format.zone(at)}`;
  const open = messages.overview.foundOpen(openAt(timeline?.findings ?? [], at), moment);
  return <ReadoutLine>{pending ? messages.replay.jumpTo(moment) : open}</ReadoutLine>;
}

/** The metric's name at the head of a series' key. */
function metricOf(series: string): string {
  return series.replace(/\{.*$/, '');
}
