// Lays a fault on the history that is shown: its kind, then size, start and length, each at once. All of it is in the address.
import styled from '@emotion/styled';
import { type KeyboardEvent, useId, useMemo, useRef, useState } from 'react';
import { FAULT_KINDS } from '#stats/fault.ts';
import { type ChosenFault, FAULT_SIZE, faultPoints, hasSize, usualFault } from '../../core/backtest/fault.ts';
import type { ParamWords } from '../../core/backtest/param-words.ts';
import type { History } from '../../core/backtest/run.ts';
import { type BacktestMessages, backtestMessages } from '../../core/messages/backtest.ts';
import type { Span } from '../../core/time-scale.ts';
import { Button, Segmented } from '../../parts/controls.tsx';
import { useWords } from '../../parts/services.ts';
import { Card, Heading, Moment, Muted, Row, Small, Spacer } from '../../parts/surface.tsx';
import { Box, Head, Name, ParamControl, Sentence, Slider } from './param-control.tsx';
import { Field } from './settings-panel.tsx';

type Kind = ChosenFault['kind'];

/** What is changed within so little time is one change to take back. */
const ONE_CHANGE_MS = 400;
const MOST_BACK = 50;
/** Shown before and after it, at least and as a share of its length. */
const AROUND_MS = 3_600_000;

const Kinds = styled.div({ maxWidth: '100%', '[role="group"]': { flexWrap: 'wrap' } });

interface CardProps {
  readonly fault: ChosenFault | undefined;
  readonly history: History;
  /** What is shown: it is laid there. */
  readonly range: Span;
  /** Whether only what is below counts. */
  readonly below: boolean;
  readonly onChange: (next: ChosenFault | undefined) => void;
  readonly onShow: (range: Span) => void;
}

export function FaultCard({ fault, history, range, below, onChange, onShow }: CardProps) {
  const { language } = useWords();
  const { fault: messages } = backtestMessages(language);
  const { lay, undo, canUndo } = useLaying(fault, onChange);
  const choose = (kind: Kind | 'none'): void =>
    lay(kind === 'none' ? undefined : usualFault(kind, history, range, below));
  const hear = (event: KeyboardEvent): void => {
    const isTyping = event.target instanceof HTMLInputElement && event.target.type === 'text';
    if (event.key === 'Escape' && fault !== undefined) lay(undefined);
    else if (event.key === 'z' && (event.ctrlKey || event.metaKey) && canUndo && !isTyping) undo();
    else return;
    event.preventDefault();
  };
  const kinds = ['none', ...FAULT_KINDS] as const;
  return (
    <Card aria-label={messages.title} onKeyDown={hear}>
      <Row gap={3}>
        <Heading>{messages.title}</Heading>
        <Kinds>
          <Segmented
            label={messages.kind}
            value={fault?.kind ?? 'none'}
            options={kinds.map((kind) => ({
              value: kind,
              label: kind === 'none' ? messages.none : messages.kinds[kind],
              ...(kind === 'none' ? {} : { title: messages.about[kind] }),
            }))}
            onChange={choose}
          />
        </Kinds>
        <Muted style={{ flex: '1 1 14rem', minWidth: 0 }}>
          {fault === undefined ? messages.lead : messages.about[fault.kind]}
        </Muted>
        <Spacer style={{ flex: 0 }} />
        {fault !== undefined && (
          <Button type="button" onClick={() => onShow(around(fault, history.stepMs))}>
            {messages.show}
          </Button>
        )}
        <Button type="button" disabled={!canUndo} onClick={undo}>
          {messages.undo}
        </Button>
      </Row>
      {fault !== undefined && <FaultControls {...{ fault, history }} onChange={lay} />}
    </Card>
  );
}

/** What was laid before can be taken back. */
function useLaying(fault: ChosenFault | undefined, onChange: CardProps['onChange']) {
  const [past, setPast] = useState<readonly (ChosenFault | undefined)[]>([]);
  const changedMs = useRef(Number.NEGATIVE_INFINITY);
  return {
    lay(next: ChosenFault | undefined): void {
      const nowMs = performance.now();
      if (nowMs - changedMs.current > ONE_CHANGE_MS || next?.kind !== fault?.kind)
        setPast([...past.slice(1 - MOST_BACK), fault]);
      changedMs.current = nowMs;
      onChange(next);
    },
    undo(): void {
      changedMs.current = Number.NEGATIVE_INFINITY;
      setPast(past.slice(0, -1));
      onChange(past.at(-1));
    },
    canUndo: past.length > 0,
  };
}

function around({ atMs, points }: ChosenFault, stepMs: number): Span {
  const lengthMs = (points - 1) * stepMs;
  const aroundMs = Math.max(AROUND_MS, lengthMs);
  return { fromMs: atMs - aroundMs, toMs: atMs + lengthMs + aroundMs };
}

interface ControlsProps extends Pick<CardProps, 'history'> {
  readonly fault: ChosenFault;
  readonly onChange: (next: ChosenFault) => void;
}

const NO_EXTENT = { min: 0, max: 1 };

function FaultControls({ fault, history, onChange }: ControlsProps) {
  const { language } = useWords();
  const messages = backtestMessages(language);
  const words = useFaultWords(messages, history.stepMs, fault.points);
  const latest = useRef({ fault, onChange });
  latest.current = { fault, onChange };
  const [setSize, setPoints] = useMemo(() => {
    const set = (change: Partial<ChosenFault>): void => latest.current.onChange({ ...latest.current.fault, ...change });
    const usualPoints = (): number => Number(faultPoints(latest.current.fault.kind).default);
    return [
      // A fault of no size is none: a slider passes over it.
      (_: string, value: unknown) =>
        set({ size: Number(value ?? FAULT_SIZE.default) || (latest.current.fault.size > 0 ? -1 : 1) }),
      (_: string, value: unknown) => set({ points: Number(value ?? usualPoints()) }),
    ];
  }, []);
  const length = useMemo(() => faultPoints(fault.kind), [fault.kind]);
  return (
    <>
      <Field>
        {hasSize(fault.kind) && (
          <ParamControl
            id="fault-size"
            param={FAULT_SIZE}
            value={fault.size}
            extent={NO_EXTENT}
            words={words.size}
            messages={messages}
            onChange={setSize}
          />
        )}
        <StartControl {...{ fault, history, onChange }} />
        <ParamControl
          id="fault-points"
          param={length}
          value={fault.points}
          extent={NO_EXTENT}
          words={words.length}
          messages={messages}
          onChange={setPoints}
        />
      </Field>
      <Small>{messages.fault.keys}</Small>
    </>
  );
}

function useFaultWords(messages: BacktestMessages, stepMs: number, points: number) {
  const { format } = useWords();
  return useMemo(() => {
    const { fault, count } = messages;
    const of = (name: string, sentence: string, value: (figure: number) => string): ParamWords => ({
      ...{ name, sentence, isForeign: false, expected: '' },
      value: (given) => value(Number(given)),
    });
    return {
      size: of(fault.size, fault.sizeOf, (figure) => format.sigma(figure)),
      length: of(fault.length, fault.lengthOf(format.duration(points * stepMs)), (figure) =>
        count(format.number(figure), figure === 1),
      ),
    };
  }, [messages, format, stepMs, points]);
}

function StartControl({ fault, history: { timesMs }, onChange }: ControlsProps) {
  const { language, format } = useWords();
  const { fault: messages } = backtestMessages(language);
  const name = useId();
  const found = timesMs.findIndex((ms) => ms >= fault.atMs);
  return (
    <Box role="group" aria-labelledby={name}>
      <Head>
        <Name id={name}>{messages.start}</Name>
        <Moment ms={fault.atMs} />
      </Head>
      <Slider
        type="range"
        data-param="fault-start"
        aria-label={messages.start}
        aria-valuetext={format.moment(fault.atMs)}
        min={0}
        max={timesMs.length - 1}
        step={1}
        value={found < 0 ? timesMs.length - 1 : found}
        onChange={(event) => onChange({ ...fault, atMs: timesMs[Number(event.target.value)] ?? fault.atMs })}
      />
      <Sentence>{messages.startOf}</Sentence>
    </Box>
  );
}
