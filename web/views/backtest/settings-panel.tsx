// Every setting of a detector as a control: the method with its parameters, and what a point must pass beside it. All of it
// follows from the declarations in src/detect.
import styled from '@emotion/styled';
import { useCallback, useMemo, useRef } from 'react';
import type { Params } from '#detect/contract.ts';
import { ALGORITHMS, type AlgorithmName, THRESHOLD_PARAM } from '#detect/index.ts';
import { writeSettings } from '../../core/backtest/address.ts';
import { paramWords, type WordsOf } from '../../core/backtest/param-words.ts';
import {
  DEFAULTS,
  type Group,
  guardParams,
  paramsOf,
  type Settings,
  type Value,
  withMethod,
  withValue,
} from '../../core/backtest/settings.ts';
import type { Extent } from '../../core/backtest/stops.ts';
import { extentOf } from '../../core/chart-data.ts';
import { type BacktestMessages, backtestMessages } from '../../core/messages/backtest.ts';
import { unitOf } from '../../core/units.ts';
import { Button, Select } from '../../parts/controls.tsx';
import { useWords } from '../../parts/services.ts';
import { Card, Heading, Muted, Row, Spacer, Stack } from '../../parts/surface.tsx';
import { space } from '../../theme.ts';
import { ParamControl } from './param-control.tsx';

/** Controls beside each other, as many as there is room for. */
export const Field = styled.div({
  display: 'grid',
  gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 16.5rem), 1fr))',
  gap: `${space(3)} ${space(4)}`,
  marginTop: space(2),
});

interface PanelProps {
  readonly settings: Settings;
  readonly usual: Settings;
  /** Whether `usual` is what runs now. */
  readonly runs: boolean;
  readonly values: Float64Array;
  readonly metric: string;
  readonly onChange: (next: Settings) => void;
}

export function SettingsPanel({ settings, usual, runs, values, metric, onChange }: PanelProps) {
  const { language, format } = useWords();
  const messages = backtestMessages(language);
  const extent = useMemo(() => extentOf([values]) ?? { min: 0, max: 1 }, [values]);
  const words = useMemo(
    () => ({ messages, format, unit: unitOf(metric), isEnglish: language === 'en' }),
    [messages, format, metric, language],
  );
  const latest = useRef({ settings, onChange });
  latest.current = { settings, onChange };
  const set = useCallback((group: Group, name: string, value: Value | undefined) => {
    latest.current.onChange(withValue(latest.current.settings, group, name, value));
  }, []);
  const setThreshold = useCallback((_: string, value: Value | undefined) => {
    const threshold = value === undefined ? DEFAULTS.threshold : Number(value);
    latest.current.onChange({ ...latest.current.settings, threshold });
  }, []);
  const { method } = settings;
  const points = Number(settings.guards.persistencePoints ?? 1);
  const guards = useMemo(() => guardParams(points), [points]);
  return (
    <Stack gap={4}>
      <Card aria-label={messages.method}>
        <MethodHead
          {...{ settings, usual, runs, messages, onChange }}
          onMethod={(name) => onChange(withMethod(settings, name, values))}
        />
        <Purpose method={method} messages={messages} />
        <Controls
          {...{ method, words, extent, set }}
          group="parameters"
          params={paramsOf(settings)}
          values={settings.parameters}
        />
        {Object.keys(paramsOf(settings)).length === 0 && <Muted>{messages.noParameters}</Muted>}
      </Card>
      <Card aria-label={messages.guards}>
        <Heading>{messages.guards}</Heading>
        <Field>
          <ParamControl
            id="threshold"
            param={THRESHOLD_PARAM}
            value={settings.threshold}
            extent={extent}
            words={useMemo(
              () => ({ ...paramWords(method, 'threshold', THRESHOLD_PARAM, words), name: messages.threshold }),
              [method, words, messages],
            )}
            messages={messages}
            onChange={setThreshold}
          />
          <Controls {...{ method, words, extent, set }} group="guards" params={guards} values={settings.guards} bare />
        </Field>
      </Card>
    </Stack>
  );
}

interface HeadProps {
  readonly settings: Settings;
  readonly usual: Settings;
  readonly runs: boolean;
  readonly messages: BacktestMessages;
  readonly onMethod: (name: AlgorithmName) => void;
  readonly onChange: (next: Settings) => void;
}

function MethodHead({ settings, usual, runs, messages, onMethod, onChange }: HeadProps) {
  const { method } = settings;
  const { summary } = ALGORITHMS[method];
  const translated = Object.hasOwn(messages.methods, method) ? messages.methods[method] : undefined;
  return (
    <Row gap={3}>
      <Heading>{messages.method}</Heading>
      <Select
        aria-label={messages.method}
        value={method}
        onChange={(event) => onMethod(event.target.value as AlgorithmName)}
      >
        {Object.keys(ALGORITHMS).map((name) => (
          <option key={name}>{name}</option>
        ))}
      </Select>
      <Muted style={{ flex: '1 1 16rem', minWidth: 0 }} {...(translated === undefined ? { lang: 'en' } : {})}>
        {translated ?? summary}
      </Muted>
      <Spacer style={{ flex: 0 }} />
      {runs && (
        <Button type="button" disabled={isSame(settings, usual)} onClick={() => onChange(usual)}>
          {messages.resetAll}
        </Button>
      )}
      <Button type="button" disabled={isSame(settings, DEFAULTS)} onClick={() => onChange(DEFAULTS)}>
        {messages.defaults}
      </Button>
    </Row>
  );
}

/** What the method is good and bad for, in the reader's language where somebody translated it. */
function Purpose({ method, messages }: { readonly method: AlgorithmName; readonly messages: BacktestMessages }) {
  const { shines, fails } = ALGORITHMS[method];
  const said = [
    { name: messages.shinesAt, own: messages.shines, declared: shines },
    { name: messages.failsAt, own: messages.fails, declared: fails },
  ];
  return (
    <Stack gap={1} style={{ paddingBlock: space(2) }}>
      {said.map(({ name, own, declared }) => {
        const translated = Object.hasOwn(own, method) ? own[method] : undefined;
        return (
          <Muted key={name}>
            {name}: <span {...(translated === undefined ? { lang: 'en' } : {})}>{translated ?? declared}</span>
          </Muted>
        );
      })}
    </Stack>
  );
}

function isSame(a: Settings, b: Settings): boolean {
  return writeSettings(new URLSearchParams(), a).toString() === writeSettings(new URLSearchParams(), b).toString();
}

interface ControlsProps {
  readonly method: AlgorithmName;
  readonly group: Group;
  readonly params: Params;
  readonly values: Readonly<Record<string, Value>>;
  readonly extent: Extent;
  readonly words: WordsOf;
  readonly set: (group: Group, name: string, value: Value | undefined) => void;
  /** Without a field of their own. */
  readonly bare?: boolean;
}

function Controls({ method, group, params, values, extent, words, set, bare = false }: ControlsProps) {
  const change = useCallback((name: string, value: Value | undefined) => set(group, name, value), [set, group]);
  const told = useMemo(
    () =>
      Object.entries(params).map(([name, param]) => ({ name, param, said: paramWords(method, name, param, words) })),
    [params, method, words],
  );
  const controls = told.map(({ name, param, said }) => (
    <ParamControl
      key={name}
      id={name}
      param={param}
      value={values[name]}
      extent={extent}
      words={said}
      messages={words.messages}
      onChange={change}
    />
  ));
  return bare ? controls : <Field>{controls}</Field>;
}
